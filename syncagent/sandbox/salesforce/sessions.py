"""Who calls: the client-credentials grant, issued tokens, and the fixed token a server may be started with."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from syncagent.sandbox.salesforce.errors import Refusal, session_expired
from syncagent.sandbox.salesforce.identifiers import read_id
from syncagent.sandbox.salesforce.state import Org
from syncagent.sandbox.wire import Request, Response

_SHORT = 15


@dataclass(slots=True)
class Sessions:
    """Tokens and whose they are. `fixed` belongs to the first client's user and never expires by itself."""

    org: Org
    fixed: str | None
    fixed_user_id: str
    _tokens: dict[str, str] = field(default_factory=dict)
    _issued: int = 0

    def user_id(self, request: Request) -> str:
        """The user of a request's token; raises Refusal INVALID_SESSION_ID."""
        token = _bearer(request)
        if token is not None and self.fixed is not None and hmac.compare_digest(token.encode(), self.fixed.encode()):
            return self.fixed_user_id
        found = self._tokens.get(token or "")
        if found is None:
            raise session_expired()
        return found

    def username(self, request: Request) -> str:
        """The username behind a request for the ledger, empty when it carries no valid token."""
        try:
            user = self.org.row(self.user_id(request)) or {}
        except Refusal:
            return ""
        return str(user.get("Username", ""))

    def revoke(self, request: Request) -> None:
        """Forget the token a request carries; a fixed token stays."""
        self._tokens.pop(_bearer(request) or "", None)

    def grant(self, request: Request) -> Response:
        """The answer of /services/oauth2/token."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode(errors="replace")).items()}
        if form.get("grant_type") != "client_credentials":
            return _deny("unsupported_grant_type", "grant type not supported")
        client_id, secret = _credentials(request, form)
        client = next((c for c in self.org.settings.get("clients") or [] if c["client_id"] == client_id), None)
        if client is None:
            return _deny("invalid_client_id", "client identifier invalid")
        if not hmac.compare_digest(str(client["client_secret"]).encode(), secret.encode()):
            return _deny("invalid_client", "invalid client credentials")
        return Response.json(200, self._issue(client, request))

    def identity(self, request: Request) -> dict[str, Any]:
        """What /services/oauth2/userinfo and the identity address say of the caller; raises Refusal."""
        user = self.org.row(self.user_id(request)) or {}
        base, organization = _base_url(request), read_id(self.org.settings["org_id"])
        return {
            "sub": f"{base}/id/{organization}/{user['Id']}",
            "user_id": user["Id"],
            "organization_id": organization,
            "preferred_username": user.get("Username"),
            "username": user.get("Username"),
            "name": user.get("Name"),
            "email": user.get("Email"),
            "zoneinfo": user.get("TimeZoneSidKey"),
            "active": user.get("IsActive", False),
            "urls": {
                "rest": f"{base}/services/data/v{{version}}/",
                "query": f"{base}/services/data/v{{version}}/query/",
            },
        }

    def _issue(self, client: Mapping[str, Any], request: Request) -> dict[str, str]:
        self._issued += 1
        users = self.org.tables["User"].with_value("Username", client.get("user"))
        user_id = users[0]["Id"] if users else self.fixed_user_id
        organization = read_id(self.org.settings["org_id"]) or ""
        text = hashlib.sha256(f"{client['client_id']}:{self._issued}".encode()).hexdigest()
        token = f"{organization[:_SHORT]}!{text}"
        self._tokens[token] = user_id
        base = _base_url(request)
        identity, issued_at = f"{base}/id/{organization}/{user_id}", str(int(self.org.clock.now().timestamp() * 1000))
        digest = hmac.digest(str(client["client_secret"]).encode(), (identity + issued_at).encode(), "sha256")
        return {
            "access_token": token,
            "signature": base64.b64encode(digest).decode(),
            "scope": "api",
            "instance_url": base,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }


def _base_url(request: Request) -> str:
    return f"http://{request.headers.get('host', 'localhost')}"


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() in {"bearer", "oauth"} and token else None


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _deny(error: str, description: str) -> Response:
    return Response.json(400, {"error": error, "error_description": description})

"""Fetches Salesforce access tokens: one form post per grant (wire facts: the OAuth 2.0 token endpoint)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from syncagent.connectors.replies import Refusal
from syncagent.connectors.salesforce.credentials import (
    AccessToken,
    ClientCredentials,
    Credentials,
    Grant,
    JwtBearer,
    RefreshToken,
)
from syncagent.connectors.tokens import Token, read_token_answer
from syncagent.connectors.transport import Call, Transport
from syncagent.errors import AuthenticationFailed

_JWT_LIFETIME = timedelta(minutes=3)
_SHARED_HOSTS = ("login", "test")
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def fetch_token(
    transport: Transport, credentials: Credentials, *, url: str, domain: str, now: Callable[[], datetime]
) -> Token:
    """Log in; ``url`` empty means the real host ``https://{domain}.salesforce.com``.

    Raises:
        AuthenticationFailed: the credentials are refused, with what to check.
    """
    if isinstance(credentials, AccessToken):
        return Token(credentials.value, credentials.instance_url or url)
    if isinstance(credentials, ClientCredentials) and domain in _SHARED_HOSTS and not url:
        raise AuthenticationFailed(
            f"salesforce: a client id and secret work only at the org's own login host, not at "
            f"{domain}.salesforce.com. Nothing was sent. Set the domain to your My Domain, for example acme.my.",
            system="salesforce",
        )
    host = url or f"https://{domain}.salesforce.com"
    try:
        form = grant_form(credentials, audience=f"https://{domain}.salesforce.com", now=now())
    except ValueError as error:
        raise AuthenticationFailed(
            "salesforce: the private key of the connected app cannot be read. Nothing was sent. It must be the whole "
            "PEM text of an RSA key, from -----BEGIN to END-----.",
            system="salesforce",
        ) from error
    call = Call(
        "oauth2/token",
        "POST",
        f"{host}/services/oauth2/token",
        "read",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        body=urlencode(form),
    )
    try:
        response = transport.call(call)
    except Refusal as error:
        raise AuthenticationFailed(
            f"{error}. Salesforce refused to log us in at {host}; nothing was read or written. {advice(credentials)}",
            system="salesforce",
            code=error.code,
        ) from error
    answer = read_token_answer(response, host, "salesforce")
    return Token(str(answer["access_token"]), str(answer.get("instance_url") or host))


def grant_form(credentials: Grant, *, audience: str, now: datetime) -> dict[str, str]:
    """Give the form fields of the grant."""
    if isinstance(credentials, JwtBearer):
        return {"grant_type": _JWT_GRANT, "assertion": sign_assertion(credentials, audience, now)}
    form = {"client_id": credentials.client_id}
    if isinstance(credentials, ClientCredentials):
        return {"grant_type": "client_credentials", "client_secret": credentials.client_secret, **form}
    if isinstance(credentials, RefreshToken):
        secret = {"client_secret": credentials.client_secret} if credentials.client_secret else {}
        return {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token, **secret, **form}
    return {
        "grant_type": "password",
        "client_secret": credentials.client_secret,
        "username": credentials.username,
        "password": credentials.password + credentials.security_token,
        **form,
    }


def sign_assertion(credentials: JwtBearer, audience: str, now: datetime) -> str:
    """Sign the RS256 assertion; Salesforce accepts expiries of at most a few minutes.

    Raises:
        ValueError: the private key cannot be read.
    """
    import jwt

    claims = {
        "iss": credentials.client_id,
        "sub": credentials.username,
        "aud": audience,
        "exp": int((now + _JWT_LIFETIME).timestamp()),
    }
    try:
        return jwt.encode(claims, credentials.private_key, algorithm="RS256")
    except (jwt.PyJWTError, TypeError) as error:
        raise ValueError("not the PEM text of an RSA key") from error


def advice(credentials: Credentials) -> str:
    """Say what to check for the kind of login in use."""
    if isinstance(credentials, ClientCredentials):
        return "Check client id and secret, and that the connected app allows client credentials with a run-as user."
    if isinstance(credentials, JwtBearer):
        return (
            "Check that the connected app holds this key's certificate, that the user is pre-authorised for it, "
            "and that this machine's clock is right."
        )
    if isinstance(credentials, RefreshToken):
        return "The consent may have been revoked: authorise the connected app again and store the new refresh token."
    if isinstance(credentials, AccessToken):
        return "The access token is wrong or has expired and cannot be renewed: set a new one, or use a client id."
    return "Check user name, password and security token; many orgs no longer allow password logins."

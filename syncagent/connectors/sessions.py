"""One HTTP session per system: pooled, gzip, without cookies; for a sandbox, every https URL is led to it."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

import syncagent

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class RewritingAdapter(HTTPAdapter):
    """Sends every request to one server, whatever host its URL names.

    simple-salesforce writes https into every URL it builds; a sandbox speaks http on a loopback port.
    """

    def __init__(self, target: str, pool_size: int) -> None:
        self._target = urlsplit(target)
        super().__init__(pool_size, pool_size)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request to the target with its path and query unchanged."""
        asked = urlsplit(request.url or "")
        request.url = urlunsplit((self._target.scheme, self._target.netloc, asked.path, asked.query, ""))
        return super().send(request, *args, **kwargs)


def open_session(target: str = "", *, pool_size: int = 8) -> requests.Session:
    """Open a session; a ``target`` URL takes the place of every https host.

    requests itself never retries here (``max_retries`` stays 0): the transport is the only retrier.
    """
    session = requests.Session()
    plain = HTTPAdapter(pool_size, pool_size)
    session.mount("https://", RewritingAdapter(target, pool_size) if target else plain)
    session.mount("http://", plain)
    session.headers["User-Agent"] = f"syncagent/{syncagent.__version__}"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.auth = _keep_headers  # otherwise a .netrc file of the machine replaces our Authorization header
    session.trust_env = urlsplit(target).hostname not in _LOOPBACK  # no proxy between us and a local sandbox
    return session


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request

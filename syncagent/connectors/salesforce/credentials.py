"""The ways to log in to Salesforce; secrets never show in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A connected app that runs as its own user; needs the org's My Domain as login host."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class JwtBearer:
    """A connected app with a certificate: ``private_key`` is PEM text, ``username`` the user it acts as."""

    client_id: str
    username: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A person once consented to the connected app; the refresh token stands for that consent."""

    client_id: str
    refresh_token: str = field(repr=False)
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class UserPassword:
    """The OAuth password grant, for orgs that still allow it; ``security_token`` is appended to the password."""

    client_id: str
    client_secret: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    security_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A session obtained elsewhere; it cannot be renewed. ``instance_url`` may stay empty for a sandbox."""

    value: str = field(repr=False)
    instance_url: str = ""


Grant: TypeAlias = ClientCredentials | JwtBearer | RefreshToken | UserPassword
Credentials: TypeAlias = Grant | AccessToken

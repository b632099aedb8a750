"""Who a request is from: JSON web tokens (HS256) of the host app, bound to a partner or a member of staff."""

import time
from dataclasses import dataclass
from typing import Literal, get_args

import jwt

Role = Literal["agent", "designer", "operator"]
ROLES: tuple[str, ...] = get_args(Role)
DEMO_LIFETIME_S = 12 * 3600


class BadToken(Exception):
    """The token is absent, forged, expired or names nobody."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The verified bearer of a token: `role` is None for a partner. `expires_at` is seconds since the epoch."""

    subject: str
    role: str | None
    expires_at: float


class Tokens:
    """Checks tokens, and issues those of the demo."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(self, subject: str, role: Role | None = None, lifetime_s: float = DEMO_LIFETIME_S) -> str:
        """A token for `lifetime_s` seconds from now."""
        claims: dict[str, object] = {"sub": subject, "exp": int(time.time() + lifetime_s)}
        if role:
            claims["role"] = role
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def verify(self, token: object) -> Principal:
        """The bearer of a token.

        Raises:
            BadToken: it is not one of ours, or its time is over.
        """
        try:
            claims = jwt.decode(str(token), self._secret, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise BadToken(str(error)) from error
        subject, role = claims["sub"], claims.get("role")
        if not 0 < len(subject) <= 64 or not subject.isprintable() or (role is not None and role not in ROLES):
            raise BadToken("the token names nobody")
        return Principal(subject, role, float(claims["exp"]))

# SPDX-License-Identifier: Apache-2.0
"""The session of a browser: a cookie that holds the user's token, or another with a random word for guests.

They are two, for a browser that comes by a link of another site does not show the first one: what it is given
then must not take its place.
"""

import hmac
import secrets
from dataclasses import dataclass

import falcon

TOKEN, GUEST = 'watcher-console', 'watcher-console-guest'
STRICT = 'Strict'


@dataclass(frozen=True)
class Session:
    """`token` is None of a guest."""

    value: str
    token: str | None = None

    @property
    def csrf(self) -> str:
        """What every form of this session carries; nobody can make it who does not know the session."""
        return hmac.digest(self.value.encode(), b'watcher_py console form', 'sha256').hex()

    def vouches_for(self, csrf: str) -> bool:
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


def of_token(token: str) -> Session:
    return Session(token, token)


def new_guest() -> Session:
    return Session(secrets.token_urlsafe(32))


def of(req: falcon.Request) -> Session | None:
    if token := req.cookies.get(TOKEN):
        return of_token(token)
    guest = req.cookies.get(GUEST)
    return Session(guest) if guest else None


def keep(req: falcon.Request, resp: falcon.Response, session: Session, is_always_secure: bool) -> None:
    resp.set_cookie(TOKEN if session.token else GUEST, session.value, path=_path(req), http_only=True,
                    same_site=STRICT, secure=is_always_secure or req.scheme == 'https')


def end(req: falcon.Request, resp: falcon.Response) -> None:
    resp.unset_cookie(TOKEN, path=_path(req), same_site=STRICT)


def _path(req: falcon.Request) -> str:
    return req.root_path or '/'

# SPDX-License-Identifier: Apache-2.0
"""Who may use the emulated cloud: users, their roles, and the tokens that they were given."""

import secrets
import threading
import time
from dataclasses import dataclass

from watcher_py.sim.ids import derived_id
from watcher_py.sim.records import Caller

PASSWORD = 'emulated'       # noqa: S105
TOKEN_SECONDS = 3600.0


@dataclass(frozen=True)
class User:
    """A user of domain Default, with roles on one project."""

    name: str
    project: str
    roles: tuple[str, ...]

    @property
    def id(self) -> str:
        return hex_id('user', self.name)

    @property
    def project_id(self) -> str:
        return hex_id('project', self.project)


USERS = (
    User('admin', 'admin', ('admin', 'member', 'reader')),
    User('watcher', 'service', ('admin', 'service')),
    User('demo', 'demo', ('member', 'reader')),
)


@dataclass(frozen=True)
class Token:
    """A token; its times are real ones, for clients hold them against their own clocks."""

    id: str
    user: User
    method: str
    issued: float
    expires: float


class Identity:
    """The tokens that are valid."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def user(self, name_or_id: str) -> User | None:
        return next((user for user in USERS if name_or_id in (user.name, user.id)), None)

    def issue(self, user: User, method: str) -> Token:
        now = time.time()
        token = Token(secrets.token_urlsafe(32), user, method, now, now + TOKEN_SECONDS)
        with self._lock:
            self._tokens[token.id] = token
        return token

    def token(self, token: str | None) -> Token | None:
        """The token of this id while it is valid."""
        found = self._tokens.get(token or '')
        return found if found is not None and found.expires > time.time() else None

    def revoke(self, token: str) -> None:
        with self._lock:
            self._tokens.pop(token, None)

    def revoke_all(self) -> None:
        """As when Keystone's keys were changed: everybody must ask for a new token."""
        with self._lock:
            self._tokens.clear()


def caller_of(token: Token, request: str) -> Caller:
    user = token.user
    return Caller(user.id, user.name, user.project_id, frozenset(user.roles), request)


def hex_id(*parts: str) -> str:
    return derived_id(*parts).replace('-', '')

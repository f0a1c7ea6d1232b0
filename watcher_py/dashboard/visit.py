# SPDX-License-Identifier: Apache-2.0
"""One request's user: how the API is asked for them, who they are, and what they may do."""

from functools import cached_property
from typing import Any

from watcher_py.dashboard.rest import Rest
from watcher_py.dashboard.sessions import Session


class Visit:
    def __init__(self, rest: Rest, session: Session):
        self.rest = rest
        self._session = session

    @property
    def csrf(self) -> str:
        return self._session.csrf

    @property
    def user(self) -> str | None:
        name: str | None = self._me['user']
        return name

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The policy rules that this user may use."""
        return frozenset(self._me['allowed'])

    def may(self, rule: str) -> bool:
        return rule in self.allowed

    @cached_property
    def _me(self) -> dict[str, Any]:
        # Asked for when it is needed first: a fragment needs it not at all.
        found: dict[str, Any] = self.rest.get('/v2/me')
        return found

# SPDX-License-Identifier: Apache-2.0
"""Which actions of a plan are listed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from watcher_py.core.states import ActionState
from watcher_py.dashboard.plan.deed import Deed

ALL = 'all'
KINDS: Mapping[str, Callable[[Deed], bool]] = {
    ALL: lambda deed: True,
    'moves': lambda deed: deed.is_move,
    'others': lambda deed: not deed.is_move,
    'running': lambda deed: deed.state == ActionState.ONGOING,
    'failed': lambda deed: deed.state == ActionState.FAILED,
    'skipped': lambda deed: deed.state == ActionState.SKIPPED}


@dataclass(frozen=True)
class Sift:
    """Those of a kind that have to do with something of whose name this is a part."""

    kind: str = ALL
    name: str = ''

    @property
    def query(self) -> str:
        """As an address has it, to be followed by more."""
        return urlencode({'kind': self.kind, 'name': self.name}) + '&' if self != Sift() else ''

    def of(self, deeds: Iterable[Deed]) -> list[Deed]:
        is_of_kind = KINDS[self.kind]
        return [deed for deed in deeds if is_of_kind(deed) and self._is_named(deed)]

    def _is_named(self, deed: Deed) -> bool:
        part = self.name.casefold()
        return any(part in name.casefold() for name in (deed.name, deed.source, deed.target) if name)


def sift_of(kind: str | None, name: str | None) -> Sift:
    """A kind that there isn't is as if it were not asked for."""
    return Sift(kind if kind and kind in KINDS else ALL, (name or '').strip())

# SPDX-License-Identifier: Apache-2.0
"""How many deeds go on at once: in all, at one host, between the same two hosts, and at one storage pool."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heappop, heappush
from typing import Generic, NamedTuple, TypeVar

Deed = TypeVar('Deed', bound=Hashable)


class Kind(Enum):
    HOST = auto()
    LINK = auto()       # between two hosts
    POOL = auto()


class Road(NamedTuple):
    """What deeds burden, and only so many of them at once."""

    kind: Kind
    ends: frozenset[str]        # names: of one place, or of the two that a link joins


@dataclass(frozen=True)
class Lanes:
    """The limits, each at least 1."""

    in_all: int
    per_host: int
    per_link: int = 2
    per_pool: int = 2

    def on(self, road: Road) -> int:
        if road.kind is Kind.POOL:
            return self.per_pool
        return self.per_link if road.kind is Kind.LINK else self.per_host


def at_hosts(names: Collection[str]) -> tuple[Road, ...]:
    """The hosts, and what lies between them."""
    ends = sorted(set(names))
    link = [Road(Kind.LINK, frozenset(ends))] if len(ends) > 1 else []
    return (*(Road(Kind.HOST, frozenset([end])) for end in ends), *link)


def at_pools(names: Collection[str]) -> tuple[Road, ...]:
    return tuple(Road(Kind.POOL, frozenset([name])) for name in sorted(set(names)))


class Queues(Generic[Deed]):
    """Deeds that wait for room on their roads; the one of the lowest rank is taken first.

    A deed that finds a road full waits in that road's own queue, where only what leaves the road wakes it:
    however many wait, few are looked at.
    """

    def __init__(self, lanes: Lanes, ranks: Mapping[Deed, int]):
        self._lanes, self._ranks = lanes, ranks
        self._deeds = list(ranks)
        self._open: list[int] = []                      # ranks; a heap
        self._full: dict[Road, list[int]] = {}          # by what is full; heaps
        self._busy: Counter[Road] = Counter()
        self._roads: dict[Deed, tuple[Road, ...]] = {}

    def put(self, deed: Deed, roads: Collection[Road]) -> None:
        self._roads[deed] = tuple(roads)
        heappush(self._open, self._ranks[deed])

    def take(self) -> tuple[Deed] | None:
        """The first that finds room, which it takes up now."""
        while self._open:
            rank = heappop(self._open)
            deed = self._deeds[rank]
            full = self._full_one(deed)
            if full is None:
                self._busy.update(self._roads[deed])
                return (deed,)
            heappush(self._full.setdefault(full, []), rank)
            # It was woken for room that it can't use now: another may.
            for road in self._roads[deed]:
                self._wake(road)
        return None

    def occupy(self, deed: Deed, roads: Collection[Road]) -> None:
        """It goes on there already, whether there is room or not."""
        self._roads[deed] = tuple(roads)
        self._busy.update(self._roads[deed])

    def leave(self, deed: Deed) -> None:
        """It is over: the first that waits for each of its roads may try."""
        for road in self._roads.pop(deed):
            self._busy[road] -= 1
            if not self._busy[road]:
                del self._busy[road]
            self._wake(road)

    def _full_one(self, deed: Deed) -> Road | None:
        return next((road for road in self._roads[deed] if not self._has_room(road)), None)

    def _has_room(self, road: Road) -> bool:
        return self._busy[road] < self._lanes.on(road)

    def _wake(self, road: Road) -> None:
        waiting = self._full.get(road)
        while waiting and self._has_room(road):
            rank = heappop(waiting)
            elsewhere = self._full_one(self._deeds[rank])
            if elsewhere is None:
                heappush(self._open, rank)
                break
            heappush(self._full.setdefault(elsewhere, []), rank)
        if not waiting:
            self._full.pop(road, None)

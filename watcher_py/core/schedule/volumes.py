# SPDX-License-Identifier: Apache-2.0
"""Moves of volumes are woven into a plan, in room that their pools have at every moment.

The plan is played through once, first come by the order of the solution: a volume counts in both its
pools while it moves, and never moves while its server does.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from watcher_py.core.changes import Migrate, MoveVolume, Resize, Stop
from watcher_py.core.pace import Pace
from watcher_py.core.schedule.plan import Plan, PlannedAction
from watcher_py.core.schedule.rooms import Needs, Room
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.storage import Storage
from watcher_py.core.volumes.rules import rooms_of

# What can be full: all lanes, those of a node or a pool, a pool's room; by kind and name.
Key = tuple[str, str]

NO_ROOM = 'left out: whatever else moves before, its pool never has room for it'


def weave(plan: Plan, solution: Solution, storage: Storage, pace: Pace) -> Plan:
    """The plan with the solution's moves of volumes in it, in the order of their starts.

    Whatever order keeps to the actions' parents keeps every pool within its room.
    """
    if not any(isinstance(proposal.change, MoveVolume) for proposal in solution.proposals):
        return plan
    items = _items(plan, solution, storage, pace)
    begun, left = _Play(items, _Site(storage, pace)).through()
    places = {number: place for place, number in enumerate(begun)}
    actions = tuple(items[number].action._replace(start=items[number].start, parents=tuple(
        sorted(places[parent] for parent in items[number].parents if parent in places))) for number in begun)
    return replace(plan, actions=actions,
                   makespan=max((action.start + action.seconds for action in actions), default=0.0),
                   bound=max(plan.bound, _bound(actions, pace)),
                   left_out=(*plan.left_out, *(Proposal(items[number].action.change, NO_ROOM)
                                               for number in left)))


@dataclass
class _Item:
    """An action that is to be played."""

    action: PlannedAction
    rank: int
    parents: set[int] = field(default_factory=set)      # items that have to end before
    size: float = 0.0                                   # GB of a volume
    start: float = 0.0


def _items(plan: Plan, solution: Solution, storage: Storage, pace: Pace) -> list[_Item]:
    """All actions of the plan, then the moves of volumes."""
    moves, moving, ranks = [], set(), {}
    for rank, proposal in enumerate(solution.proposals):
        if isinstance(proposal.change, MoveVolume):
            moves.append((rank, proposal))
            moving.add(proposal.change.volume)
        else:
            ranks[proposal.change.parameters().get('resource_id')] = rank
    items = [_Item(action, ranks.get(action.change.parameters().get('resource_id'), 0), set(action.parents))
             for action in plan.actions]
    of_server: defaultdict[str, list[int]] = defaultdict(list)
    for number, action in enumerate(plan.actions):
        if isinstance(action.change, Migrate | Stop | Resize):
            of_server[action.change.server].append(number)
    rows = {uuid: row for row, uuid in enumerate(storage.volumes.uuid) if uuid in moving}
    sizes = np.nan_to_num(storage.volumes.size).tolist()
    for rank, move in moves:
        row = rows[move.change.parameters()['resource_id']]
        action = PlannedAction(move.change, move.reason, seconds=pace.volume_seconds(sizes[row]))
        items.append(_Item(action, rank, size=sizes[row]))
        for server in storage.volumes.attached_to[row]:
            _keep_apart(items, len(items) - 1, of_server[server])
    return items


def _keep_apart(items: list[_Item], volume: int, others: Iterable[int]) -> None:
    """The volume and what is done with its server wait for each other, in the order of the solution."""
    for other in others:
        first, second = sorted((volume, other), key=lambda number: items[number].rank)
        items[second].parents.add(first)


class _Site:
    """Lanes of nodes and pools, and the pools' room."""

    def __init__(self, storage: Storage, pace: Pace):
        pools = storage.pools
        self._most = {'all': math.inf if pace.in_all is None else pace.in_all, 'node': pace.per_node,
                      'pool': pace.per_pool}
        self._busy: Counter[Key] = Counter()
        self._rooms = {name: Room(rooms) for name, rooms in zip(
            pools.name, rooms_of(pools).tolist(), strict=True)}
        self._is_thin = dict(zip(pools.name, pools.thin.tolist(), strict=True))

    def what_is_full(self, item: _Item) -> Key | None:
        """What keeps it from starting now."""
        change = item.action.change
        if not isinstance(change, Migrate | MoveVolume):
            return None
        if isinstance(change, MoveVolume) and not self._rooms[change.target].fits(_taken(item.size)):
            return 'room', change.target
        return next((lane for lane in _lanes(change) if self._busy[lane] >= self._most[lane[0]]), None)

    def take(self, item: _Item) -> set[int]:
        """The items that have to end before."""
        change = item.action.change
        if not isinstance(change, Migrate | MoveVolume):
            return set()
        self._busy.update(_lanes(change))
        return self._rooms[change.target].take(_taken(item.size)) if isinstance(change, MoveVolume) else set()

    def give(self, item: _Item, number: int) -> list[Key]:
        """It has ended; where something may start for that."""
        change = item.action.change
        if not isinstance(change, Migrate | MoveVolume):
            return []
        self._busy.subtract(_lanes(change))
        if isinstance(change, Migrate):
            return _lanes(change)
        # How much of it was written in a thin pool nobody knows; only the promise comes back for sure.
        given = _taken(item.size)[1:] if self._is_thin[change.source] else _taken(item.size)
        self._rooms[change.source].give(given, number)
        return [*_lanes(change), ('room', change.source)]


def _lanes(change: Migrate | MoveVolume) -> list[Key]:
    kind = 'node' if isinstance(change, Migrate) else 'pool'
    return [('all', ''), (kind, change.source), (kind, change.target)]


def _taken(size: float) -> Needs:
    """Of what is free, and of what may be promised."""
    return ((0, size), (1, size)) if size > 0 else ()


class _Play:
    """Items are started as soon as they can, the lowest rank first; then time passes.

    What finds something full waits for that alone: however many wait, few are looked at.
    """

    def __init__(self, items: list[_Item], site: _Site):
        self._items, self._site = items, site
        self._now = 0.0
        self._begun: list[int] = []
        self._left: list[int] = []
        self._running: list[tuple[float, int]] = []         # a heap of (end, item)
        self._waits = [len(item.parents) for item in items]
        self._children: defaultdict[int, list[int]] = defaultdict(list)
        self._open: list[tuple[int, int, Key | None]] = []  # a heap of (rank, item, what had been full)
        self._full: defaultdict[Key, list[tuple[int, int]]] = defaultdict(list)     # heaps of (rank, item)
        for number, item in enumerate(items):
            for parent in item.parents:
                self._children[parent].append(number)
            if not item.parents:
                self._put(number)

    def through(self) -> tuple[list[int], list[int]]:
        """The items in the order of their starts, and those that never find room."""
        self._start_what_can()
        while self._running or any(self._full.values()):
            if self._running:
                self._now, number = heapq.heappop(self._running)
                for key in self._site.give(self._items[number], number):
                    self._wake(key)
            else:
                key = min(key for key, waiting in self._full.items() if waiting)
                _, number = heapq.heappop(self._full[key])
                self._left.append(number)
            self._release(number)
            self._start_what_can()
        return self._begun, self._left

    def _put(self, number: int) -> None:
        heapq.heappush(self._open, (self._items[number].rank, number, None))

    def _wake(self, key: Key) -> None:
        """Let the first try that waits for it."""
        if self._full[key]:
            heapq.heappush(self._open, (*heapq.heappop(self._full[key]), key))

    def _start_what_can(self) -> None:
        while self._open:
            rank, number, had_been_full = heapq.heappop(self._open)
            full = self._site.what_is_full(self._items[number])
            if full is None:
                self._start(number)
            else:
                heapq.heappush(self._full[full], (rank, number))
            if had_been_full not in (None, full):
                self._wake(had_been_full)

    def _start(self, number: int) -> None:
        item = self._items[number]
        item.parents |= self._site.take(item)
        item.start = self._now
        self._begun.append(number)
        heapq.heappush(self._running, (self._now + item.action.seconds, number))

    def _release(self, number: int) -> None:
        for child in self._children[number]:
            self._waits[child] -= 1
            if not self._waits[child]:
                self._put(child)


def _bound(actions: Iterable[PlannedAction], pace: Pace) -> float:
    """Seconds: the most that one volume, one pool, or all together need."""
    work: defaultdict[str, float] = defaultdict(float)
    seconds = [0.0]
    for action in actions:
        if isinstance(action.change, MoveVolume):
            seconds.append(action.seconds)
            work[action.change.source] += action.seconds
            work[action.change.target] += action.seconds
    in_all = 0.0 if pace.in_all is None else sum(seconds) / pace.in_all
    return max(*seconds, in_all, max(work.values(), default=0.0) / pace.per_pool)

# SPDX-License-Identifier: Apache-2.0
"""Walk a graph of deeds: each after its parents, some side by side, none after one that failed."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Generic, TypeVar

from watcher_py.core.errors import Invalid

Deed = TypeVar('Deed', bound=Hashable)


@dataclass(frozen=True)
class Lanes:
    """How many deeds may go on at once: in all, and of those that touch the same place."""

    in_all: int
    per_place: int


def walk(parents: Mapping[Deed, Collection[Deed]], places: Callable[[Deed], Collection[str]], lanes: Lanes,
         run: Callable[[Deed], bool], drop: Callable[[Deed, Deed], None]) -> None:
    """Run every deed once, in threads; those that may start at the same time, in the mapping's order.

    A deed that returns False has failed: what depends on it is not run but dropped, with the failed
    one beside it. An exception ends the walk, once what runs has ended. Invalid for a graph with a
    circle, or with a parent that is not in it.
    """
    walker = _Walker(parents, places, lanes, run, drop)
    with ThreadPoolExecutor(lanes.in_all, thread_name_prefix='action') as pool:
        walker.go(pool)


class _Walker(Generic[Deed]):
    def __init__(self, parents: Mapping[Deed, Collection[Deed]], places: Callable[[Deed], Collection[str]],
                 lanes: Lanes, run: Callable[[Deed], bool], drop: Callable[[Deed, Deed], None]):
        self._parents, self._places, self._lanes = parents, places, lanes
        self._run, self._drop = run, drop
        self._rank = {deed: number for number, deed in enumerate(parents)}
        self._order = _order(parents)
        self._waiting: list[Deed] = []
        self._running: dict[Future[bool], Deed] = {}
        self._busy: Counter[str] = Counter()
        self._cause: dict[Deed, Deed] = {}      # what failed or was dropped -> what failed

    def go(self, pool: ThreadPoolExecutor) -> None:
        while self._order.is_active():
            self._take_ready()
            self._start(pool)
            self._finish_some()

    def _take_ready(self) -> None:
        """Move what has no unfinished parents to those that wait; drop what a failure has reached."""
        while ready := self._order.get_ready():
            for deed in ready:
                cause = next((self._cause[one] for one in self._parents[deed] if one in self._cause), None)
                if cause is None:
                    self._waiting.append(deed)
                else:
                    self._cause[deed] = cause
                    self._drop(deed, cause)
                    self._order.done(deed)
        self._waiting.sort(key=self._rank.__getitem__)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        for deed in list(self._waiting):
            if len(self._running) >= self._lanes.in_all:
                return
            places = set(self._places(deed))
            if all(self._busy[place] < self._lanes.per_place for place in places):
                self._waiting.remove(deed)
                self._busy.update(places)
                self._running[pool.submit(self._run, deed)] = deed

    def _finish_some(self) -> None:
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            deed = self._running.pop(future)
            self._busy.subtract(set(self._places(deed)))
            if not future.result():
                self._cause[deed] = deed
            self._order.done(deed)


def _order(parents: Mapping[Deed, Collection[Deed]]) -> TopologicalSorter[Deed]:
    for deed, ones in parents.items():
        for one in ones:
            if one not in parents:
                raise Invalid(f'{deed} waits for {one}, which is not there')
    order = TopologicalSorter(parents)
    try:
        order.prepare()
    except CycleError as error:
        circle = ', '.join(str(deed) for deed in error.args[1])
        raise Invalid(f'these wait for each other in a circle: {circle}') from None
    return order

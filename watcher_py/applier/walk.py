# SPDX-License-Identifier: Apache-2.0
"""Walk a graph of deeds: each after its parents, some side by side, none after one that failed."""

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import Enum, auto
from graphlib import CycleError, TopologicalSorter
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from watcher_py.applier.lanes import Lanes, Queues, Road
from watcher_py.core.errors import Invalid

Deed = TypeVar('Deed', bound=Hashable)

# Deeds that were put off, for each that may run: more are not even asked whether they may begin.
PUT_OFF_PER_LANE = 4
TICK = 0.5              # seconds after which what was put off is tried again


class Result(Enum):
    DONE = auto()
    FAILED = auto()     # what depends on it is dropped
    LATER = auto()      # it may not begin yet
    AGAIN = auto()      # it goes another way than it said: it queues anew


def _always() -> bool:
    return True


def walk(parents: Mapping[Deed, Collection[Deed]], roads: Callable[[Deed], Collection[Road]], lanes: Lanes,
         run: Callable[[Deed], Result], drop: Callable[[Deed, Deed], None],
         settled: Mapping[Deed, Result] | None = None, begun: Collection[Deed] = (),
         may_begin: Callable[[], bool] = _always, tick: float = TICK) -> None:
    """Run every deed once, in threads; those that may start at the same time, in the mapping's order.

    What depends on a deed that has FAILED is not run but dropped, with the failed one beside it. What is
    `settled` is not run, for its result is known. What was `begun` before is run at once, whatever the lanes
    and `may_begin` say; once `may_begin` is False nothing else starts, and the walk ends with what runs. So
    does it after an exception, which is raised then. Invalid for a graph with a circle, or with a parent that
    is not in it.
    """
    walker = _Walker(parents, roads, lanes, run, drop, settled or {}, begun, may_begin, tick)
    with ThreadPoolExecutor(max(lanes.in_all, len(begun)), thread_name_prefix='action') as pool:
        walker.go(pool)


class _Walker(Generic[Deed]):
    def __init__(self, parents: Mapping[Deed, Collection[Deed]], roads: Callable[[Deed], Collection[Road]],
                 lanes: Lanes, run: Callable[[Deed], Result], drop: Callable[[Deed, Deed], None],
                 settled: Mapping[Deed, Result], begun: Collection[Deed], may_begin: Callable[[], bool],
                 tick: float):
        self._parents, self._roads, self._lanes = parents, roads, lanes
        self._run, self._drop, self._settled, self._may_begin = run, drop, settled, may_begin
        self._begun, self._tick = set(begun), tick
        self._order = _order(parents)
        self._queues: Queues[Deed] = Queues(lanes, {deed: number for number, deed in enumerate(parents)})
        self._resumed: list[Deed] = []
        self._put_off: list[Deed] = []
        self._tried = time.monotonic()
        self._running = 0
        self._ended: SimpleQueue[tuple[Deed, Result | BaseException]] = SimpleQueue()
        self._error: BaseException | None = None
        self._cause: dict[Deed, Deed] = {}      # what failed or was dropped -> what failed

    def go(self, pool: ThreadPoolExecutor) -> None:
        while True:
            self._take_ready()
            self._start(pool)
            if not self._running and not (self._put_off and self._goes_on()):
                break
            self._finish_some()
        if self._error is not None:
            raise self._error

    def _goes_on(self) -> bool:
        return self._error is None and self._may_begin()

    def _take_ready(self) -> None:
        """Queue what has no unfinished parents; drop what a failure has reached."""
        # Once the order is all done there is nothing to ask for.
        while self._order.is_active() and (ready := self._order.get_ready()):
            for deed in ready:
                self._take(deed)

    def _take(self, deed: Deed) -> None:
        if deed in self._settled:
            self._close(deed, self._settled[deed])
        elif deed in self._begun:
            self._resumed.append(deed)
        elif (cause := self._cause_of(deed)) is not None:
            self._cause[deed] = cause
            self._drop(deed, cause)
            self._order.done(deed)
        else:
            self._queues.put(deed, self._roads(deed))

    def _cause_of(self, deed: Deed) -> Deed | None:
        return next((self._cause[one] for one in self._parents[deed] if one in self._cause), None)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        for deed in self._resumed:
            self._queues.occupy(deed, self._roads(deed))
            self._submit(pool, deed)
        self._resumed.clear()
        while (self._running < self._lanes.in_all and self._goes_on()
               and len(self._put_off) < PUT_OFF_PER_LANE * self._lanes.in_all
               and (found := self._queues.take())):
            self._submit(pool, found[0])

    def _submit(self, pool: ThreadPoolExecutor, deed: Deed) -> None:
        self._running += 1
        pool.submit(self._carry_out, deed)

    def _carry_out(self, deed: Deed) -> None:
        try:
            self._ended.put((deed, self._run(deed)))
        except BaseException as error:
            # It is raised where the walk was begun.
            self._ended.put((deed, error))

    def _finish_some(self) -> None:
        for deed, result in self._results():
            self._running -= 1
            self._queues.leave(deed)
            if isinstance(result, BaseException):
                self._error = self._error or result
            elif result is Result.LATER:
                self._put_off.append(deed)
            elif result is Result.AGAIN:
                self._queues.put(deed, self._roads(deed))
            else:
                self._close(deed, result)
        if self._put_off and time.monotonic() - self._tried >= self._tick:
            self._tried = time.monotonic()
            for deed in self._put_off:
                self._queues.put(deed, self._roads(deed))
            self._put_off.clear()

    def _results(self) -> Iterator[tuple[Deed, Result | BaseException]]:
        """Those that are there; waits for one, but not past the next try of what was put off."""
        with suppress(Empty):
            yield self._ended.get(timeout=self._tick if self._put_off else None)
            while True:
                yield self._ended.get_nowait()

    def _close(self, deed: Deed, result: Result) -> None:
        if result is Result.FAILED:
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

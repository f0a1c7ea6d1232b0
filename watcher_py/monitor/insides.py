# SPDX-License-Identifier: Apache-2.0
"""What goes on inside a service: its loops, leases and jobs, as checks, metrics and lines of a state dump."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from oslo_db.exception import DBError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from watcher_py.bus.jobs import Jobs
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.core.errors import WatcherError
from watcher_py.db.lease import SECONDS, Leases
from watcher_py.db.models import ActionPlan, Audit
from watcher_py.monitor.checks import Check

# One turn of a loop may read a large cloud that answers slowly; beyond this it hangs.
LONGEST_TURN = 900.0    # seconds

# As the metrics call what may be held.
NOUNS = {'audit': Audit, 'plan': ActionPlan}


class Loop(Protocol):
    """A thread that does something over and over."""

    @property
    def name(self) -> str: ...

    @property
    def busy_since(self) -> float | None:
        """When, by time.monotonic(), its present turn began; None while it waits."""

    def is_alive(self) -> bool: ...


@dataclass(frozen=True)
class Insides:
    """What may be looked at in a service; figures are what only this kind of service has, by metric."""

    leases: Leases
    jobs: Jobs
    loops: Sequence[Loop]
    announcer: Announcer = SILENT
    figures: Mapping[str, tuple[str, Callable[[], float]]] = field(default_factory=dict)   # meaning, value

    def alive(self) -> list[Check]:
        """That no loop has ended or hangs."""
        return [Check(loop.name, lambda loop=loop: wrong_with(loop))  # type: ignore[misc]
                for loop in (self.leases, *self.loops)]

    def leased(self) -> Check:
        """That the leases are renewed: else others take over what this service works at."""
        return Check('leases', self._late)

    def lines(self) -> Iterator[str]:
        yield f'Owner {self.leases.owner}, leases renewed {self.leases.renewed_ago():.1f} s ago, ' \
              f'{self.leases.taken_over} taken over from others'
        for hold in self.leases.holds:
            yield f'  holds {hold.row.noun()} {hold.row.uuid}, fence {hold.fence}'
        yield f'Jobs: {self.jobs.running} running, {self.jobs.waiting} waiting'
        for name, (_, value) in self.figures.items():
            yield f'{name}: {known(value):g}'
        yield f'Notifications not sent yet: {self.announcer.unsent}'
        for loop in (self.leases, *self.loops):
            yield f'Loop "{loop.name}": {wrong_with(loop) or _state(loop)}'

    def _late(self) -> str | None:
        ago = self.leases.renewed_ago()
        return f'have not been renewed for {ago:.0f} s' if ago > SECONDS else None


class InsideMetrics(Collector):
    """The figures of a service as they are when it is asked."""

    def __init__(self, insides: Insides):
        self._insides = insides

    def collect(self) -> Iterator[Metric]:
        jobs, leases = self._insides.jobs, self._insides.leases
        waiting = GaugeMetricFamily('watcher_jobs', 'Audits or plans that this service was given.',
                                    labels=['state'])
        waiting.add_metric(['waiting'], jobs.waiting)
        waiting.add_metric(['running'], jobs.running)
        yield waiting
        held = Counter(type(hold.row) for hold in leases.holds)
        holds = GaugeMetricFamily('watcher_leases', 'Audits or plans that this service works at.',
                                  labels=['noun'])
        for noun, model in NOUNS.items():
            holds.add_metric([noun], held[model])
        yield holds
        yield CounterMetricFamily('watcher_takeovers', 'Of what another service had held.',
                                  value=leases.taken_over)
        yield GaugeMetricFamily('watcher_lease_age_seconds', 'Since leases were last renewed.',
                                leases.renewed_ago())
        yield GaugeMetricFamily('watcher_notifications_unsent', 'That wait for the message bus.',
                                self._insides.announcer.unsent)
        for name, (meaning, value) in self._insides.figures.items():
            yield GaugeMetricFamily(name, meaning, known(value))


def known(value: Callable[[], float]) -> float:
    """The value; not a number, when what it is read from does not answer."""
    try:
        return value()
    except (DBError, WatcherError):
        return math.nan


def wrong_with(loop: Loop) -> str | None:
    if not loop.is_alive():
        return 'its thread has ended'
    seconds = _turn(loop)
    return f'its turn has lasted {seconds:.0f} s' if seconds > LONGEST_TURN else None


def _state(loop: Loop) -> str:
    return 'waits' if loop.busy_since is None else f'at work for {_turn(loop):.1f} s'


def _turn(loop: Loop) -> float:
    since = loop.busy_since
    return 0.0 if since is None else time.monotonic() - since

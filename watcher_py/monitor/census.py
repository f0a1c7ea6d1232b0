# SPDX-License-Identifier: Apache-2.0
"""What stands in the database, as metrics: audits, plans and actions by state, and which services are up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from oslo_db.exception import DBError
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from watcher_py.core.errors import WatcherError
from watcher_py.core.states import ActionState, AuditState, PlanState
from watcher_py.db.columns import now
from watcher_py.db.heartbeat import is_alive
from watcher_py.db.models import Action, ActionPlan, Audit, Service
from watcher_py.db.session import Sessions
from watcher_py.db.store import Store
from watcher_py.db.tally import Stateful, abandoned_plans, by_state
from watcher_py.monitor.fresh import Fresh

KINDS: tuple[tuple[Stateful, type[StrEnum], str], ...] = (
    (Audit, AuditState, 'watcher_audits'),
    (ActionPlan, PlanState, 'watcher_action_plans'),
    (Action, ActionState, 'watcher_actions'))


@dataclass(frozen=True)
class Counts:
    states: Mapping[str, Mapping[str, int]]             # by the name of the metric
    abandoned_plans: int
    services: Mapping[tuple[str, str], bool]            # by name and host


class Census(Collector):
    """Asks one question a table, at most every few seconds; nothing is told while the database is away."""

    def __init__(self, sessions: Sessions, down_after: timedelta):
        self._sessions, self._down_after = sessions, down_after
        self._counts = Fresh('the database', self._count)

    def collect(self) -> Iterator[Metric]:
        try:
            families = list(_families(self._counts()))
        except (DBError, WatcherError):
            families = []
        yield GaugeMetricFamily('watcher_database_up', 'Whether the database answers.', bool(families))
        yield from families

    def describe(self) -> Iterable[Metric]:
        """Nothing: the database isn't asked before there is a scrape."""
        return ()

    def _count(self) -> Counts:
        moment = now()
        return Counts(
            {name: by_state(self._sessions, model) for model, _, name in KINDS},
            abandoned_plans(self._sessions),
            {(row.name, row.host): is_alive(row, self._down_after, moment)
             for row in Store(self._sessions).find(Service, depth=0)})


def _families(counts: Counts) -> Iterator[Metric]:
    for _, states, name in KINDS:
        family = GaugeMetricFamily(name, 'In the database, by state.', labels=['state'])
        for state in states:
            # States without a row are told as well: an alarm on a figure that is not there never rings.
            if state != 'DELETED':
                family.add_metric([state], counts.states[name].get(state, 0))
        yield family
    yield GaugeMetricFamily('watcher_abandoned_action_plans', 'Under way, but nobody\'s: to be taken over.',
                            counts.abandoned_plans)
    up = GaugeMetricFamily('watcher_service_up', 'Whether the service gave a sign of life lately.',
                           labels=['name', 'host'])
    for (name, host), is_up in counts.services.items():
        up.add_metric([name, host], is_up)
    yield up

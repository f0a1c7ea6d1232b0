# SPDX-License-Identifier: Apache-2.0
"""Where else a server of a plan that is under way may go, on the newest picture of the cloud."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from watcher_py.core import execution
from watcher_py.core.cluster import Cluster
from watcher_py.core.errors import Invalid, NotFound, WatcherError
from watcher_py.core.retarget import Ahead, Move, another_target
from watcher_py.core.scope import narrow
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.states import ACTION_ENDED, ActionState
from watcher_py.core.strategy import Params, Stated, Strategy, with_defaults
from watcher_py.datasources.configured import Sources
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store
from watcher_py.engine import measure
from watcher_py.engine.collector.whole import Collector

LOG = logging.getLogger(__name__)

# A plan with a target that fails asks for each of its moves there: they share a picture this old.
MAX_AGE = 1.0                   # seconds

MIGRATE = 'migrate'
_COME_TO_NOTHING = ACTION_ENDED - {ActionState.SUCCEEDED}
# What takes a node out of use, by the state that is asked for.
_CLOSES = {'change_nova_service_state': ('disabled', 'down'), 'change_node_power_state': ('off',)}

Answer = dict[str, Any]


class AnotherTarget:
    """Answers one question at a time; what was measured for one cluster serves the next question about it."""

    def __init__(self, store: Store, collector: Collector, sources: Sources,
                 strategies: Mapping[str, Strategy]):
        self._store, self._collector = store, collector
        self._sources, self._strategies = sources, strategies
        self._answering = Lock()
        self._seen: tuple[Cluster, str, Snapshot] | None = None

    def answer(self, plan_uuid: str, action_uuid: str, besides: Collection[str],
               promised: Mapping[str, str]) -> Answer:
        """`target`, the name of a node or None, and `why`; see EngineClient.another_target."""
        plan = self._store.get(ActionPlan, plan_uuid)
        rows = self._store.find(Action, action_plan_id=plan.id, depth=0)
        own = next((row for row in rows if row.uuid == action_uuid), None)
        if own is None:
            raise NotFound(f'action plan {plan.uuid} has no action {action_uuid}')
        if own.action_type != MIGRATE:
            raise Invalid(f'action {action_uuid} moves no server: it is of type {own.action_type}')
        with self._answering:
            found = self._found(plan, own, ahead_of(rows, own, promised), besides)
        LOG.info('Action plan %s: %s may go to %s instead of %s: %s', plan.uuid,
                 own.input_parameters.get('resource_id'), found['target'],
                 own.input_parameters.get('destination_node'), found['why'])
        return found

    def _found(self, plan: ActionPlan, own: Action, ahead: Ahead, besides: Collection[str]) -> Answer:
        strategy = self._strategies.get(plan.strategy.name)
        params = _params(plan, strategy)
        given = own.input_parameters
        for max_age in (MAX_AGE, 0.0):
            snapshot = self._snapshot(plan, strategy, params, max_age)
            chosen = another_target(
                snapshot.cluster, given['resource_id'], given.get('destination_node'),
                {*besides, given.get('source_node', '')}, ahead, _stated(strategy, snapshot, params))
            # A node on which servers come and go while it is read may look broken; seldom twice.
            if chosen.node or snapshot.cluster.nodes.known.all():
                break
        return {'target': chosen.node, 'why': chosen.why}

    def _snapshot(self, plan: ActionPlan, strategy: Strategy | None, params: Params,
                  max_age: float) -> Snapshot:
        parts = strategy.parts if strategy else ()
        collected = self._collector.newest(max_age, parts).cluster
        if self._seen and self._seen[0] is collected and self._seen[1] == plan.audit.uuid:
            return self._seen[2]
        cluster = narrow(collected, plan.audit.scope)
        needs = strategy.needs(params) if strategy else []
        sources = self._sources.of(strategy.name) if strategy else ()
        snapshot = Snapshot(cluster, measure.gather(needs, cluster, sources).readings, datetime.now(UTC))
        self._seen = collected, plan.audit.uuid, snapshot
        return snapshot


def ahead_of(rows: Sequence[Action], own: Action, promised: Mapping[str, str]) -> Ahead:
    """What the plan of these actions does besides its own; what was promised overrules the rows.

    Of those that have ended, the moves that were made count: the picture may be older than they are.
    """
    moves: list[Move] = []
    closing, sources = set(), set()
    for row in rows:
        given = row.input_parameters
        if row.action_type == MIGRATE:
            source = given.get('source_node', '')
            sources.add(source)
            target = promised.get(row.uuid) or given.get('destination_node')
            if row is not own and row.state not in _COME_TO_NOTHING and target:
                moves.append(Move(given.get('resource_id', ''), source, target,
                                  row.state != ActionState.PENDING))
        elif given.get('state') in _CLOSES.get(row.action_type, ()):
            closing.add(given.get('resource_name') or given.get('resource_id', ''))
    return Ahead(moves, closing, sources)


def _params(plan: ActionPlan, strategy: Strategy | None) -> Params:
    given = {name: value for name, value in plan.audit.parameters.items() if name != execution.NAME}
    return with_defaults(strategy.parameters, given) if strategy else given


def _stated(strategy: Strategy | None, snapshot: Snapshot, params: Params) -> Stated | None:
    """The strategy's own terms, if it has any, and they can be stated of the cluster as it is now."""
    if strategy is None or strategy.state is None:
        return None
    try:
        return strategy.state(snapshot, params)
    except WatcherError as error:
        LOG.warning('Strategy %s can not state its terms any more: %s', strategy.name, error)
        return None

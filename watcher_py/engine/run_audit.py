# SPDX-License-Identifier: Apache-2.0
"""The story of an audit: claim, gather, decide, schedule, store, trigger."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watcher_py.bus.context import admin_context
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.rpc import ApplierClient
from watcher_py.core.budget import Budget
from watcher_py.core.errors import NotFound, Unavailable, WatcherError
from watcher_py.core.pace import USUAL, Pace
from watcher_py.core.restraint import longest_rest
from watcher_py.core.schedule import schedule
from watcher_py.core.scope import narrow
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Params, Strategy, with_defaults
from watcher_py.datasources.configured import Sources
from watcher_py.db import models
from watcher_py.db.columns import now, short
from watcher_py.db.models import ActionPlan, Audit, Evidence
from watcher_py.db.store import Store
from watcher_py.engine import measure
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.explained import evidence_rows
from watcher_py.engine.moved import with_moves
from watcher_py.engine.plan_rows import Decision, plan_rows
from watcher_py.engine.turns import Turn, turn_of

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tools:
    """What audits are carried out with."""

    store: Store
    collector: Collector
    sources: Sources
    strategies: Mapping[str, Strategy]
    applier: ApplierClient
    host: str
    clock: Callable[[], datetime] = now
    announcer: Announcer = SILENT
    pace: Pace = USUAL                  # of the applier
    explained_plans: int = 50           # the newest ones; see the option


def run_audit(tools: Tools, audit_uuid: str) -> None:
    """Carry out an audit whose turn it is; its plan, or why there is none, ends up in its rows."""
    audit = tools.store.get(Audit, audit_uuid)
    turn = turn_of(tools.store, audit, tools.host, tools.clock)
    if not turn.take():
        return
    LOG.info('Audit %s: claimed, goal %s', audit.uuid, audit.goal.name)
    try:
        audit = tools.store.get(Audit, audit.id, with_deleted=True)
        with tools.announcer.around(audit, 'strategy'):
            strategy = _chosen(tools.strategies, audit)
            snapshot, notes = _gather(tools, audit, strategy)
            solution = _solve(snapshot, audit, strategy)
        with tools.announcer.around(audit, 'planner'):
            decision = _schedule(tools, audit, strategy, snapshot, solution, notes)
            plan = _store(tools, turn, audit, strategy, snapshot, decision)
        if plan and audit.auto_trigger and decision.plan.actions:
            _trigger(tools, plan)
        LOG.info('Audit %s: done', audit.uuid)
    except WatcherError as error:
        # What does not answer now may do so next time.
        _fail(turn, audit, str(error), may_pass=isinstance(error, Unavailable))
    except Exception as error:
        LOG.exception('Audit %s met an error of ours', audit.uuid)
        _fail(turn, audit, f'internal error: {type(error).__name__}: {error}')


def _chosen(strategies: Mapping[str, Strategy], audit: Audit) -> Strategy:
    """The audit's strategy; without one, the first of its goal by name."""
    if audit.strategy is not None:
        if audit.strategy.name not in strategies:
            raise NotFound(f'strategy {audit.strategy.name} is not installed on this decision engine')
        return strategies[audit.strategy.name]
    ways = [name for name in sorted(strategies) if strategies[name].goal.name == audit.goal.name]
    if not ways:
        raise NotFound(f'no strategy for goal {audit.goal.name} is installed on this decision engine')
    return strategies[ways[0]]


def _gather(tools: Tools, audit: Audit, strategy: Strategy) -> tuple[Snapshot, list[str]]:
    # Nothing kept is fresh enough: what a plan or a user moved a moment ago must be seen where it is now.
    collected = tools.collector.newest(0, strategy.parts)
    cluster = narrow(collected.cluster, audit.scope)
    params = _params(audit, strategy)
    if rest := longest_rest(params):
        cluster = with_moves(cluster, tools.store, tools.clock() - timedelta(seconds=rest))
    gathered = measure.gather(strategy.needs(params), cluster, tools.sources.of(strategy.name))
    LOG.info('Audit %s: gathered %d nodes (%d frozen), %d servers, metrics: %s', audit.uuid,
             len(cluster.nodes), (~cluster.nodes.known).sum(), len(cluster.servers),
             ', '.join(gathered.readings.columns) or 'none')
    snapshot = Snapshot(cluster, gathered.readings, datetime.now(UTC), audit.name or audit.uuid)
    return snapshot, [*collected.gaps, *gathered.notes]


def _solve(snapshot: Snapshot, audit: Audit, strategy: Strategy) -> Solution:
    return strategy.decide(snapshot, _params(audit, strategy), Budget(tell=lambda message, share: LOG.debug(
        'Audit %s: %s (%d %%)', audit.uuid, message, 100 * share)))


def _params(audit: Audit, strategy: Strategy) -> Params:
    return with_defaults(strategy.parameters, audit.parameters)


def _schedule(tools: Tools, audit: Audit, strategy: Strategy, snapshot: Snapshot, solution: Solution,
              notes: list[str]) -> Decision:
    plan = schedule(snapshot.cluster, solution, tools.pace)
    decision = Decision(strategy.goal, snapshot.cluster, solution, plan, notes)
    LOG.info('Audit %s: %s decided %d actions, %d moves in about %.0f s%s', audit.uuid, strategy.name,
             len(plan.actions), len(decision.moves()), plan.makespan, _promise(solution))
    return decision


def _promise(solution: Solution) -> str:
    best = solution.outcome
    return f'; {best.objective}: {best.before:g} -> {best.after:g}, bound {best.bound:g}' if best else ''


def _store(tools: Tools, turn: Turn, audit: Audit, strategy: Strategy, snapshot: Snapshot,
           decision: Decision) -> ActionPlan | None:
    """Store the plan together with the audit's success: no plan of an audit that was cancelled meanwhile."""
    strategy_id = tools.store.get_by(models.Strategy, name=strategy.name).id
    plan, actions = plan_rows(decision, audit.id, strategy_id)
    evidence = (evidence_rows(plan, snapshot, _params(audit, strategy), decision.plan)
                if tools.explained_plans else [])
    if not turn.end([plan, *actions, *evidence]):
        LOG.info('Audit %s: no longer ongoing, its plan is dropped', audit.uuid)
        return None
    tools.store.keep_newest(Evidence, tools.explained_plans)
    LOG.info('Audit %s: stored action plan %s', audit.uuid, plan.uuid)
    return plan


def _trigger(tools: Tools, plan: ActionPlan) -> None:
    try:
        tools.applier.launch_action_plan(admin_context(), plan.uuid)
    except Unavailable as error:
        LOG.error('Action plan %s could not be started: %s', plan.uuid, error)
        tools.store.change(plan, status_message=short(f'Not started automatically: {error}'))


def _fail(turn: Turn, audit: Audit, message: str, may_pass: bool = False) -> None:
    LOG.error('Audit %s: failed. %s', audit.uuid, message)
    turn.fail(short(message), may_pass)

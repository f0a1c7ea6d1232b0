# SPDX-License-Identifier: Apache-2.0
"""The story of an audit: claim, gather, decide, schedule, store, trigger."""

import logging
import time
from collections.abc import Mapping

from watcher_py.core.budget import Budget
from watcher_py.core.errors import NotFound, TakenOver, Unavailable, WatcherError
from watcher_py.core.execution import NAME as EXECUTION
from watcher_py.core.execution import execution_of, limited, pace_of
from watcher_py.core.promise import as_planned
from watcher_py.core.schedule import schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.states import AuditState
from watcher_py.core.strategy import Params, Strategy, with_defaults
from watcher_py.db.columns import short
from watcher_py.db.lease import Hold
from watcher_py.db.models import Audit
from watcher_py.engine import given_actions
from watcher_py.engine.plan_rows import Decision
from watcher_py.engine.sight import sight
from watcher_py.engine.store_plan import Recommendation, store_plan
from watcher_py.engine.tools import Tools
from watcher_py.engine.turns import Turn, turn_of

LOG = logging.getLogger(__name__)


def run_audit(tools: Tools, audit_uuid: str) -> None:
    """Carry out an audit whose turn it is; its plan, or why there is none, ends up in its rows."""
    audit = tools.store.get(Audit, audit_uuid)
    turn = turn_of(tools, audit)
    hold = turn.take()
    if hold is None:
        return
    LOG.info('Audit %s: claimed, goal %s', audit.uuid, audit.goal.name)
    begun = time.monotonic()
    try:
        if end := _carry_out(tools, turn, hold):
            tools.deeds.ended(audit.noun(), audit.audit_type, end, time.monotonic() - begun)
        else:
            # Who resumes one that was suspended need not wait for the lease to end.
            tools.leases.give_back(hold)
    except TakenOver as error:
        LOG.warning('Audit %s: let go. %s', audit.uuid, error)
    finally:
        tools.leases.release(hold)


def _carry_out(tools: Tools, turn: Turn, hold: Hold[Audit]) -> AuditState | None:
    """How the run ended; None when it was stopped meanwhile."""
    audit = hold.row
    try:
        audit = tools.outlast(lambda: tools.store.get(Audit, hold.row.id, with_deleted=True))
        with tools.announcer.around(audit, 'strategy'):
            strategy = _chosen(tools.strategies, audit)
            snapshot, notes = _gather(tools, audit, strategy)
            solution = _solve(tools, snapshot, audit, strategy)
        hold.check()
        with tools.announcer.around(audit, 'planner'):
            decision = _schedule(tools, audit, strategy, snapshot, solution, notes)
            found = Recommendation(audit, strategy.name, _params(audit, strategy), decision)
            if not store_plan(tools, turn, hold, found):
                return None
        LOG.info('Audit %s: done', audit.uuid)
        return AuditState.SUCCEEDED
    except TakenOver:
        raise
    except WatcherError as error:
        # What does not answer now may do so next time.
        return _fail(turn, hold, str(error), may_pass=isinstance(error, Unavailable))
    except Exception as error:
        LOG.exception('Audit %s met an error of ours', audit.uuid)
        return _fail(turn, hold, f'internal error: {type(error).__name__}: {error}')


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
    params = _params(audit, strategy)
    snapshot, notes = sight(tools, audit, strategy, params, strategy.needs(params), max_age=0)
    cluster = snapshot.cluster
    LOG.info('Audit %s: gathered %d nodes (%d frozen), %d servers, metrics: %s', audit.uuid,
             len(cluster.nodes), (~cluster.nodes.known).sum(), len(cluster.servers),
             ', '.join(snapshot.readings.columns) or 'none')
    return snapshot, notes


def _solve(tools: Tools, snapshot: Snapshot, audit: Audit, strategy: Strategy) -> Solution:
    def tell(message: str, share: float) -> None:
        LOG.debug('Audit %s: %s (%d %%)', audit.uuid, message, 100 * share)

    begun = time.monotonic()
    solution = strategy.decide(snapshot, _params(audit, strategy), Budget(tell=tell))
    given_actions.check(solution, tools.actions)
    tools.deeds.solved(strategy.name, time.monotonic() - begun,
                       solution.outcome.gap if solution.outcome else None)
    return solution


def _params(audit: Audit, strategy: Strategy) -> Params:
    """The strategy's own: how its plan is carried out is none of its business."""
    given = {name: value for name, value in audit.parameters.items() if name != EXECUTION}
    return with_defaults(strategy.parameters, given)


def _schedule(tools: Tools, audit: Audit, strategy: Strategy, snapshot: Snapshot, solution: Solution,
              notes: list[str]) -> Decision:
    execution = limited(execution_of(audit.parameters), solution.at_once, tools.pace)
    plan = schedule(snapshot, solution, pace_of(execution, tools.pace))
    solution = as_planned(strategy, snapshot, _params(audit, strategy), solution, plan)
    decision = Decision(strategy.goal, snapshot, solution, plan, execution, notes)
    LOG.info('Audit %s: %s decided %d actions, %d moves in about %.0f s%s', audit.uuid, strategy.name,
             len(plan.actions), len(decision.moves()), plan.makespan, _promise(solution))
    return decision


def _promise(solution: Solution) -> str:
    best = solution.outcome
    return f'; {best.objective}: {best.before:g} -> {best.after:g}, bound {best.bound:g}' if best else ''


def _fail(turn: Turn, hold: Hold[Audit], message: str, may_pass: bool = False) -> AuditState | None:
    hold.check()
    LOG.error('Audit %s: failed. %s', hold.row.uuid, message)
    return AuditState.FAILED if turn.fail(hold, short(message), may_pass) else None

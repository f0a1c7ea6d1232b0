# SPDX-License-Identifier: Apache-2.0
"""Store what an audit decided, together with the audit's success, and have it carried out if so wished."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from watcher_py.bus.context import admin_context
from watcher_py.core.errors import Unavailable
from watcher_py.core.states import PlanState
from watcher_py.core.strategy import Params
from watcher_py.db.columns import short
from watcher_py.db.lease import Hold
from watcher_py.db.models import Audit, Evidence, Model, Strategy
from watcher_py.engine.auto_trigger import why_held
from watcher_py.engine.explained import evidence_rows
from watcher_py.engine.outcome import awaited
from watcher_py.engine.plan_rows import Decision, plan_rows
from watcher_py.engine.tools import Tools
from watcher_py.engine.turns import Turn

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recommendation:
    """What was decided for an audit."""

    audit: Audit
    strategy: str               # its name
    params: Params
    decision: Decision


def store_plan(tools: Tools, turn: Turn, hold: Hold[Audit], found: Recommendation) -> bool:
    """Whether the plan is stored: not when the audit was stopped, or taken over, meanwhile."""
    audit, uuid = found.audit, str(uuid4())
    strategy = tools.outlast(lambda: tools.store.get_by(Strategy, name=found.strategy))
    if not turn.end(hold, uuid, lambda: _rows(tools, uuid, strategy.id, found)):
        LOG.info('Audit %s: no longer ongoing, its plan is dropped', audit.uuid)
        return False
    LOG.info('Audit %s: stored action plan %s', audit.uuid, uuid)
    if _state(tools, found) is PlanState.PENDING:
        _hasten(tools, uuid)
    with suppress(Unavailable):         # the next plan makes up for it
        is_spent = Evidence.action_plan_id.not_in(awaited(tools.clock()))
        tools.store.keep_newest(Evidence, tools.explained_plans, is_spent)
    return True


def _rows(tools: Tools, uuid: str, strategy_id: int, found: Recommendation) -> list[Model]:
    plan, actions = plan_rows(found.decision, uuid, found.audit.id, strategy_id)
    plan.state = _state(tools, found)
    if found.audit.auto_trigger and plan.state == PlanState.RECOMMENDED:
        plan.status_message = short(f'Not started automatically: {_why_held(tools, found)}.')
    evidence = (evidence_rows(plan, found.decision.snapshot, found.params, found.decision.plan)
                if tools.explained_plans else [])
    return [plan, *actions, *evidence]


def _state(tools: Tools, found: Recommendation) -> PlanState:
    """A plan that is to start is stored as started: no crash leaves it behind."""
    if not found.decision.plan.actions:
        return PlanState.SUCCEEDED
    starts = found.audit.auto_trigger and not _why_held(tools, found)
    return PlanState.PENDING if starts else PlanState.RECOMMENDED


def _why_held(tools: Tools, found: Recommendation) -> str | None:
    return why_held(len(found.decision.moves()), found.decision.solution.outcome,
                    found.decision.execution, tools.trigger_limit)


def _hasten(tools: Tools, uuid: str) -> None:
    """Have an applier begin at once; it would find the plan by itself, too."""
    try:
        tools.applier.launch_action_plan(admin_context(), uuid)
    except Unavailable as error:
        LOG.warning('Action plan %s begins when an applier looks for it: %s', uuid, error)

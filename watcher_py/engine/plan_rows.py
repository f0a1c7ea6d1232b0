# SPDX-License-Identifier: Apache-2.0
"""A decision as database rows: the plan with its report, its indicators and its actions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from watcher_py.core.changes import Migrate
from watcher_py.core.cluster import MEMORY_MB
from watcher_py.core.efficacy import of_all
from watcher_py.core.goals import Goal
from watcher_py.core.promise import deeds_of
from watcher_py.core.schedule import Plan
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.states import ActionState, PlanState
from watcher_py.db import models

# What a report keeps; a plan for a huge cloud must still be readable in one request.
STAYED_KEPT = 10_000
REASONS_KEPT = 100


@dataclass(frozen=True)
class Decision:
    """What was decided, on what, how it is to be carried out, and what could not be measured."""

    goal: Goal
    snapshot: Snapshot
    solution: Solution
    plan: Plan
    execution: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def moves(self) -> list[Migrate]:
        return [action.change for action in self.plan.actions if isinstance(action.change, Migrate)]

    def indicators(self) -> dict[str, float]:
        """What the strategy says, and what the plan itself tells."""
        return {**self.solution.indicators, **of_all(self.goal, self.snapshot, deeds_of(self.plan))}


def plan_rows(decision: Decision, uuid: str, audit_id: int,
              strategy_id: int) -> tuple[models.ActionPlan, list[models.Action]]:
    """Rows to store together, under this uuid; the actions' order is the plan's."""
    values = decision.indicators()
    decision.goal.check(values)
    plan = models.ActionPlan(
        uuid=uuid, audit_id=audit_id, strategy_id=strategy_id,
        state=PlanState.RECOMMENDED, execution=dict(decision.execution),
        global_efficacy=decision.goal.global_efficacy(values), report=_report(decision),
        indicators=[
            models.EfficacyIndicator(name=indicator.name, description=indicator.description,
                                     unit=indicator.unit, data=values[indicator.name])
            for indicator in decision.goal.indicators if indicator.name in values])
    return plan, _action_rows(decision.plan, plan)


def _action_rows(plan: Plan, owner: models.ActionPlan) -> list[models.Action]:
    uuids = [str(uuid4()) for _ in plan.actions]
    return [
        models.Action(
            uuid=uuid, action_plan=owner, action_type=action.change.action_type,
            input_parameters=action.change.parameters(), state=ActionState.PENDING,
            parents=[uuids[place] for place in action.parents], reason=action.reason,
            planned_begin_s=action.start, planned_seconds=action.seconds)
        for uuid, action in zip(uuids, plan.actions, strict=True)]


def _report(decision: Decision) -> dict[str, Any]:
    outcome, stayed = decision.solution.outcome, decision.solution.stayed
    return {
        'objective': outcome.objective if outcome else None,
        'before': outcome.before if outcome else None,
        'after': outcome.after if outcome else None,
        'bound': outcome.bound if outcome else None,
        'gap': outcome.gap if outcome else None,
        'migrations': len(decision.moves()),
        'ram_moved_mb': _ram_moved_mb(decision),
        **_schedule(decision.plan),
        'notes': list(decision.notes),
        'refrained': decision.solution.refrained,
        'stayed': dict(list(stayed.items())[:STAYED_KEPT]),
        'stayed_by_reason': dict(Counter(stayed.values()).most_common(REASONS_KEPT))}


def _schedule(plan: Plan) -> dict[str, Any]:
    left_out = {one.change.parameters()['resource_id']: one.reason for one in plan.left_out}
    return {
        'makespan_s': plan.makespan, 'makespan_bound_s': plan.bound, 'parking': plan.parkings,
        'left_out': dict(list(left_out.items())[:STAYED_KEPT])}


def _ram_moved_mb(decision: Decision) -> float:
    servers = decision.snapshot.cluster.servers
    ram = dict(zip(servers.uuid, servers.demand[:, MEMORY_MB].tolist(), strict=True))
    return float(sum(ram[server] for server in {move.server for move in decision.moves()}))

# SPDX-License-Identifier: Apache-2.0
"""What came of a plan: measured some time after its end, by the same figures as it promised."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from watcher_py.core.efficacy import Deed, Done, of_all
from watcher_py.core.errors import NotFound, TakenOver, Unavailable, WatcherError
from watcher_py.core.explain.archive import unpack
from watcher_py.core.goals import Goal
from watcher_py.core.states import ActionState, PlanState
from watcher_py.core.strategy import Strategy
from watcher_py.db.models import Action, ActionPlan, EfficacyIndicator, Evidence
from watcher_py.db.store import Change, Condition
from watcher_py.engine.sight import sight
from watcher_py.engine.tools import Tools

LOG = logging.getLogger(__name__)

# What takes longer is begun anew, by this engine or another.
A_TRY = timedelta(minutes=10)
# For so long, what does not answer is asked again; then what is known is stored without it.
PATIENCE = timedelta(hours=1)
TOO_OLD = timedelta(days=30)
MOST = 20               # plans a look
FRESH = 60.0            # seconds; a picture of the cloud serves all the plans of a look

# What the fault of a strategy may raise; the plan tells of it.
MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

UNDER_WAY = (PlanState.PENDING, PlanState.ONGOING, PlanState.CANCELLING)
OVER = (PlanState.SUCCEEDED, PlanState.FAILED, PlanState.CANCELLED)
IS_OPEN = and_(
    ActionPlan.state.in_(OVER), ActionPlan.measured_at.is_(None),
    exists().where(Action.action_plan_id == ActionPlan.id, Action.deleted == 0,
                   Action.state == ActionState.SUCCEEDED))


def awaited(moment: datetime) -> Select[Any]:
    """The ids of the plans that are still to be measured."""
    is_open = and_(IS_OPEN, ActionPlan.updated_at > moment - TOO_OLD)
    return select(ActionPlan.id).where(or_(ActionPlan.state.in_(UNDER_WAY), is_open))


def done_of(actions: Sequence[Action]) -> Done:
    """What was carried out and not taken back."""
    return Done(tuple(
        Deed(row.action_type, row.input_parameters,
             (row.ended_at - row.begun_at).total_seconds() if row.begun_at and row.ended_at else 0.0)
        for row in actions if row.state == ActionState.SUCCEEDED and not row.is_reverted))


@dataclass(frozen=True)
class Outcome:
    """The indicators of a goal as they came out, and what was unknown, or why nothing is known."""

    notes: Sequence[str]
    goal: Goal | None = None
    values: Mapping[str, float] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        efficacy = self.goal.global_efficacy(self.values) if self.goal else []
        return {'global_efficacy': efficacy, 'notes': list(self.notes)}

    def lacks(self, plan: ActionPlan) -> bool:
        """Whether something that the plan has promised is not known."""
        return any(row.name not in self.values for row in plan.indicators)


@dataclass(frozen=True)
class Outcomes:
    """Looks for plans that ended `delay` seconds ago, or longer ago if their strategy measures so long."""

    tools: Tools
    delay: float

    def look(self) -> None:
        moment = self.tools.clock()
        is_due = or_(ActionPlan.measure_after.is_(None), ActionPlan.measure_after <= moment)
        for plan in self.tools.store.find(
                ActionPlan, IS_OPEN, is_due, ActionPlan.updated_at <= moment - timedelta(seconds=self.delay),
                ActionPlan.updated_at > moment - TOO_OLD, limit=MOST):
            if self.tools.stopped.is_set():
                return
            self._see_to(plan)

    def _see_to(self, plan: ActionPlan) -> None:
        """Of all engines that find the plan, one measures it."""
        again = self.tools.clock() + A_TRY
        if not self._put_off(plan, plan.measure_after, again):
            return
        try:
            outcome = self._measure(plan, again)
        except (TakenOver, Unavailable):
            raise
        except WatcherError as error:
            outcome = Outcome([str(error)])
        except MISTAKES as error:
            LOG.exception('Action plan %s met an error of ours as it was measured', plan.uuid)
            outcome = Outcome([f'internal error: {type(error).__name__}: {error}'])
        if outcome:
            self._store(plan, again, outcome)

    def _put_off(self, plan: ActionPlan, before: datetime | None, moment: datetime) -> bool:
        """Whether it was this engine that put it off until then."""
        return bool(self.tools.store.touch(
            ActionPlan, ActionPlan.id == plan.id, *_still(before), measure_after=moment))

    def _measure(self, plan: ActionPlan, again: datetime) -> Outcome | None:
        """None, when another time may know more."""
        strategy, evidence = self._strategy(plan), self._evidence(plan)
        assert plan.updated_at is not None      # noqa: S101 - for the type checker
        periods = [need.period for need in strategy.needs_to_measure(evidence.parameters)]
        ripe = plan.updated_at + timedelta(seconds=max([self.delay, *periods]))
        if self.tools.clock() < ripe:
            self._put_off(plan, again, ripe)
            return None
        outcome = self._outcome(plan, strategy, evidence)
        if outcome.notes and outcome.lacks(plan) and self.tools.clock() < ripe + PATIENCE:
            LOG.info('Action plan %s is measured later: %s', plan.uuid, '; '.join(outcome.notes))
            return None
        return outcome

    def _strategy(self, plan: ActionPlan) -> Strategy:
        name = plan.strategy.name
        if name not in self.tools.strategies:
            raise NotFound(f'strategy {name} is not installed on this decision engine')
        return self.tools.strategies[name]

    def _evidence(self, plan: ActionPlan) -> Evidence:
        found = self.tools.store.find(Evidence, action_plan_id=plan.id, depth=0, limit=1)
        if not found:
            raise NotFound('what the plan was decided on is not known any more: it is kept for the newest '
                           'plans only')
        return found[0]

    def _outcome(self, plan: ActionPlan, strategy: Strategy, evidence: Evidence) -> Outcome:
        done = done_of(self.tools.store.find(Action, action_plan_id=plan.id, depth=0))
        before, _ = unpack(evidence.content)
        params = evidence.parameters
        try:
            # The plan has ended `delay` ago at least: a picture that is younger shows what it did.
            after, notes = sight(self.tools, plan.audit, strategy, params, strategy.needs_to_measure(params),
                                 min(FRESH, self.delay))
        except Unavailable as error:
            return Outcome([str(error)])
        values = dict(strategy.measure(before, after, params, done)) if strategy.measure else {}
        values |= of_all(strategy.goal, before, done)
        strategy.goal.check(values)
        return Outcome(notes, strategy.goal, values)

    def _store(self, plan: ActionPlan, again: datetime, outcome: Outcome) -> None:
        """Unless the plan was deleted meanwhile, or another engine was thought to be needed."""
        changes = [Change(EfficacyIndicator, (EfficacyIndicator.id == row.id,),
                          {'measured': outcome.values.get(row.name or '')}) for row in plan.indicators]
        if self.tools.store.claim(
                plan, plan.state, plan.state, *_still(again), changing=changes,
                adding=list(_new_rows(plan, outcome)), measured=outcome.told(),
                measured_at=self.tools.clock(), updated_at=plan.updated_at):
            LOG.info('Action plan %s: measured%s', plan.uuid, ''.join(f'; {note}' for note in outcome.notes))


def _still(measure_after: datetime | None) -> tuple[Condition, Condition]:
    """As nobody has measured the plan, nor begun to."""
    return IS_OPEN, ActionPlan.measure_after.is_not_distinct_from(measure_after)


def _new_rows(plan: ActionPlan, outcome: Outcome) -> Iterator[EfficacyIndicator]:
    """Of the indicators that only measuring gives."""
    promised = {row.name for row in plan.indicators}
    for each in outcome.goal.indicators if outcome.goal else ():
        if each.name in outcome.values and each.name not in promised:
            yield EfficacyIndicator(name=each.name, description=each.description, unit=each.unit,
                                    measured=outcome.values[each.name], action_plan_id=plan.id)

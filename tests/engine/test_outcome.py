# SPDX-License-Identifier: Apache-2.0
"""What came of a plan is measured once, some time after its end, and stands beside what it promised."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.engine.conftest import PERIOD, FixedSource
from watcher_py.core.consolidation import measure
from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.core.metrics import Metric
from watcher_py.datasources.configured import Sources
from watcher_py.db.columns import now
from watcher_py.db.models import Action, ActionPlan, Evidence
from watcher_py.engine.outcome import A_TRY, PATIENCE, Outcomes
from watcher_py.engine.run_audit import run_audit

DELAY = 600
PROMISED = {'compute_nodes_count': 3, 'released_compute_nodes_count': 1, 'instance_migrations_count': 2,
            'moved_gb': 12.885, 'downtime_s': 1.0}
Maker = Callable[..., Any]


@dataclass
class Case:
    """A plan that has ended, and somebody who looks for it at some later time."""

    desk: Any
    ended: datetime = field(default_factory=now)

    @property
    def plan(self) -> ActionPlan:
        plan: ActionPlan = self.desk.plans()[0]
        return plan

    def end(self, state: str, *of_actions: str, **values: Any) -> None:
        for row, became in zip(self.desk.actions(), of_actions, strict=True):
            self.desk.store.change(row, state=became, begun_at=self.ended - timedelta(seconds=20),
                                   ended_at=self.ended, **values)
        self.desk.store.change(self.plan, state=state, updated_at=self.ended)

    def look(self, later: float = DELAY, delay: float = DELAY, **tools: Any) -> None:
        moment = self.ended + timedelta(seconds=later)
        Outcomes(replace(self.desk.tools, clock=lambda: moment, **tools), delay).look()

    @property
    def measured(self) -> dict[str | None, float | None]:
        return {row.name: row.measured for row in self.plan.indicators}

    @property
    def notes(self) -> list[str]:
        notes: list[str] = self.plan.measured['notes']
        return notes


@pytest.fixture
def make_case(make_desk: Maker, make_strategy: Maker) -> Maker:
    def make(**values: Any) -> Case:
        desk = make_desk(replace(make_strategy(), **{'measure': measure, **values}))
        run_audit(desk.tools, desk.audit().uuid)
        # As the plan leaves the cloud: all that stood on cn1 stands on cn2.
        desk.collector.cluster.servers.node[:] = 1
        desk.collector.asked.clear()
        return Case(desk)

    return make


@pytest.fixture
def case(make_case: Callable[..., Case]) -> Case:
    return make_case()


def test_what_came_of_a_plan_stands_beside_what_it_promised(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look()
    plan = case.plan
    assert {row.name: row.predicted for row in plan.indicators} == PROMISED
    assert case.measured == PROMISED
    assert plan.measured_at == case.ended + timedelta(seconds=DELAY)
    assert (plan.measured['global_efficacy'], case.notes) == (plan.global_efficacy, [])
    assert plan.updated_at == case.ended


def test_a_plan_that_failed_half_way_is_measured_by_what_it_did(case: Case) -> None:
    case.desk.collector.cluster.servers.node[:] = [1, 0, 1]
    case.end('FAILED', 'SUCCEEDED', 'FAILED')
    case.look()
    assert case.measured == {**PROMISED, 'released_compute_nodes_count': 0, 'instance_migrations_count': 1,
                             'moved_gb': 8.59, 'downtime_s': 0.5}


def test_what_was_taken_back_was_not_done(case: Case) -> None:
    case.end('FAILED', 'SUCCEEDED', 'SUCCEEDED', memory={'reverted': True})
    case.look()
    assert case.measured['instance_migrations_count'] == case.measured['released_compute_nodes_count'] == 0


def test_a_cold_move_stands_still_as_long_as_it_took(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    first = case.desk.actions()[0]
    case.desk.store.change(first, input_parameters={**first.input_parameters, 'migration_type': 'cold'})
    case.look()
    assert case.measured['downtime_s'] == 20.5


def test_a_strategy_that_can_not_measure_tells_what_was_done_all_the_same(make_case: Maker) -> None:
    case = make_case(measure=None)
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look()
    assert case.measured == {**PROMISED, 'compute_nodes_count': None, 'released_compute_nodes_count': None}


def test_what_only_measuring_tells_is_added(make_case: Maker) -> None:
    case = make_case()
    case.desk.store.change(case.plan.indicators[1], name='of_an_older_release')
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look()
    new = case.plan.indicators[-1]
    assert (new.name, new.predicted, new.measured) == ('released_compute_nodes_count', None, 1)


@pytest.mark.parametrize(('delay', 'first'), [(DELAY, DELAY), (0, PERIOD)])
def test_a_plan_is_measured_once_the_metrics_have_had_time(case: Case, delay: float, first: float) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look(first - 1, delay)
    assert (case.plan.measured_at, case.desk.collector.asked) == (None, [])
    case.look(first, delay)
    case.look(first + 1, delay)
    assert case.plan.measured_at == case.ended + timedelta(seconds=first)
    assert len(case.desk.collector.asked) == 1


@pytest.mark.parametrize(('state', 'of_actions'), [
    ('SUCCEEDED', ('SKIPPED', 'SKIPPED')), ('CANCELLED', ('CANCELLED', 'CANCELLED')),
    ('ONGOING', ('SUCCEEDED', 'ONGOING'))])
def test_of_what_did_nothing_yet_nothing_is_measured(case: Case, state: str, of_actions: Any) -> None:
    case.end(state, *of_actions)
    case.look()
    assert (case.plan.measured_at, case.desk.collector.asked) == (None, [])


def test_a_strategy_that_measures_without_readings_need_not_wait_for_them(make_case: Maker) -> None:
    case = make_case(outcome_needs=lambda params: [])
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look(later=1, delay=1)
    assert case.measured == PROMISED


def test_of_engines_that_look_at_once_one_measures(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    at_once = Barrier(4)

    def look(_: int) -> None:
        at_once.wait(20)
        case.look()

    with ThreadPoolExecutor(4) as engines:
        list(engines.map(look, range(4)))
    assert len(case.desk.collector.asked) == 1
    assert case.measured == PROMISED


def test_an_engine_that_goes_away_leaves_the_plan_to_the_next(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')

    def die() -> None:
        raise KeyboardInterrupt

    case.desk.collector.before = die
    with pytest.raises(KeyboardInterrupt):
        case.look()
    case.desk.collector.before = lambda: None
    case.look(DELAY + A_TRY.total_seconds() - 1)
    assert case.plan.measured_at is None
    case.look(DELAY + A_TRY.total_seconds())
    assert case.measured == PROMISED


def test_a_cloud_that_does_not_answer_is_asked_again_for_an_hour(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')

    def fail() -> None:
        raise Unavailable('Nova does not answer')

    case.desk.collector.before = fail
    case.look()
    assert case.plan.measured_at is None
    case.look(DELAY + PATIENCE.total_seconds())
    assert (case.notes, set(case.measured.values())) == (['Nova does not answer'], {None})


def test_metrics_that_never_come_leave_unknown_what_they_would_tell(make_case: Maker) -> None:
    def by_load(before: Any, after: Any, params: Any, done: Any) -> dict[str, float]:
        known = Metric.INSTANCE_CPU in after.readings.columns
        return {'released_compute_nodes_count': 1} if known else {}

    case = make_case(measure=by_load)
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    silent = Sources((FixedSource({}),))
    case.look(sources=silent)
    assert case.plan.measured_at is None
    case.look(DELAY + PATIENCE.total_seconds(), sources=silent)
    assert case.measured['released_compute_nodes_count'] is None
    assert case.measured['instance_migrations_count'] == 2
    assert case.notes == ['instance_cpu_usage: prometheus does not answer']


@pytest.mark.parametrize(('error', 'note'), [
    (Invalid('there is no compute node a'), 'there is no compute node a'),
    (ZeroDivisionError('a slip'), 'internal error: ZeroDivisionError: a slip')])
def test_what_keeps_a_strategy_from_measuring_is_told(make_case: Maker, error: Exception, note: str) -> None:
    def fail(*given: Any) -> dict[str, float]:
        raise error

    case = make_case(measure=fail)
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look()
    assert case.notes == [note]
    assert case.plan.measured['global_efficacy'] == []


def test_an_indicator_that_the_goal_does_not_have_is_refused(make_case: Maker) -> None:
    case = make_case(measure=lambda *given: {'undeclared': 1.0})
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look()
    assert case.notes == ['goal server_consolidation declares no indicator undeclared']


def test_a_strategy_that_is_gone_can_not_measure(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.look(strategies={})
    assert case.notes == ['strategy emptying is not installed on this decision engine']


def test_what_a_plan_was_decided_on_is_kept_until_it_is_measured(case: Case) -> None:
    case.desk.tools = replace(case.desk.tools, explained_plans=1)

    def audit() -> None:
        run_audit(case.desk.tools, case.desk.audit(force=True).uuid)

    case.desk.store.change(case.plan, state='ONGOING')
    audit()
    audit()
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', *['PENDING'] * (len(case.desk.actions()) - 2))
    audit()
    case.look()
    assert case.measured == PROMISED
    audit()
    assert case.desk.store.find(Evidence, action_plan_id=case.plan.id) == []


def test_without_what_it_was_decided_on_a_plan_can_not_be_measured(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    case.desk.store.keep_newest(Evidence, 0)
    case.look()
    note, = case.notes
    assert 'kept for the newest plans only' in note


def test_a_plan_that_is_deleted_meanwhile_stays_deleted(case: Case) -> None:
    case.end('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED')
    plan = case.plan
    case.desk.collector.before = lambda: case.desk.store.remove(plan)
    case.look()
    gone = case.desk.store.get(ActionPlan, plan.uuid, with_deleted=True)
    assert (gone.state, gone.measured_at) == ('DELETED', None)
    assert case.desk.store.find(Action) == []

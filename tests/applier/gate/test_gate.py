# SPDX-License-Identifier: Apache-2.0
"""When actions have to wait, what is told meanwhile, and when they may begin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from oslo_config.cfg import ConfigOpts

from watcher_py import conf as options
from watcher_py.applier.gate import Gate
from watcher_py.core.breaker import Phase
from watcher_py.core.errors import Invalid
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.store import Store

BEGIN = datetime(2026, 11, 22, 12)


@dataclass
class House:
    """A store with a plan, a clock that is set by hand, and the gates of appliers."""

    store: Store
    moment: datetime = BEGIN
    gates: list[Gate] = field(default_factory=list)

    def gate(self, **values: Any) -> Gate:
        conf = ConfigOpts()
        options.register(conf)
        conf([], default_config_files=[], default_config_dirs=[])
        for name, value in values.items():
            conf.set_override(name, value, group='execution')
        return Gate(self.store, conf, lambda: self.moment)

    def plan(self, **execution: Any) -> ActionPlan:
        row = ActionPlan(audit_id=1, strategy_id=1, state='ONGOING', execution=execution)
        self.store.add(row)
        return row

    def add(self, kind: str = 'migrate', **values: Any) -> Action:
        row = Action(action_plan_id=1, action_type=kind, **{'state': 'PENDING', **values})
        self.store.add(row)
        return row

    def begin(self, row: Action, project: str | None = None) -> None:
        assert self.store.claim(row, 'PENDING', 'ONGOING', begun_at=self.moment, project=project)

    def ended(self, number: int, state: str, seconds: float = 10.0) -> None:
        for _ in range(number):
            self.add(state=state, begun_at=self.moment - timedelta(seconds=seconds), ended_at=self.moment)

    def wait(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def house(store: Store) -> House:
    store.add(Goal(name='dummy', display_name='Dummy'))
    store.add(Strategy(name='dummy', display_name='Dummy', goal_id=1))
    store.add(Audit(name='nightly', audit_type='ONESHOT', state='ONGOING', goal_id=1))
    found = House(store)
    found.plan()
    return found


@pytest.fixture
def plan(house: House) -> ActionPlan:
    return house.plan()


def test_without_a_calendar_and_limits_all_may_begin(house: House, plan: ActionPlan) -> None:
    gate = house.gate()
    assert [gate.why_wait(plan, house.add(kind), None) for kind in ('nop', 'migrate')] == [None, None]


def test_nothing_begins_outside_the_window(house: House, plan: ActionPlan) -> None:
    gate = house.gate(windows=['0 22 * * * for 8h', '0 13 * * * for 30m'])
    row = house.add('nop')
    shut = 'Outside the maintenance window: the next one opens at 2026-11-22 13:00 UTC.'
    assert gate.why_wait(plan, row, None) == shut
    house.wait(hours=1)
    assert gate.why_wait(plan, row, None) is None
    house.wait(minutes=30)
    assert gate.why_wait(plan, row, None) == shut.replace('13:00', '22:00')


def test_nothing_begins_in_a_blackout(house: House, plan: ActionPlan) -> None:
    gate = house.gate(blackouts=['2026-11-22T06:00/2026-11-22T18:00'])
    assert gate.why_wait(plan, house.add(), None) == 'In a blackout: it ends at 2026-11-22 18:00 UTC.'
    house.wait(hours=6)
    assert gate.why_wait(plan, house.add(), None) is None


def test_a_plan_narrows_the_windows_of_the_service(house: House) -> None:
    gate, row = house.gate(windows=['0 20 * * * for 8h']), house.add()
    plan, other = house.plan(windows=['0 22 * * * for 8h'], blackouts=['2026-11-22/2026-11-23']), house.plan()
    house.wait(hours=9)
    assert gate.why_wait(other, row, None) is None
    assert gate.why_wait(plan, row, None) == 'In a blackout: it ends at 2026-11-23 00:00 UTC.'
    house.wait(hours=3)
    assert gate.why_wait(plan, row, None) is None


def test_windows_that_never_open_or_make_no_sense_are_told_of(house: House) -> None:
    gate, row = house.gate(), house.add()
    past, nonsense = house.plan(windows=['2020-01-01/2020-01-02']), house.plan(windows=['at night'])
    assert gate.why_wait(past, row, None) == 'Outside the maintenance window: none opens within a year.'
    assert 'can not be read' in str(gate.why_wait(nonsense, row, None))
    with pytest.raises(Invalid, match='at night'):
        house.gate(blackouts=['at night'])


def test_no_more_moves_begin_in_an_hour_than_are_allowed(house: House, plan: ActionPlan) -> None:
    gate, other = house.gate(migrations_per_hour=2), house.gate(migrations_per_hour=2)
    for each in (gate, other):
        row = house.add()
        assert each.why_wait(plan, row, None) is None
        house.begin(row)
        house.wait(minutes=1)
    waiting = house.add()
    full = 'Rate limit: 2 migrations have begun within an hour; the next may begin at 2026-11-22 13:00 UTC.'
    assert other.why_wait(plan, waiting, None) == full
    # One that is counted before it has begun is none the less counted once.
    assert gate.why_wait(plan, waiting, None) == full
    assert gate.why_wait(plan, house.add('nop'), None) is None
    house.wait(minutes=58)
    assert gate.why_wait(plan, waiting, None) is None


def test_each_project_has_a_rate_of_its_own(house: House, plan: ActionPlan) -> None:
    gate = house.gate(migrations_per_hour_per_project=1)
    row = house.add()
    assert gate.why_wait(plan, row, 'blue') is None
    house.begin(row, 'blue')
    assert gate.why_wait(plan, house.add(), 'blue') == (
        'Rate limit: 1 migrations of project blue have begun within an hour; the next may begin at '
        '2026-11-22 13:00 UTC.')
    assert gate.why_wait(plan, house.add(), 'red') is None
    assert gate.why_wait(plan, house.add(), None) is None


def test_threads_side_by_side_do_not_take_the_same_room(house: House, plan: ActionPlan) -> None:
    gate, rows = house.gate(migrations_per_hour=5), [house.add() for _ in range(20)]

    def begun(row: Action) -> bool:
        if gate.why_wait(plan, row, None):
            return False
        house.begin(row)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begun, rows)) == 5


def test_what_is_asked_twice_for_is_counted_once(house: House, plan: ActionPlan) -> None:
    gate, row = house.gate(migrations_per_hour=1), house.add()
    assert gate.why_wait(plan, row, None) is None
    assert gate.why_wait(plan, row, 'blue') is None
    assert gate.why_wait(plan, house.add(), None)


def test_room_that_was_not_taken_is_given_to_another(house: House, plan: ActionPlan) -> None:
    gate, other = house.gate(migrations_per_hour=1), house.add()
    assert gate.why_wait(plan, house.add(), None) is None
    assert gate.why_wait(plan, other, None)
    house.wait(seconds=11)
    assert gate.why_wait(plan, other, None) is None


def test_where_too_many_moves_fail_no_plan_goes_on(house: House, plan: ActionPlan) -> None:
    gate, row = house.gate(), house.add()
    house.ended(6, 'FAILED')
    house.ended(6, 'SUCCEEDED')
    house.wait(seconds=2)
    assert gate.why_wait(plan, row, None) == (
        'Circuit breaker: 6 of the last 12 moves failed; at 2026-11-22 12:10 UTC one is tried.')
    assert gate.why_wait(plan, house.add('nop'), None) is None
    assert gate.verdict().phase is Phase.OPEN
    assert next(gate.lines()) == 'The windows of the service are open.'


def test_after_the_pause_one_move_at_a_time_is_tried(house: House, plan: ActionPlan) -> None:
    gate, other = house.gate(), house.gate()
    first, second, third = house.add(), house.add(), house.add()
    house.ended(5, 'FAILED')
    house.wait(minutes=10)
    probing = 'Circuit breaker: 5 of the last 5 moves failed; one at a time is tried.'
    assert gate.why_wait(plan, first, None) is None
    assert gate.why_wait(plan, second, None) == probing
    house.begin(first)
    assert other.why_wait(plan, second, None) == probing
    house.store.claim(first, 'ONGOING', 'SUCCEEDED', ended_at=house.moment)
    house.wait(seconds=1)
    assert gate.why_wait(plan, second, None) is None
    house.begin(second)
    house.ended(4, 'SUCCEEDED')
    house.wait(seconds=2)
    assert gate.why_wait(plan, third, None) == probing.replace('last 5', 'last 10')
    house.ended(1, 'SUCCEEDED')
    house.wait(seconds=2)
    assert gate.why_wait(plan, third, None) is None


def test_moves_that_were_cancelled_or_are_forgotten_do_not_count(house: House, plan: ActionPlan) -> None:
    gate, row = house.gate(), house.add()
    house.ended(9, 'CANCELLED')
    assert gate.why_wait(plan, row, None) is None
    house.ended(5, 'FAILED')
    house.wait(minutes=61)
    assert gate.why_wait(plan, row, None) is None


def test_slow_migrations_open_the_breaker_too(house: House, plan: ActionPlan) -> None:
    gate, row = house.gate(breaker_seconds=60.0), house.add()
    house.ended(5, 'SUCCEEDED', seconds=90)
    assert 'half of the last 5 migrations took 90 s or more' in str(gate.why_wait(plan, row, None))


def test_the_breaker_can_be_left_out(house: House, plan: ActionPlan) -> None:
    gate = house.gate(breaker_failures=0.0)
    house.ended(9, 'FAILED')
    assert gate.why_wait(plan, house.add(), None) is None


def test_the_database_is_asked_once_a_second_however_many_wait(house: House, plan: ActionPlan,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(Store, name)

        def ask(*arguments: Any, **named: Any) -> Any:
            asked.append(name)
            return real(*arguments, **named)

        return ask

    gate, rows = house.gate(migrations_per_hour=5), [house.add() for _ in range(30)]
    house.ended(5, 'FAILED')
    for name in ('find', 'count'):
        monkeypatch.setattr(Store, name, counted(name))
    assert all(gate.why_wait(plan, row, None) for row in rows)
    assert len(asked) == 1
    house.wait(seconds=1)
    assert all(gate.why_wait(plan, row, None) for row in rows)
    assert len(asked) == 2

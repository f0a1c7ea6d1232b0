# SPDX-License-Identifier: Apache-2.0
"""Of all that would work at a row one does; who was replaced changes nothing any more."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from watcher_py.core.errors import TakenOver, Unavailable
from watcher_py.db import insist, lease
from watcher_py.db.columns import now
from watcher_py.db.lease import Leases
from watcher_py.db.models import Action, ActionPlan, Audit
from watcher_py.db.store import Store

PATIENCE = 20
NOON = datetime(2026, 12, 1, 12)


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insist, 'PAUSE', 0.001)
    monkeypatch.setattr(lease, 'LOOK', 0.001)


@pytest.fixture
def make(clock: Clock) -> Callable[..., Leases]:
    """A process; its leases are renewed when the test says so, unless it is started."""
    def made(store: Store, host: str = 'here', **more: Any) -> Leases:
        return Leases(store, host, **{'clock': clock, **more})
    return made


@pytest.fixture
def started(make: Any) -> Iterator[Callable[..., Leases]]:
    """A process that renews its leases, forty times a second."""
    running: list[Leases] = []

    def made(store: Store, **more: Any) -> Leases:
        leases: Leases = make(store, seconds=0.075, **more)
        running.append(leases)
        leases.start()
        return leases

    yield made
    for leases in running:
        leases.stop()


def eventually(is_true: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, 'it never came'
        time.sleep(0.002)


def at_once(deed: Callable[[int], Any], times: int = 8) -> list[Any]:
    together = Barrier(times)

    def do(number: int) -> Any:
        together.wait(PATIENCE)
        return deed(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(do, range(times)))


def again(store: Store, row: Any) -> Any:
    return store.get(type(row), row.id)


def test_of_all_that_claim_a_row_one_holds_it(any_store: Store, any_seed: Any, make: Any) -> None:
    plan = any_seed.plan(state='PENDING')
    processes = [make(any_store, f'host-{number}') for number in range(8)]
    holds = at_once(lambda number: processes[number].claim(plan, 'PENDING', 'ONGOING', hostname=f'h{number}'))
    winner, = (number for number, hold in enumerate(holds) if hold)
    row = again(any_store, plan)
    assert (row.state, row.owner, row.hostname) == ('ONGOING', processes[winner].owner, f'h{winner}')
    assert (row.fence, row.leased_until, row.takeovers) == (1, NOON + timedelta(seconds=15), 0)
    assert [len(process.holds) for process in processes] == [int(number == winner) for number in range(8)]


def test_of_all_that_take_a_row_over_one_holds_it(any_store: Store, any_seed: Any, make: Any,
                                                  clock: Clock) -> None:
    audit = any_seed.audit()
    dead = make(any_store, 'dead')
    dead.claim(audit, 'PENDING', 'ONGOING')
    clock.pass_by(16)
    processes = [make(any_store) for _ in range(8)]
    row, = processes[0].expired(Audit, state='ONGOING')
    holds = at_once(lambda number: processes[number].take_over(row))
    winner, = (number for number, hold in enumerate(holds) if hold)
    assert (again(any_store, audit).owner, again(any_store, audit).fence) == (processes[winner].owner, 2)
    assert (again(any_store, audit).takeovers, again(any_store, audit).state) == (1, 'ONGOING')
    assert sum(process.taken_over for process in processes) == 1


def test_a_row_is_claimed_as_it_was_read_only(store: Store, seed: Any, make: Any) -> None:
    audit = seed.audit()
    assert make(store).claim(audit, 'PENDING', 'ONGOING', Audit.name == 'another') is None
    assert make(store).claim(audit, 'ONGOING', 'PENDING') is None
    assert make(store).claim(audit, 'PENDING', 'ONGOING', status_message='begun')
    store.change(audit, state='PENDING')
    assert make(store).claim(audit, 'PENDING', 'ONGOING') is None       # by who read it before
    assert again(store, audit).status_message == 'begun'


def test_a_lease_is_over_when_its_owner_renews_it_no_more(any_store: Store, any_seed: Any, make: Any,
                                                          clock: Clock) -> None:
    plan, never_leased = any_seed.plan(state='PENDING'), any_seed.audit('old', state='ONGOING')
    owner, other = make(any_store, 'owner'), make(any_store, 'other')
    owner.claim(plan, 'PENDING', 'ONGOING')
    assert [row.id for row in other.expired(Audit, state='ONGOING')] == [never_leased.id]
    claimed = again(any_store, plan)
    for _ in range(3):
        clock.pass_by(14)
        owner.renew()
        renewed = again(any_store, plan)
        assert renewed.leased_until == clock.moment + timedelta(seconds=15)
        assert renewed.updated_at == claimed.updated_at     # it is no change of the row
        assert other.expired(ActionPlan) == []
        assert other.take_over(again(any_store, plan)) is None
    clock.pass_by(15.5)
    assert [row.uuid for row in other.expired(ActionPlan, state='ONGOING')] == [plan.uuid]
    assert other.expired(ActionPlan, ActionPlan.hostname == 'another') == []
    assert owner.expired(ActionPlan) == []      # it knows what is its own
    assert other.take_over(again(any_store, plan), hostname='other')
    assert again(any_store, plan).hostname == 'other'


def test_a_replaced_owner_stores_nothing(any_store: Store, any_seed: Any, make: Any, clock: Clock) -> None:
    plan = any_seed.plan(state='PENDING')
    late, other = make(any_store, 'late'), make(any_store, 'other')
    hold = late.claim(plan, 'PENDING', 'ONGOING')
    action, _ = any_store.find(Action)
    assert any_store.claim(action, 'PENDING', 'ONGOING', hold.covers)
    clock.pass_by(16)
    new = other.take_over(again(any_store, plan))
    assert not any_store.claim(plan, 'ONGOING', 'FAILED', hold.is_ours)
    assert not any_store.claim(action, 'ONGOING', 'FAILED', hold.covers)
    assert any_store.touch(Action, Action.id == action.id, hold.covers, memory={'stale': True}) == 0
    assert any_store.change_where(Action, Action.id == action.id, hold.covers, state='FAILED') == 0
    assert any_store.touch(Action, Action.id == action.id, new.covers, memory={'fresh': True}) == 1
    assert any_store.claim(action, 'ONGOING', 'SUCCEEDED', new.covers)
    assert any_store.claim(plan, 'ONGOING', 'SUCCEEDED', new.is_ours)
    assert again(any_store, action).memory == {'fresh': True}


def test_a_hold_covers_its_own_plans_actions_alone(store: Store, seed: Any, make: Any) -> None:
    plan = seed.plan(state='PENDING')
    other = ActionPlan(audit_id=plan.audit_id, strategy_id=plan.strategy_id, state='PENDING', fence=1)
    foreign = Action(action_plan=other, action_type='nop', state='PENDING')
    store.add(other, foreign)
    hold = make(store).claim(plan, 'PENDING', 'ONGOING')
    assert not store.claim(foreign, 'PENDING', 'ONGOING', hold.covers)


def test_who_was_replaced_learns_of_it_and_asks_nothing_more_of_the_cloud(
        store: Store, seed: Any, make: Any, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    audit = seed.audit()
    late, other = make(store, 'late'), make(store, 'other')
    hold = late.claim(audit, 'PENDING', 'ONGOING')
    hold.guard()
    clock.pass_by(16)
    new = other.take_over(again(store, audit))
    late.renew()
    assert hold.lost.is_set()
    for ask in (hold.guard, hold.check):
        with pytest.raises(TakenOver, match=f'audit {audit.uuid} was taken over by another service'):
            ask()
    assert late.holds == []
    new.guard()
    other.renew()
    assert not new.lost.is_set()
    assert again(store, audit).owner == other.owner


def test_what_is_given_back_is_another_s_at_once_and_counts_against_nobody(any_store: Store, any_seed: Any,
                                                                           make: Any) -> None:
    plan = any_seed.plan(state='PENDING')
    owner, other = make(any_store, 'owner'), make(any_store, 'other')
    hold = owner.claim(plan, 'PENDING', 'ONGOING')
    owner.give_back(hold)
    assert hold.lost.is_set()
    row, = other.expired(ActionPlan, state='ONGOING')
    new = other.take_over(row)
    assert (again(any_store, plan).owner, again(any_store, plan).takeovers) == (other.owner, 0)
    owner.give_back(hold)       # too late: it is the other's
    assert not any_store.claim(plan, 'ONGOING', 'FAILED', hold.is_ours)
    assert again(any_store, plan).owner == other.owner
    new.guard()


def test_a_new_claim_forgets_who_let_it_fall(store: Store, seed: Any, make: Any, clock: Clock) -> None:
    audit = seed.audit()
    make(store).claim(audit, 'PENDING', 'ONGOING')
    clock.pass_by(16)
    hold = make(store).take_over(again(store, audit))
    assert store.claim(audit, 'ONGOING', 'PENDING', hold.is_ours)
    assert make(store).claim(again(store, audit), 'PENDING', 'ONGOING')
    assert (again(store, audit).takeovers, again(store, audit).fence) == (0, 3)


def test_a_thread_renews_what_is_held(store: Store, seed: Any, started: Any) -> None:
    """By a clock that runs: forty times in what is a lease's time otherwise."""
    plan = seed.plan(state='PENDING')
    leases = started(store, clock=now)
    hold = leases.claim(plan, 'PENDING', 'ONGOING')
    first = again(store, plan).leased_until
    eventually(lambda: again(store, plan).leased_until > first)
    assert leases.is_alive()
    hold.guard()
    leases.release(hold)
    assert leases.holds == []


def test_a_stop_gives_back_what_is_held_and_claims_nothing_more(store: Store, seed: Any, started: Any,
                                                                make: Any) -> None:
    plan, audit = seed.plan(state='PENDING'), seed.audit('later')
    leases = started(store)
    hold = leases.claim(plan, 'PENDING', 'ONGOING')
    leases.stop()
    assert (hold.lost.is_set(), leases.is_alive()) == (True, False)
    assert [row.uuid for row in make(store).expired(ActionPlan)] == [plan.uuid]
    assert leases.claim(audit, 'PENDING', 'ONGOING') is None
    assert again(store, audit).state == 'PENDING'


class Away:
    """A store whose database is away while the test says so; what is lost is done or not."""

    def __init__(self, store: Store):
        self._store, self.is_away, self.is_done = store, False, False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*given: Any, **values: Any) -> Any:
            if self.is_away and self.is_done:
                self.is_done = False
                method(*given, **values)
            if self.is_away:
                raise Unavailable('the database is away')
            return method(*given, **values)
        return call


@pytest.mark.parametrize('is_done', [True, False])
def test_a_claim_outlasts_a_database_that_is_away(store: Store, seed: Any, make: Any,
                                                  is_done: bool) -> None:
    plan, away = seed.plan(state='PENDING'), Away(store)
    leases, holds = make(away), list[Any]()
    away.is_away, away.is_done = True, is_done
    claiming = Thread(target=lambda: holds.append(leases.claim(plan, 'PENDING', 'ONGOING')))
    claiming.start()
    eventually(lambda: again(store, plan).state == ('ONGOING' if is_done else 'PENDING'))
    away.is_away = False
    claiming.join(PATIENCE)
    hold, = holds
    assert (again(store, plan).owner, again(store, plan).fence) == (leases.owner, hold.fence)
    assert leases.holds == [hold]


def test_while_the_lease_may_be_over_the_cloud_waits(store: Store, seed: Any, make: Any) -> None:
    """Then it goes on, for nobody has taken the row over."""
    away = Away(store)
    leases = make(away, seconds=0.03)
    hold = leases.claim(seed.audit(), 'PENDING', 'ONGOING')
    passed = Event()
    away.is_away = True
    eventually(lambda: not hold._is_sure())
    Thread(target=lambda: (hold.guard(), passed.set()), daemon=True).start()
    with pytest.raises(Unavailable):
        leases.renew()
    assert not passed.wait(0.02)
    away.is_away = False
    eventually(lambda: leases.renew() or passed.is_set())


def test_who_waits_while_another_takes_the_row_over_lets_go(store: Store, seed: Any, make: Any,
                                                            clock: Clock) -> None:
    leases, ended = make(store, seconds=0.03), list[type[BaseException]]()
    audit = seed.audit()
    hold = leases.claim(audit, 'PENDING', 'ONGOING')
    eventually(lambda: not hold._is_sure())

    def wait() -> None:
        try:
            hold.guard()
        except TakenOver as error:
            ended.append(type(error))

    waiting = Thread(target=wait)
    waiting.start()
    clock.pass_by(1)
    assert make(store).take_over(again(store, audit))
    leases.renew()
    waiting.join(PATIENCE)
    assert ended == [TakenOver]


def test_a_claim_that_had_to_wait_is_not_sure_before_it_is_renewed(store: Store, seed: Any, make: Any,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer was lost, and by the time it is looked up its lease is over."""
    away = Away(store)
    leases = make(away, seconds=0.03)

    def outlast(*given: Any) -> bool:
        time.sleep(0.03)
        return True

    monkeypatch.setattr(lease, 'insist', outlast)
    hold = leases.claim(seed.audit(), 'PENDING', 'ONGOING')
    assert not hold._is_sure()


def test_renewals_that_fail_are_told_and_go_on(store: Store, seed: Any, started: Any,
                                               caplog: pytest.LogCaptureFixture) -> None:
    away = Away(store)
    leases = started(away)
    hold = leases.claim(seed.audit(), 'PENDING', 'ONGOING')
    away.is_away = True
    eventually(lambda: 'Leases are not renewed: the database is away' in caplog.text)
    away.is_away = False
    eventually(lambda: leases.renewed_ago() < 0.05)
    hold.guard()
    assert not hold.lost.is_set()


def test_a_row_that_is_put_down_during_a_renewal_is_not_lost(store: Store, seed: Any, make: Any) -> None:
    audit, leases = seed.audit(), make(store)
    hold = leases.claim(audit, 'PENDING', 'ONGOING')
    find = store.find

    def put_down(*given: Any, **values: Any) -> Any:
        store.change(audit, owner=None)
        leases.release(hold)
        return find(*given, **values)

    store.find = put_down       # type: ignore[method-assign]
    leases.renew()
    assert not hold.lost.is_set()

# SPDX-License-Identifier: Apache-2.0
"""An owner's writes come through once, on each kind of database, and a replaced owner's do not."""

import pytest

from tests.applier.errands import expire
from tests.applier.plans import Plans
from watcher_py.applier.ledger import Ledger
from watcher_py.core.errors import TakenOver, Unavailable
from watcher_py.db import insist
from watcher_py.db.lease import Leases
from watcher_py.db.models import ActionPlan
from watcher_py.db.store import Store


@pytest.fixture
def plans(any_store):
    return Plans(any_store, None)


@pytest.fixture
def plan(plans):
    return plans.add(('nop', {}, []), ('nop', {}, []))


@pytest.fixture
def hold(any_store, plan):
    return Leases(any_store, 'applier-1').claim(plan, 'PENDING', 'ONGOING')


def test_the_owner_s_word_is_stored(any_store, plans, plan, hold):
    ledger = Ledger(any_store, hold)
    first = ledger.actions()[0]
    assert ledger.begin(first, 'ONGOING', project='p')
    ledger.memory(first).note(asked=True)
    assert ledger.end(first, 'ONGOING', 'SUCCEEDED')
    ledger.keep_plan(status_message='Waits.')
    assert ledger.change(['PENDING'], state='CANCELLED') == 1
    assert plans.states(plan) == ['SUCCEEDED', 'CANCELLED']
    assert (plans.actions(plan)[0].project, plans.actions(plan)[0].memory) == ('p', {'asked': True})
    assert plans.now(plan).status_message == 'Waits.'
    plans.cancel(plan)
    assert not ledger.begin(first, 'ONGOING')
    assert not hold.lost.is_set()
    assert ledger.end_plan('CANCELLING', 'SUCCEEDED', None)
    assert plans.now(plan).state == 'SUCCEEDED'


def test_a_replaced_owner_s_word_is_not(any_store, plans, plan, hold):
    ledger = Ledger(any_store, hold)
    first, second = ledger.actions()
    ledger.begin(first, 'ONGOING')
    expire(any_store, plan)
    assert Leases(any_store, 'applier-2').take_over(plans.now(plan))
    for write in (lambda: ledger.begin(second, 'ONGOING'), lambda: ledger.end(first, 'ONGOING', 'FAILED'),
                  lambda: ledger.memory(first).note(asked=True), lambda: ledger.keep_plan(roll_back='x'),
                  lambda: ledger.end_plan('ONGOING', 'FAILED', 'x')):
        hold.lost.clear()
        with pytest.raises(TakenOver):
            write()
        assert hold.lost.is_set()
    assert ledger.change(['ONGOING'], state='FAILED') == 0
    assert plans.states(plan) == ['ONGOING', 'PENDING']
    assert (plans.now(plan).state, plans.now(plan).roll_back, plans.actions(plan)[0].memory) == (
        'ONGOING', None, {})


@pytest.mark.parametrize('is_stored', [False, True])
def test_a_lost_answer_is_looked_up_even_when_the_plan_is_cancelled_meanwhile(
        store, monkeypatch, is_stored):
    monkeypatch.setattr(insist, 'PAUSE', 0.01)
    plans = Plans(store, None)
    plan = plans.add(('nop', {}, []))
    hold = Leases(store, 'applier-1').claim(plan, 'PENDING', 'ONGOING')

    class Lossy(Store):
        is_lost = False

        def claim(self, *what, **values):
            if self.is_lost:
                return super().claim(*what, **values)
            self.is_lost = True
            if is_stored:
                super().claim(*what, **values)
            plans.cancel(plan)
            raise Unavailable('the connection broke')

    ledger = Ledger(Lossy(store._sessions), hold)
    assert ledger.begin(ledger.actions()[0], 'ONGOING') is is_stored
    assert plans.states(plan) == ['ONGOING' if is_stored else 'PENDING']


def test_a_database_that_stays_away_until_the_lease_is_lost_ends_in_taken_over(store, monkeypatch):
    monkeypatch.setattr(insist, 'PAUSE', 0.01)
    plans = Plans(store, None)
    plan = plans.add(('nop', {}, []))
    hold = Leases(store, 'applier-1').claim(plan, 'PENDING', 'ONGOING')

    class Away(Store):
        def touch(self, *what, **values):
            hold.lost.set()
            raise Unavailable('the database is away')

    with pytest.raises(TakenOver, match='was taken over'):
        Ledger(Away(store._sessions), hold).keep_plan(status_message='x')
    assert store.get(ActionPlan, plan.id).status_message is None

# SPDX-License-Identifier: Apache-2.0
"""A purge deletes for good what was deleted softly with what hangs on it, and nothing that is alive."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.states import PLAN_ENDED
from watcher_py.db import schema
from watcher_py.db.columns import now
from watcher_py.db.models import (
    Action,
    ActionPlan,
    Audit,
    AuditTemplate,
    EfficacyIndicator,
    Evidence,
    Goal,
    Model,
    ScoringEngine,
    Service,
    Strategy,
)
from watcher_py.db.purge import KINDS, Wish, count, purge
from watcher_py.db.session import Sessions, connect_url, engine_of
from watcher_py.db.store import Store

ALL = Wish()
ROWS = (*KINDS, EfficacyIndicator, Evidence, Service)


class House:
    """A database, and families of rows in it."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.store = Store(sessions)

    def family(self, name: str = 'dummy', plan_state: str = 'SUCCEEDED') -> dict[type[Model], Any]:
        """A row of each kind, each below the one before."""
        found: dict[type[Model], Any] = {}

        def add(row: Any) -> Any:
            self.store.add(row)
            found[type(row)] = row
            return row

        add(ScoringEngine(name=f'scorer of {name}'))
        goal = add(Goal(name=name, display_name=name))
        strategy = add(Strategy(name=name, display_name=name, goal_id=goal.id))
        add(AuditTemplate(name=name, goal_id=goal.id, strategy_id=strategy.id))
        audit = add(Audit(name=name, audit_type='ONESHOT', state='SUCCEEDED', goal_id=goal.id,
                          strategy_id=strategy.id))
        plan = add(ActionPlan(audit_id=audit.id, strategy_id=strategy.id, state=plan_state))
        add(EfficacyIndicator(name='released', action_plan_id=plan.id, data=1.0))
        add(Evidence(action_plan_id=plan.id, content=b'packed'))
        add(Action(action_plan_id=plan.id, action_type='nop', state='SUCCEEDED'))
        return found

    def bury(self, *rows: Model, days: float = 0) -> None:
        """Delete softly, so many days ago."""
        for row in rows:
            self.store.change(row, deleted=row.id, deleted_at=now() - timedelta(days=days))

    def left(self) -> dict[type[Model], int]:
        counted = {kind: self.store.count(kind, with_deleted=True) for kind in ROWS}
        return {kind: number for kind, number in counted.items() if number}

    def counts(self, wish: Wish) -> dict[type[Model], int]:
        """What goes, which is what was told beforehand."""
        told = count(self.sessions, wish)
        assert purge(self.sessions, wish) == told
        return {kind: number for kind, number in told.items() if number}


@pytest.fixture
def any_house(any_tables_url: str) -> Iterator[House]:
    sessions = connect_url(any_tables_url)
    yield House(sessions)
    engine_of(sessions).dispose()


@pytest.fixture
def house() -> Iterator[House]:
    yield from a_house()


def a_house() -> Iterator[House]:
    sessions = connect_url('sqlite://')
    schema.create_schema(sessions)
    yield House(sessions)
    engine_of(sessions).dispose()


def test_what_lives_stays(any_house):
    any_house.family()
    before = any_house.left()
    assert any_house.counts(ALL) == {}
    assert any_house.left() == before


def test_a_deleted_family_goes_whole(any_house):
    any_house.family('living')
    rows = any_house.family()
    any_house.bury(*rows.values())
    assert any_house.counts(ALL) == dict.fromkeys(KINDS, 1)
    assert any_house.left() == {**dict.fromkeys(KINDS, 1), EfficacyIndicator: 1, Evidence: 1}
    assert any_house.store.get(Goal, 'living').is_live


def test_orphans_go_with_what_they_hang_on_unless_they_are_excluded(any_house):
    rows = any_house.family()
    any_house.bury(rows[Audit])
    assert any_house.counts(Wish(with_orphans=False)) == {}
    assert any_house.counts(ALL) == {Audit: 1, ActionPlan: 1, Action: 1}
    assert not {EfficacyIndicator, Evidence} & set(any_house.left())


def test_a_purge_of_many_rows_is_cut_into_statements(any_house):
    rows = any_house.family()
    any_house.store.add(*(Action(action_plan_id=rows[ActionPlan].id, action_type='nop', state='SUCCEEDED')
                          for _ in range(1200)))
    any_house.store.remove(rows[ActionPlan])
    assert any_house.counts(ALL) == {ActionPlan: 1, Action: 1201}


@pytest.mark.parametrize('state', ['RECOMMENDED', 'PENDING', 'ONGOING', 'CANCELLING'])
def test_a_plan_that_may_still_be_carried_out_is_no_orphan_and_keeps_its_audit(house, state):
    rows = house.family(plan_state=state)
    house.bury(rows[Audit])
    assert house.counts(ALL) == {}


@pytest.mark.parametrize('state', ['PENDING', 'ONGOING', 'SUSPENDED'])
def test_an_audit_that_goes_on_is_no_orphan_and_keeps_its_goal(house, state):
    rows = house.family()
    house.store.change(rows[Audit], state=state)
    house.bury(rows[Goal], rows[Strategy])
    assert house.counts(ALL) == {AuditTemplate: 1}


def test_a_vanished_strategy_stays_as_long_as_its_audits_and_plans(house):
    rows = house.family()
    house.bury(rows[Strategy])
    assert house.counts(ALL) == {}
    house.bury(rows[AuditTemplate], rows[Audit])
    assert house.counts(ALL) == {AuditTemplate: 1, Audit: 1, ActionPlan: 1, Action: 1, Strategy: 1}
    assert set(house.left()) == {Goal, ScoringEngine}


def test_only_what_was_deleted_long_enough_ago_goes(house):
    old, young = house.family('old'), house.family('young')
    house.bury(*old.values(), days=31)
    house.bury(*young.values(), days=29)
    assert house.counts(Wish(older_than=timedelta(days=30))) == dict.fromkeys(KINDS, 1)
    assert house.store.get(Goal, 'young', with_deleted=True)


def test_children_go_with_a_parent_that_was_deleted_long_enough_ago(house):
    rows = house.family()
    house.bury(rows[Audit], days=31)
    house.bury(rows[ActionPlan], rows[Action], days=1)
    assert house.counts(Wish(older_than=timedelta(days=30), with_orphans=False)) == {
        Audit: 1, ActionPlan: 1, Action: 1}


def test_a_purge_can_be_limited_to_a_deleted_goal(house):
    one, other = house.family('one'), house.family('other')
    house.bury(*one.values(), *other.values())
    family = dict.fromkeys(KINDS[1:], 1)
    assert house.counts(Wish(goal='one')) == family
    assert house.counts(Wish(goal=other[Goal].uuid)) == family


def test_a_goal_that_lives_or_is_not_there_is_refused(house):
    house.family()
    for goal in ('dummy', 'nothing', str(uuid4())):
        with pytest.raises(NotFound, match='is deleted'):
            count(house.sessions, Wish(goal=goal))


@pytest.mark.parametrize('wish', [{'most': -1}, {'older_than': timedelta(days=-1)}])
def test_there_is_no_negative_age_or_number(wish):
    with pytest.raises(Invalid, match='zero or more'):
        Wish(**wish)


def test_a_maximum_is_kept_goal_by_goal_and_the_rest_goes_later(house):
    one, other = house.family('one'), house.family('other')
    house.bury(*other.values(), *one.values())
    assert house.counts(Wish(most=0)) == {}
    assert house.counts(Wish(most=7)) == {**dict.fromkeys(KINDS[1:], 1), Action: 2}
    assert house.store.find(Goal, with_deleted=True)[0].name == 'other'
    house.counts(ALL)
    assert house.left() == {}


def test_a_maximum_takes_no_strategy_that_a_row_of_another_goal_still_refers_to(any_house):
    one, other = any_house.family('one'), any_house.family('other')
    any_house.store.change(other[Audit], strategy_id=one[Strategy].id)
    any_house.bury(*one.values(), *other.values())
    assert any_house.counts(Wish(most=5)) == {Action: 2, ActionPlan: 1, Audit: 1, AuditTemplate: 1}


def test_services_are_not_touched(house):
    house.store.add(Service(name='watcher-applier', host='ctl1'))
    house.bury(*house.store.find(Service))
    assert house.counts(ALL) == {}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_that_lives_ever_goes(data):
    house = next(houses := a_house())
    families = [house.family(f'f{number}', data.draw(st.sampled_from(sorted(PLAN_ENDED | {'ONGOING'}))))
                for number in range(data.draw(st.integers(1, 3)))]
    rows = [row for family in families for row in family.values()]
    buried = data.draw(st.lists(st.sampled_from(rows), unique_by=id))
    for row in buried:
        house.bury(row, days=data.draw(st.sampled_from([1, 40])))
    wish = Wish(data.draw(st.sampled_from([None, timedelta(days=30)])),
                data.draw(st.none() | st.integers(0, 20)), None, data.draw(st.booleans()))
    house.counts(wish)
    for family in families:
        for kind in KINDS:
            is_gone = family[kind].id not in {row.id for row in house.store.find(kind, with_deleted=True)}
            if is_gone:
                assert any(above in buried for above in line(family, kind, wish))
    running = [family[ActionPlan] for family in families if family[ActionPlan].state == 'ONGOING']
    assert all(row in buried or house.store.get(ActionPlan, row.id) for row in running)
    houses.close()


def line(family: dict[type[Model], Any], kind: type[Model], wish: Wish) -> list[Any]:
    """The row and, when orphans go as well, what it hangs on."""
    above = {Strategy: Goal, AuditTemplate: Goal, Audit: Goal, ActionPlan: Audit, Action: ActionPlan}
    found = [family[kind]]
    while wish.with_orphans and kind in above:
        kind = above[kind]
        found.append(family[kind])
    return found

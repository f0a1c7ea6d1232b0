# SPDX-License-Identifier: Apache-2.0
"""The store keeps rows, alike on every kind of database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import InvalidRequestError

from watcher_py.core.errors import Conflict, Invalid, NotFound
from watcher_py.core.states import PLAN_DELETABLE, PlanState
from watcher_py.db.models import (
    Action,
    ActionDescription,
    ActionPlan,
    Audit,
    EfficacyIndicator,
    Evidence,
    Goal,
    ScoringEngine,
    Service,
)
from watcher_py.db.session import engine_of
from watcher_py.db.store import Change, Store


def test_what_is_added_is_found_whole(any_seed):
    scope = [{'compute': [{'host_aggregates': [{'id': '*'}]}]}]
    added = any_seed.audit('🌙 at night', scope=scope, parameters={'weights': {'cpu': 0.5}},
                           auto_trigger=True, next_run_time=datetime(2026, 1, 2, 3, 4, 5, 678901))
    found = any_seed.store.get(Audit, added.uuid)
    assert (found.name, found.scope, found.parameters) == ('🌙 at night', scope, {'weights': {'cpu': 0.5}})
    assert found.next_run_time == datetime(2026, 1, 2, 3, 4, 5, 678901)
    assert (found.auto_trigger, found.force, found.strategy) == (True, False, None)
    assert found.goal.name == 'goal of 🌙 at night'


def test_what_was_not_given_is_empty_rather_than_missing(any_seed):
    plan = any_seed.plan()
    assert (plan.global_efficacy, plan.report) == ([], {})
    assert any_seed.store.find(Action)[0].parents == []


def test_a_large_document_fits(any_seed):
    report = {'stayed': {str(uuid4()): 'no host has room for it' for _ in range(5_000)}}
    plan = any_seed.plan(report=report)
    assert any_seed.store.get(ActionPlan, plan.uuid).report == report


def test_large_evidence_fits_byte_by_byte(any_seed):
    plan, content = any_seed.plan(), bytes(range(256)) * 20_000
    any_seed.store.add(Evidence(action_plan_id=plan.id, content=content))
    assert any_seed.store.get_by(Evidence, action_plan_id=plan.id).content == content


@pytest.mark.parametrize(('most', 'left'), [(0, []), (2, [b'1', b'2']), (9, [b'0', b'1', b'2'])])
def test_only_the_newest_rows_are_kept(any_seed, most, left):
    plan = any_seed.plan()
    any_seed.store.add(*(Evidence(action_plan_id=plan.id, content=b'%d' % number) for number in range(3)))
    assert any_seed.store.keep_newest(Evidence, most) == 3 - len(left)
    assert [row.content for row in any_seed.store.find(Evidence)] == left


def test_older_rows_that_are_spared_are_kept_too(any_seed):
    plan = any_seed.plan()
    any_seed.store.add(*(Evidence(action_plan_id=plan.id, content=b'%d' % number) for number in range(3)))
    assert any_seed.store.keep_newest(Evidence, 1, Evidence.content != b'0') == 1
    assert [row.content for row in any_seed.store.find(Evidence)] == [b'0', b'2']


def test_times_are_kept_as_naive_utc(any_seed):
    noon_in_delhi = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    audit = any_seed.audit(start_time=noon_in_delhi)
    assert any_seed.store.get(Audit, audit.id).start_time == datetime(2026, 7, 1, 6, 30)


def test_a_new_row_knows_when_it_was_made_and_that_nobody_changed_it(any_seed):
    before = datetime.now(UTC).replace(tzinfo=None)
    goal = any_seed.goal()
    assert before <= goal.created_at <= datetime.now(UTC).replace(tzinfo=None)
    assert (goal.updated_at, goal.deleted_at, goal.deleted) == (None, None, 0)


def test_a_row_is_found_by_id_by_uuid_and_by_name(any_seed):
    goal = any_seed.goal('saving_energy')
    for key in (goal.id, str(goal.id), goal.uuid, goal.uuid.upper(), 'saving_energy'):
        assert any_seed.store.get(Goal, key).id == goal.id


def test_a_name_in_another_case_is_found_where_no_other_fits(any_seed):
    goal = any_seed.goal('dummy')
    assert any_seed.store.get(Goal, 'DUMMY').id == goal.id


def test_what_is_not_there_is_not_found(any_seed):
    any_seed.goal()
    for key in ('12', 12, '9999999999', '9' * 5000, str(uuid4()), 'nobody', '', '-1', '1.0', "' OR 1=1"):
        with pytest.raises(NotFound, match='Goal'):
            any_seed.store.get(Goal, key)


def test_a_plan_has_no_name(seed):
    seed.plan()
    with pytest.raises(NotFound):
        seed.store.get(ActionPlan, 'RECOMMENDED')


def test_the_living_row_of_a_name_goes_before_the_deleted_ones(any_seed):
    for _ in range(2):
        any_seed.store.remove(any_seed.goal())
    assert any_seed.store.get(Goal, 'dummy', with_deleted=True).id == 2
    alive = any_seed.goal()
    assert any_seed.store.get(Goal, 'dummy', with_deleted=True).id == alive.id


def test_a_name_of_several_rows_is_refused(any_store):
    any_store.add(*(Service(name='watcher-applier', host=host) for host in 'ab'))
    with pytest.raises(Conflict, match='more than one service'):
        any_store.get(Service, 'watcher-applier')
    assert any_store.get_by(Service, name='watcher-applier', host='b').id == 2
    with pytest.raises(NotFound, match="of host 'c'"):
        any_store.get_by(Service, host='c')


def test_find_goes_by_values_and_conditions(any_seed):
    for name, state in (('a', 'PENDING'), ('b', 'ONGOING'), ('c', 'PENDING')):
        any_seed.audit(name, state=state)
    assert [audit.name for audit in any_seed.store.find(Audit, state='PENDING')] == ['a', 'c']
    assert [audit.name for audit in any_seed.store.find(Audit, Audit.name > 'a', state='PENDING')] == ['c']
    assert any_seed.store.find(Audit, hostname=None, state='FAILED') == []
    assert any_seed.store.count(Audit, Audit.name != 'b', hostname=None) == 2


def test_a_taken_name_is_a_conflict_and_leaves_nothing_behind(any_seed):
    any_seed.goal('dummy')
    with pytest.raises(Conflict, match='goal new exists already: another one has the same name'):
        any_seed.store.add(Goal(name='new', display_name='New'), Goal(name='dummy', display_name='Again'))
    assert any_seed.store.count(Goal) == 1


def test_a_change_to_a_taken_name_is_a_conflict(any_seed):
    any_seed.goal('dummy')
    other = any_seed.goal('other')
    with pytest.raises(Conflict, match='goal dummy exists already'):
        any_seed.store.change(other, name='dummy')


def test_a_taken_pair_of_host_and_name_is_a_conflict(any_store):
    any_store.add(Service(name='watcher-applier', host='a'))
    with pytest.raises(Conflict, match='host and name'):
        any_store.add(Service(name='watcher-applier', host='a'))


def test_a_goal_that_is_not_there_is_a_conflict(any_store):
    with pytest.raises(Conflict, match='not there'):
        any_store.add(Audit(name='a', audit_type='ONESHOT', state='PENDING', goal_id=77))


def test_rows_are_numbered_in_the_order_in_which_they_were_given(any_seed):
    any_seed.plan(actions=1200)
    messages = [action.input_parameters['message'] for action in any_seed.store.find(Action)]
    assert messages == [str(number) for number in range(1200)]


def test_a_change_is_stored_dated_and_returned(any_seed):
    audit = any_seed.audit()
    changed = any_seed.store.change(audit, hostname='engine-1', parameters={'a': [1]})
    assert (changed.hostname, changed.parameters) == ('engine-1', {'a': [1]})
    assert changed.updated_at >= changed.created_at
    assert changed.goal.name
    assert (audit.hostname, audit.updated_at) == (None, None)
    assert any_seed.store.get(Audit, audit.id).hostname == 'engine-1'


def test_a_row_that_is_gone_cannot_be_changed(seed):
    audit = seed.audit()
    audit.id = 1000
    with pytest.raises(NotFound):
        seed.store.change(audit, hostname='x')


def test_all_actions_of_a_plan_are_cancelled_at_once(any_seed):
    plan = any_seed.plan(actions=5)
    first = any_seed.store.find(Action)[0]
    any_seed.store.change(first, state='SUCCEEDED')
    changed = any_seed.store.change_where(
        Action, Action.action_plan_id == plan.id, Action.state == 'PENDING', state='CANCELLED')
    assert changed == 4
    assert [action.state for action in any_seed.store.find(Action)] == ['SUCCEEDED'] + ['CANCELLED'] * 4


def test_a_claim_takes_a_row_from_one_state_to_the_next_with_its_values(any_seed):
    plan = any_seed.plan(state='PENDING')
    assert any_seed.store.claim(plan, PlanState.PENDING, PlanState.ONGOING, hostname='applier-1')
    assert not any_seed.store.claim(plan, PlanState.PENDING, PlanState.ONGOING, hostname='applier-2')
    claimed = any_seed.store.get(ActionPlan, plan.id)
    assert (claimed.state, claimed.hostname) == ('ONGOING', 'applier-1')
    assert any_seed.store.claim(plan, {*PLAN_DELETABLE, PlanState.ONGOING}, PlanState.FAILED)


def test_a_claim_has_one_winner_among_many(any_seed):
    plan = any_seed.plan(state='PENDING')
    start = Barrier(8)

    def claim(number: int) -> bool:
        start.wait()
        return any_seed.store.claim(plan, 'PENDING', 'ONGOING', hostname=f'applier-{number}')

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(claim, range(8)))
    assert sum(won) == 1
    assert any_seed.store.get(ActionPlan, plan.id).hostname == f'applier-{won.index(True)}'


def test_many_threads_write_without_losing_a_row(any_seed):
    goal = any_seed.goal()
    start = Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(5):
            audit = any_seed.audit(f'{number}-{turn}', goal_id=goal.id)
            any_seed.store.change(audit, hostname=str(number))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert sorted(audit.hostname for audit in any_seed.store.find(Audit)) == sorted('01234567' * 5)


def test_a_deleted_row_is_hidden_and_its_name_is_free(any_seed):
    audit = any_seed.audit(state='SUCCEEDED')
    any_seed.store.remove(audit)
    with pytest.raises(NotFound):
        any_seed.store.get(Audit, audit.uuid)
    assert any_seed.store.find(Audit) == []
    assert any_seed.store.count(Audit) == 0
    deleted = any_seed.store.get(Audit, audit.uuid, with_deleted=True)
    assert (deleted.state, deleted.deleted, deleted.is_live) == ('DELETED', audit.id, False)
    assert any_seed.audit(goal_id=audit.goal_id).name == audit.name
    with pytest.raises(NotFound, match='deleted already'):
        any_seed.store.remove(audit)


def test_a_deleted_plan_takes_its_parts_along_and_no_other(any_seed):
    plan = any_seed.plan(actions=2)
    other = ActionPlan(audit_id=plan.audit_id, strategy_id=plan.strategy_id, state='RECOMMENDED')
    any_seed.store.add(other, Action(action_plan=other, action_type='nop', state='PENDING'))
    any_seed.store.remove(plan)
    assert [action.action_plan_id for action in any_seed.store.find(Action)] == [other.id]
    assert any_seed.store.count(EfficacyIndicator) == 0
    deleted = any_seed.store.find(Action, with_deleted=True, action_plan_id=plan.id)
    assert {(action.state, action.deleted == action.id) for action in deleted} == {('DELETED', True)}
    assert any_seed.store.get(ActionPlan, plan.uuid, with_deleted=True).indicators[0].data == 3.25


def test_the_goal_of_an_audit_is_known_after_it_was_deleted(seed):
    audit = seed.audit()
    seed.store.remove(audit.goal)
    assert not seed.store.get(Audit, audit.id).goal.is_live


def test_a_long_list_costs_a_handful_of_statements(any_seed):
    goal, strategy = any_seed.goal(), any_seed.strategy()
    any_seed.store.add(*(
        Audit(name=f'audit {number}', audit_type='ONESHOT', state='PENDING', goal_id=goal.id,
              strategy_id=strategy.id) for number in range(1000)))
    statements = []
    engine = engine_of(any_seed.store._sessions)
    event.listen(engine, 'before_cursor_execute', lambda *call: statements.append(call[2]))
    audits = any_seed.store.find(Audit)
    assert {(audit.goal.name, audit.strategy.goal.name) for audit in audits} == {('dummy', 'goal of dummy')}
    assert len([statement for statement in statements if statement.startswith('SELECT')]) <= 5


def test_rows_bring_what_they_refer_to_and_no_more_where_a_depth_says_so(seed):
    plan = seed.plan()
    [action, _] = seed.store.find(Action, depth=1)
    assert action.action_plan.uuid == plan.uuid
    with pytest.raises(InvalidRequestError):
        action.action_plan.audit  # noqa: B018 - reading it is what is refused
    with pytest.raises(InvalidRequestError):
        seed.store.get(ActionPlan, plan.uuid, depth=0).audit  # noqa: B018 - likewise


@pytest.mark.parametrize('any_tables_url', ['mariadb', 'postgresql'], indirect=True)
def test_a_value_that_does_not_fit_is_invalid(any_store):
    with pytest.raises(Invalid, match='goal x'):
        any_store.add(Goal(name='x' * 64, display_name='Long'))


def test_rows_without_state_or_uuid_are_stored_alike(any_store: Store):
    any_store.add(ScoringEngine(name='dummy_scorer', metainfo=''))
    any_store.add(ActionDescription(action_type='nop', description='Does nothing'))
    any_store.remove(any_store.get(ScoringEngine, 'dummy_scorer'))
    assert any_store.get_by(ActionDescription, action_type='nop').description == 'Does nothing'
    assert any_store.find(ScoringEngine) == []


def test_a_claim_changes_others_with_it_or_nothing(any_seed):
    store, plan = any_seed.store, any_seed.plan()
    change = Change(Action, (Action.action_plan_id == plan.id,), {'state': 'CANCELLED'})
    assert not store.claim(plan, 'PENDING', 'CANCELLED', changing=[change])
    assert {action.state for action in store.find(Action)} == {'PENDING'}
    assert store.claim(plan, 'RECOMMENDED', 'CANCELLED', changing=[change])
    assert {action.state for action in store.find(Action)} == {'CANCELLED'}


def test_a_claim_may_have_conditions(any_seed):
    store, plan = any_seed.store, any_seed.plan()
    assert not store.claim(plan, 'RECOMMENDED', 'PENDING', ActionPlan.hostname == 'me')
    assert store.claim(plan, 'RECOMMENDED', 'PENDING', ActionPlan.hostname.is_(None))

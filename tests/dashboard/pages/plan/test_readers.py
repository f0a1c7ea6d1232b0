# SPDX-License-Identifier: Apache-2.0
"""What a plan shows to who may not change it, and when no engine is there."""

import pytest

from watcher_py.db.models import Action, ActionPlan, Audit, EfficacyIndicator, Goal, Strategy

READ = ''.join(f'"{rule}": "role:reader"\n'
               for rule in ('action_plan:get', 'efficacy:get_all', 'action_plan:course'))
PLAN = '30000000-0000-4000-8000-000000000000'


@pytest.fixture
def plan(store):
    """A plan of which nobody has what it was decided on."""
    store.add(Goal(name='server_consolidation', display_name='g'))
    store.add(Strategy(name='vm_workload_consolidation', display_name='s', goal_id=1))
    store.add(Audit(name='nightly', audit_type='ONESHOT', state='SUCCEEDED', goal_id=1, strategy_id=1))
    store.add(ActionPlan(uuid=PLAN, audit_id=1, strategy_id=1, state='ONGOING'))
    store.add(EfficacyIndicator(name='compute_nodes_count', data=4.0, action_plan_id=1),
              EfficacyIndicator(name='released_compute_nodes_count', data=1.0, action_plan_id=1))
    store.add(Action(action_plan_id=1, action_type='nop', state='ONGOING',
                     input_parameters={'message': 'hi'}))


@pytest.fixture
def reader(guarded, plan):
    opened = guarded()
    opened.policy.write_text(READ)
    visitor = opened.visitor()
    visitor.send(visitor.get('/login'), '/login', user='demo', password='emulated', project='demo')
    return visitor


def test_a_reader_sees_a_plan_and_has_nothing_to_press(reader):
    page = reader.get(f'/plans/{PLAN}')
    assert page.status == 200
    assert 'Frees 1 of 4 hosts' in page.text
    for word in ('Start', 'Choose moves', 'Cancel', 'Archive'):
        assert word not in page.text
    assert 'Frees 1 of 4 hosts' in reader.get('/plans').text


def test_a_reader_who_posts_anyway_is_refused(reader):
    csrf = dict(reader.get(f'/plans/{PLAN}/cancel').form('/cancel').fields)['csrf']
    for order in ('start', 'cancel', 'archive'):
        answer = reader.session.post(f'{reader.root}/plans/{PLAN}/{order}', data={'csrf': csrf}, timeout=60)
        assert answer.status_code == 403


def test_without_an_engine_the_rest_of_a_plan_is_told_all_the_same(reader):
    page = reader.get(f'/plans/{PLAN}')
    assert 'How the placement changes is not known' in page.text
    assert 'Do nothing: hi' in page.text


def test_what_runs_is_live(reader):
    page = reader.get(f'/plans/{PLAN}')
    assert f'data-live="/dashboard/plans/{PLAN}/progress"' in page.html
    assert '0 of 1 actions have ended' in page.text
    fragment = reader.get(f'/plans/{PLAN}/progress')
    assert 'Running now Do nothing: hi' in fragment.text
    assert 'X-Live' not in fragment.headers


def test_who_may_abort_a_live_migration_is_asked_first(guarded, plan, store):
    action = '40000000-0000-4000-8000-000000000000'
    store.add(Action(uuid=action, action_plan_id=1, action_type='migrate', state='ONGOING',
                     input_parameters={'migration_type': 'live', 'resource_name': '<b>web</b>',
                                       'source_node': 'a', 'destination_node': 'b'}))
    opened = guarded()
    opened.policy.write_text('"action_plan:get": "role:reader"\n"action:abort": "role:reader"\n')
    visitor = opened.visitor()
    visitor.send(visitor.get('/login'), '/login', user='demo', password='emulated', project='demo')
    place = f'/plans/{PLAN}/actions/{action}'
    page = visitor.get(f'/plans/{PLAN}')
    assert f'data-live="/dashboard/plans/{PLAN}/progress?may=action%3Aabort"' in page.html
    for shown in (page, visitor.get(f'/plans/{PLAN}/progress', may='action:abort')):
        assert f'/dashboard{place}/abort' in shown.links
        assert f'/dashboard{place}/force_complete' not in shown.links
    asked = visitor.get(f'{place}/abort')
    assert 'Abort: <b>web</b> moves from a to b' in asked.text
    assert store.get(Action, action).wish is None

    page = visitor.send(asked, '/abort')
    assert page.path == f'/dashboard/plans/{PLAN}'
    assert store.get(Action, action).wish == 'abort'
    assert 'is being aborted' in page.text
    assert f'/dashboard{place}/abort' not in page.links
    csrf = dict(asked.form('/abort').fields)['csrf']
    refused = visitor.session.post(f'{visitor.root}{place}/force_complete', data={'csrf': csrf}, timeout=60)
    assert refused.status_code == 403


def test_what_no_action_can_be_asked_is_not_there(reader, store):
    action = store.find(Action)[0].uuid
    assert reader.get(f'/plans/{PLAN}/actions/{action}/hurry').status == 404
    assert reader.get(f'/plans/{PLAN}/actions/nothing/abort').status == 404


def test_what_failed_says_why(reader, store):
    store.add(Action(action_plan_id=1, action_type='nop', state='FAILED',
                     status_message='the <b>cable</b> broke', input_parameters={'message': 'more'}))
    fragment = reader.get(f'/plans/{PLAN}/progress')
    assert 'Failed Do nothing: more the <b>cable</b> broke' in fragment.text
    assert '<b>' not in fragment.html


def test_a_large_plan_is_there_at_once_and_what_takes_long_comes_after(reader, store):
    store.add(*(Action(action_plan_id=1, action_type='nop', state='PENDING',
                       input_parameters={'message': f'step {number}'}) for number in range(600)))
    page = reader.get(f'/plans/{PLAN}')
    assert f'data-load="/dashboard/plans/{PLAN}/placement"' in page.html
    assert f'/dashboard/plans/{PLAN}?whole=yes' in page.links
    assert 'How the placement changes is not known' not in page.text
    assert '1 to 50 of 601' in page.text
    for path in ('', '/placement'):
        later = reader.get(f'/plans/{PLAN}{path}', whole='yes')
        assert 'How the placement changes is not known' in later.text
    assert '<html' not in later.html
    assert '601 to 601 of 601' in reader.get(f'/plans/{PLAN}', **{'from': 9999}).text
    found = reader.get(f'/plans/{PLAN}', kind='others', name='nobody')
    assert 'None of them is like that' in found.text

# SPDX-License-Identifier: Apache-2.0
"""Audits are made, followed and ended by pages alone."""

import json
import time

import pytest
import requests

from watcher_py.cmd.demo.client import Client
from watcher_py.core.states import AUDIT_ENDED
from watcher_py.dashboard.forms.fields import fields


@pytest.fixture
def new(visitor):
    """Sends the form of a new audit with changes; the page that comes."""
    def make(strategy='dummy', **changes):
        page = visitor.get('/audits/new', strategy=strategy)
        return visitor.send(page, '/audits/new', **changes)

    return make


def audit_of(house, page):
    """What the API has of the audit that a page shows."""
    return requests.get(f'{house.url}/v1/audits/{page.path.split("/")[-1]}', timeout=60,
                        headers={'OpenStack-API-Version': 'infra-optim 1.7'}).json()


def ended(house, audit):
    return Client(house.url).wait_for_audit(audit['uuid'])


def test_an_audit_is_made_by_a_form_and_its_plan_is_found(visitor, new, house):
    page = new(name='by hand', **{'p.para1': '4.5'})
    assert page.status == 200
    audit = audit_of(house, page)
    assert (audit['name'], audit['audit_type'], audit['scope']) == ('by hand', 'ONESHOT', [])
    assert audit['parameters'] == {'para1': 4.5, 'para2': 'hello'}
    assert ended(house, audit)['state'] == 'SUCCEEDED'
    shown = visitor.get(f'/audits/{audit["uuid"]}')
    assert 'Succeeded' in shown.text
    assert 'Recommended' in shown.text
    assert any('/dashboard/plans/' in link for link in shown.links)
    listed = visitor.get('/audits')
    assert 'by hand' in listed.text
    assert any('/dashboard/plans/' in link for link in listed.links)


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(new):
    page = new(name='kept', **{'p.para1': '99', 'p.para2': 'kept too'})
    assert page.status == 400
    assert 'see the marked fields' in page.text
    assert 'The most is 10.2.' in page.text
    given = dict(page.form('/audits/new').fields)
    assert (given['name'], given['p.para1'], given['p.para2']) == ('kept', '99', 'kept too')


def test_what_the_api_finds_wrong_is_told_at_its_field_too(new):
    page = new('zone_migration', **{'p.compute_nodes': '[{"dst_node": "a"}]'})
    assert page.status == 400
    assert "'src_node' is a required property" in page.text
    assert 'id="p.compute_nodes-fault"' in page.html


def test_what_is_needed_is_asked_for(visitor, new):
    assert 'maintenance node needed' in visitor.get('/audits/new', strategy='host_maintenance').text
    page = new('host_maintenance')
    assert page.status == 400
    assert 'This is needed.' in page.text


def test_a_scope_is_chosen(new, visitor, house):
    page = new(zone=['az-1', 'az-2'], left_out='c')
    audit = audit_of(house, page)
    assert audit['scope'] == [{'compute': [{'availability_zones': [{'name': 'az-1'}, {'name': 'az-2'}]},
                                           {'exclude': [{'compute_nodes': [{'name': 'c'}]}]}]}]
    assert 'availability zones az-1, az-2' in page.text
    assert 'Without hosts c' in page.text
    assert 'console-' not in visitor.get('/templates').text


def test_a_scope_may_be_json_and_a_wrong_one_leaves_nothing_behind(new, visitor, house):
    audit = audit_of(house, new(scope='[{"compute": [{"host_aggregates": [{"id": "*"}]}]}]'))
    assert audit['scope'] == [{'compute': [{'host_aggregates': [{'id': '*'}]}]}]
    for scope, said in (
            ('[' * 5000, 'This is not JSON'), ('{', 'This is not JSON'), ('{}', 'A scope is a list'),
            ('[{"compute": 3}]', 'compute')):
        page = new(scope=scope)
        assert page.status == 400
        assert said in page.text
        assert dict(page.form('/audits/new').fields)['scope'] == scope
    assert 'console-' not in visitor.get('/templates').text


def test_an_audit_runs_again_and_again_until_it_is_cancelled(new, visitor, house):
    wrong = new(audit_type='CONTINUOUS', interval='often')
    assert wrong.status == 400
    assert "'often' is neither seconds nor a cron expression" in wrong.text
    assert 'A continuous audit needs an interval.' in new(audit_type='CONTINUOUS').text
    page = new(audit_type='CONTINUOUS', interval='3600', end_time='2999-01-01T00:00', auto_trigger=None)
    audit = audit_of(house, page)
    assert (audit['interval'], audit['end_time']) == ('3600', '2999-01-01T00:00:00')
    assert 'every 1 h' in page.text
    question = visitor.get(f'/audits/{audit["uuid"]}/cancel')
    assert 'Cancel the audit?' in question.text
    assert audit_of(house, page)['state'] != 'CANCELLED'
    assert 'Cancelled' in visitor.send(question, '/cancel').text
    assert audit_of(house, page)['state'] == 'CANCELLED'
    gone = visitor.send(visitor.get(f'/audits/{audit["uuid"]}/archive'), '/archive')
    assert gone.path == '/dashboard/audits'
    assert visitor.get(f'/audits/{audit["uuid"]}').status == 404


def test_an_event_audit_is_run_by_hand(new, visitor, house):
    page = new(audit_type='EVENT', name='on call')
    audit = audit_of(house, page)
    assert 'Run it now' in page.text
    visitor.send(visitor.get(f'/audits/{audit["uuid"]}/trigger'), '/trigger')
    deadline = time.monotonic() + 30
    while not (plans := visitor.get(f'/audits/{audit["uuid"]}')).text.count('Recommended'):
        assert time.monotonic() < deadline, plans.text


def test_a_failed_audit_says_why(new, visitor, house):
    audit = audit_of(house, new('host_maintenance', **{'p.maintenance_node': 'nowhere'}))
    assert ended(house, audit)['state'] == 'FAILED'
    page = visitor.get(f'/audits/{audit["uuid"]}')
    assert 'Failed' in page.text
    assert 'nowhere' in page.text
    assert 'nowhere' in visitor.get('/audits').text


def test_what_runs_is_asked_after_until_it_has_ended(new, visitor, house):
    audit = audit_of(house, new())
    assert ended(house, audit)['state'] in AUDIT_ENDED
    assert visitor.get(f'/audits/{audit["uuid"]}/state').headers['X-Live'] == 'end'
    assert 'data-live' not in visitor.get(f'/audits/{audit["uuid"]}').html


def test_another_like_it_begins_with_its_parameters(new, visitor, house):
    page = new(**{'p.para2': 'like this'})
    again = next(link for link in page.links if 'like=' in link).replace('/dashboard', '')
    assert dict(visitor.get(again).form('/audits/new').fields)['p.para2'] == 'like this'


def test_names_full_of_markup_are_text(new, visitor, house):
    name = '<script>alert("1")</script><b>'
    page = new(name=name, **{'p.para2': '</textarea><img src=x onerror=alert(1)>'})
    question = visitor.get(f'{page.path}/archive'.replace('/dashboard', ''))
    for shown in (page, visitor.get('/audits'), question):
        assert name in shown.text
        assert '<script>alert' not in shown.html
        assert '<img' not in shown.html


def test_an_older_page_of_the_list_is_a_link_away(visitor, house):
    rows = requests.get(f'{house.url}/v1/strategies', timeout=60).json()['strategies']
    dummy = next(row for row in rows if row['name'] == 'dummy')
    body = {'goal': dummy['goal_uuid'], 'strategy': dummy['uuid'], 'audit_type': 'EVENT'}
    for number in range(30):
        requests.post(f'{house.url}/v1/audits', timeout=60, json={**body, 'name': f'no {number}.'})
    first = visitor.get('/audits', strategy='dummy')
    assert 'no 29.' in first.text
    assert 'no 3.' not in first.text
    older = visitor.get(next(link for link in first.links if 'marker=' in link).replace('/dashboard', ''))
    assert 'no 3.' in older.text
    assert 'no 29.' not in older.text
    assert 'To the newest' in older.text


def test_there_is_no_such_audit_or_deed(visitor, new):
    assert visitor.get('/audits/00000000-0000-4000-8000-0000000000ff').status == 404
    assert visitor.get(f'{new().path}/explode'.replace('/dashboard', '')).status == 404
    page = visitor.get('/audits/new', strategy='guesswork')
    assert page.status == 404
    assert 'guesswork' in page.text


def test_a_strategy_is_chosen_first(visitor):
    page = visitor.get('/audits/new')
    assert 'Which way is it to go?' in page.text
    assert '/dashboard/audits/new?strategy=rule_repair' in page.links


def test_parameters_of_all_strategies_have_controls_with_labels(visitor, house):
    for row in requests.get(f'{house.url}/v1/strategies/detail', timeout=60).json()['strategies']:
        page = visitor.get('/audits/new', strategy=row['name'])
        assert page.status == 200, row['name']
        for field in fields(row['parameters_spec'] or {}):
            assert f'name="p.{field.name}"' in page.html, (row['name'], field.name)
            assert f'for="p.{field.name}"' in page.html or f'describedby="p.{field.name}-hint"' in page.html
        assert len(page.ids) == len(set(page.ids)), row['name']


def test_history_tells_what_was_promised_and_what_came(visitor, house):
    client = Client(house.url)
    rows = {row['name']: row for row in client.strategies()}
    template = client.create_template('for history', 'server_consolidation', 'vm_workload_consolidation')
    audit = client.wait_for_audit(client.create_audit(template, {}))
    plan = client.plan_of(audit['uuid'])
    client.start(plan['uuid'])
    *_, last = client.follow(plan['uuid'])
    assert last['state'] == 'SUCCEEDED'
    deadline = time.monotonic() + 60
    while client.explained(plan['uuid'])['measured'] is None:
        assert time.monotonic() < deadline
    page = visitor.get('/history', strategy='vm_workload_consolidation')
    assert 'Compute nodes that the plan empties' in page.text
    assert 'of 1 promises kept within 5 %' in page.text
    assert f'/dashboard/plans/{plan["uuid"]}' in page.links
    assert 'of vm workload consolidation' in visitor.get('/history').text
    by_goal = visitor.get('/history', goal=rows['dummy']['goal_name'])
    assert 'dummy' in by_goal.text


def test_strategies_tell_what_they_need(visitor):
    listed = visitor.get('/strategies')
    assert 'Server Consolidation' in listed.text
    assert '/dashboard/audits/new?strategy=basic' in listed.links
    assert 'all is there' in visitor.get('/strategies/vm_workload_consolidation/needs').text
    page = visitor.get('/strategies/vm_workload_consolidation')
    assert 'host cpu usage' in page.text
    assert 'headroom' in page.text
    assert visitor.get('/strategies/guesswork').status == 404


def test_a_template_is_made_used_and_deleted(visitor, house):
    form = visitor.get('/templates/new', strategy='dummy')
    assert 'A template needs a name.' in visitor.send(form, '/templates/new').text
    made = visitor.send(form, '/templates/new', name='weekly', description='each week', zone='az-2',
                        **{'p.para2': 'preset'})
    assert made.path == '/dashboard/templates'
    assert 'availability zones az-2' in made.text
    assert 'para2: preset' in made.text
    assert 'para1' not in made.text
    assert 'weekly' in visitor.send(form, '/templates/new', name='weekly').text
    use = next(link for link in made.links if 'template=' in link).replace('/dashboard', '')
    page = visitor.get(use)
    assert 'from the template weekly' in page.text
    assert dict(page.form('/audits/new').fields)['p.para2'] == 'preset'
    audit = audit_of(house, visitor.send(page, '/audits/new'))
    assert audit['scope'] == [{'compute': [{'availability_zones': [{'name': 'az-2'}]}]}]
    assert json.dumps(audit['parameters']) == '{"para1": 3.2, "para2": "preset"}'
    delete = next(link for link in made.links if link.endswith('/delete')).replace('/dashboard', '')
    gone = visitor.send(visitor.get(delete), '/delete')
    assert 'weekly' not in gone.text

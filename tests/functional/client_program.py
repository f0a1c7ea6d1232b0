# SPDX-License-Identifier: Apache-2.0
"""What a program does with python-watcherclient; run where that is installed, it ends by saying done."""

import os
import time

from watcherclient import client
from watcherclient.common.apiclient import exceptions

ENDED = ('SUCCEEDED', 'FAILED', 'CANCELLED')


def main():
    watcher = connect()
    read_catalogue(watcher)
    template = keep_template(watcher)
    plan, actions = audit(watcher, template)
    carry_out(watcher, plan, actions)
    clean_up(watcher, template, plan)
    refused(watcher)
    print('done')


def connect():
    names = ('username', 'password', 'project_name', 'auth_url', 'user_domain_id', 'project_domain_id')
    return client.get_client('1', os_infra_optim_api_version='1.5', os_region_name='RegionOne', **{
        f'os_{name}': os.environ[f'OS_{name.upper()}'] for name in names})


def read_catalogue(watcher):
    names = [goal.name for goal in watcher.goal.list(sort_key='name', sort_dir='asc', detail=True)]
    assert names == sorted(names), names
    # 0 asks for everything, by the links from page to page.
    assert {goal.name for goal in watcher.goal.list(limit=0)} == set(names)
    assert len(watcher.goal.list(limit=1)) == 1
    assert watcher.goal.get('dummy').uuid == watcher.goal.get(watcher.goal.get('dummy').uuid).uuid
    assert 'para1' in watcher.strategy.get('dummy').parameters_spec['properties']
    assert [way.name for way in watcher.strategy.list(goal='dummy')][:1] == ['dummy']
    assert [row.type for row in watcher.strategy.state('dummy')] == ['Datasource', 'Metrics', 'CDM', 'Name']
    assert {service.status for service in watcher.service.list()} == {'ACTIVE'}
    assert watcher.service.get('watcher-applier').last_seen_up
    assert 'dummy_scorer' in {engine.name for engine in watcher.scoring_engine.list()}
    assert watcher.data_model.list().context


def keep_template(watcher):
    template = watcher.audit_template.create(name='by program', goal='dummy', strategy='dummy')
    described = watcher.audit_template.update(
        template.uuid, [{'op': 'add', 'path': '/description', 'value': 'Grüße'}])
    assert described.description == 'Grüße'
    assert watcher.audit_template.get('by program').uuid == template.uuid
    found = watcher.audit_template.list(goal='dummy', strategy='dummy')
    assert template.uuid in [each.uuid for each in found]
    return template


def audit(watcher, template):
    made = watcher.audit.create(audit_template_uuid=template.uuid, audit_type='ONESHOT', name='by program',
                                parameters={'para1': 4.5})
    done = ended(watcher.audit, made.uuid)
    assert (done.state, done.parameters['para1']) == ('SUCCEEDED', 4.5), done
    [plan] = watcher.action_plan.list(audit=made.uuid, detail=True)
    actions = watcher.action.list(action_plan=plan.uuid, detail=True)
    assert [action.action_type for action in actions] == ['nop', 'nop', 'sleep']
    assert [each.uuid for each in watcher.action.list(audit=made.uuid)] == [each.uuid for each in actions]
    return plan, actions


def carry_out(watcher, plan, actions):
    skip = [{'op': 'replace', 'path': '/state', 'value': 'SKIPPED'},
            {'op': 'replace', 'path': '/status_message', 'value': 'enough'}]
    skipped = watcher.action.update(actions[0].uuid, skip)
    assert skipped.status_message == 'Action skipped by user. Reason: enough'
    watcher.action_plan.start(plan.uuid)
    assert ended(watcher.action_plan, plan.uuid).state == 'SUCCEEDED'
    states = [watcher.action.get(action.uuid).state for action in actions]
    assert states == ['SKIPPED', 'SUCCEEDED', 'SUCCEEDED'], states


def clean_up(watcher, template, plan):
    watcher.action_plan.delete(plan.uuid)
    watcher.audit.delete('by program')
    watcher.audit_template.delete(template.uuid)
    for get, key in ((watcher.action_plan.get, plan.uuid), (watcher.audit.get, 'by program'),
                     (watcher.audit_template.get, template.uuid)):
        assert raised(get, key) is exceptions.NotFound


def refused(watcher):
    assert raised(watcher.goal.get, 'no such') is exceptions.NotFound
    assert raised(watcher.goal.list, sort_key='no such') is exceptions.BadRequest
    assert raised(watcher.audit.create, audit_type='ONESHOT', goal='no such') is exceptions.NotFound
    assert raised(watcher.audit.create, audit_type='HOURLY', goal='dummy') is exceptions.BadRequest


def ended(manager, uuid):
    deadline = time.monotonic() + 120
    while (row := manager.get(uuid)).state not in ENDED:
        assert time.monotonic() < deadline, f'{uuid} is {row.state}'
        time.sleep(0.5)
    return row


def raised(call, *words, **values):
    try:
        call(*words, **values)
    except exceptions.ClientException as error:
        return type(error) if str(error) else None
    return None


if __name__ == '__main__':
    main()

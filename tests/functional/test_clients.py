# SPDX-License-Identifier: Apache-2.0
"""Every `openstack optimize` command with its flags, as a process; each wrong use is told plainly."""

import json
from pathlib import Path

import pytest

from tests.functional.conftest import wait_for

pytestmark = pytest.mark.openstack

ENDED = ('SUCCEEDED', 'FAILED', 'CANCELLED')
UNKNOWN = '00000000-0000-4000-8000-000000000000'
NEWEST = ('--os-infra-optim-api-version', '1.7')
# What each noun is sorted by here, and whether its list takes a marker.
LISTS = {'goal': ('name', True), 'strategy': ('name', True), 'audittemplate': ('name', True),
         'audit': ('name', True), 'actionplan': ('uuid', True), 'action': ('uuid', True),
         'scoringengine': ('name', False), 'service': ('name', False)}


@pytest.fixture(scope='module')
def made(stack, watcher):
    """A template, two audits from it, their plans and actions: by name of what they are, the keys of them."""
    stack.command('optimize', 'audittemplate', 'create', 'kept', 'dummy', '-s', 'dummy')
    audits = [create_audit(stack, '-a', 'kept', '--name', name) for name in ('first', 'second')]
    plans = [plan_of(stack, audit) for audit in audits]
    [actions] = [stack.rows('optimize', 'action', 'list', '--action-plan', plans[0])]
    return {'goal': 'dummy', 'strategy': 'dummy', 'audittemplate': 'kept', 'audit': audits[0],
            'actionplan': plans[0], 'action': actions[0]['UUID'], 'scoringengine': 'dummy_scorer',
            'service': 'watcher-applier'}


def create_audit(stack, *words):
    """The uuid of an audit that has succeeded."""
    uuid = stack.rows('optimize', 'audit', 'create', *words, '--force')['UUID']
    assert wait_for('the end of the audit', lambda: state(stack, 'audit', uuid, ENDED)) == 'SUCCEEDED'
    return uuid


def plan_of(stack, audit):
    [plan] = stack.rows('optimize', 'actionplan', 'list', '--audit', audit)
    return plan['UUID']


def state(stack, noun, uuid, among):
    """Its state, if that is among these."""
    found = stack.rows('optimize', noun, 'show', uuid)['State']
    return found if found in among else None


def told(attempts):
    """What went wrong otherwise than by a sentence and an exit status, each with its command."""
    return [(attempt.args, attempt.returncode, attempt.stderr) for attempt in attempts
            if attempt.returncode == 0 or not attempt.stderr.strip() or 'Traceback' in attempt.stderr
            or 'Internal Server Error' in attempt.stderr]


def failed(attempts):
    return [(attempt.args, attempt.stderr) for attempt in attempts if attempt.returncode]


def test_lists_take_all_their_flags(stack, made):
    commands = []
    for noun, (key, takes_marker) in LISTS.items():
        listing = ('optimize', noun, 'list')
        commands += [listing, (*listing, '--detail', '--limit', '1', '--sort-key', key, '--sort-dir', 'desc'),
                     (*listing, '--limit', '0', '-f', 'csv')]
        if takes_marker:
            marker = stack.rows(*listing, '--limit', '1')[0]['UUID']
            commands.append((*listing, '--marker', marker, '--sort-key', key, '-f', 'yaml'))
    assert failed(stack.attempts(commands)) == []


def test_lists_are_filtered(stack, made):
    filters = [
        ('strategy', '--goal', 'dummy'), ('audittemplate', '--goal', 'dummy', '--strategy', 'dummy'),
        ('audit', '--goal', 'dummy', '--strategy', 'dummy'), ('actionplan', '--audit', made['audit']),
        ('action', '--action-plan', made['actionplan']), ('action', '--audit', made['audit'], '--detail')]
    attempts = stack.attempts([('optimize', noun, 'list', *words, '-f', 'json') for noun, *words in filters])
    assert failed(attempts) == []
    ways, templates, audits, plans, actions, same = (json.loads(attempt.stdout) for attempt in attempts)
    assert {row['Goal'] for row in ways} == {'dummy'}
    assert 'kept' in {row['Name'] for row in templates}
    assert {'first', 'second'} <= {row['Name'] for row in audits}
    assert [row['UUID'] for row in plans] == [made['actionplan']]
    assert len(actions) == 3
    assert [row['UUID'] for row in actions] == [row['UUID'] for row in same]


def test_one_of_each_is_shown(stack, made):
    attempts = stack.attempts([
        *(('optimize', noun, 'show', made[noun]) for noun in LISTS),
        ('optimize', 'strategy', 'state', 'vm_workload_consolidation'),
        ('optimize', 'datamodel', 'list'), ('optimize', 'datamodel', 'list', '--type', 'compute', '--detail'),
        (*NEWEST, 'optimize', 'datamodel', 'list', '--audit', made['audit'])])
    assert failed(attempts) == []
    assert 'prometheus: available' in attempts[len(LISTS)].stdout
    assert 'host1' in attempts[-1].stdout


def test_a_template_is_made_changed_and_deleted(stack, watcher, tmp_path):
    scope = Path(tmp_path / 'scope.yaml')
    scope.write_text('- compute:\n  - host_aggregates:\n    - id: "*"\n')
    stack.command(*NEWEST, 'optimize', 'audittemplate', 'create', 'spare one', 'dummy', '-s', 'dummy',
                  '-d', 'Grüße', '--scope', str(scope), '-p', 'para1=4.5')
    shown = stack.rows(*NEWEST, 'optimize', 'audittemplate', 'show', 'spare one')
    assert (shown['Description'], shown['Goal'], shown['Strategy']) == ('Grüße', 'dummy', 'dummy')
    update = ('optimize', 'audittemplate', 'update', 'spare one')
    stack.command(*update, 'replace', 'description=other')
    stack.command(*update, 'remove', 'description')
    stack.command(*update, 'add', 'description=again', 'scope=[]')
    assert stack.rows('optimize', 'audittemplate', 'show', 'spare one')['Description'] == 'again'
    stack.command('optimize', 'audittemplate', 'create', 'spare two', 'dummy')
    stack.command('optimize', 'audittemplate', 'delete', 'spare one', 'spare two')
    names = {row['Name'] for row in stack.rows('optimize', 'audittemplate', 'list')}
    assert not names & {'spare one', 'spare two'}


def test_an_audit_is_made_changed_and_deleted(stack, watcher):
    audit = create_audit(stack, '-g', 'dummy', '-s', 'dummy', '-p', 'para1=4.5', '-p', 'para2=hi',
                         '-t', 'ONESHOT', '--name', 'spare')
    shown = stack.rows('optimize', 'audit', 'show', 'spare')
    assert (shown['UUID'], shown['Goal'], shown['Strategy']) == (audit, 'dummy', 'dummy')
    assert "'para1': 4.5" in str(shown['Parameters'])
    assert stack.rows('optimize', 'audit', 'update', audit, 'add', 'interval=2')['Interval'] == '2'
    stack.command('optimize', 'audit', 'update', 'spare', 'replace', 'end_time=2040-01-02T03:04:05')
    assert stack.rows('optimize', 'audit', 'show', audit)['End Time'] == '2040-01-02T03:04:05'
    plan = plan_of(stack, audit)
    stack.command('optimize', 'audit', 'delete', 'spare')
    assert stack.attempt('optimize', 'audit', 'show', audit).returncode
    assert plan_of(stack, audit) == plan


def test_a_continuous_audit_goes_on_until_it_is_cancelled(stack, watcher):
    audit = stack.rows(
        'optimize', 'audit', 'create', '-g', 'dummy', '-t', 'CONTINUOUS', '-i', '600', '--name', 'again',
        '--start-time', '2020-01-01T00:00:00', '--end-time', '2040-01-01T00:00:00', '--force')['UUID']
    wait_for('the first run', lambda: state(stack, 'audit', audit, ['ONGOING']))
    stack.command('optimize', 'audit', 'update', audit, 'replace', 'interval=*/5 * * * *')
    stack.command('optimize', 'audit', 'update', audit, 'replace', 'state=CANCELLED')
    stack.command('optimize', 'audit', 'delete', audit)


def test_an_audit_may_launch_its_plan_itself(stack, watcher):
    plan = plan_of(stack, create_audit(stack, '-g', 'dummy', '--auto-trigger', '--name', 'at once'))
    wait_for('the end of the plan', lambda: state(stack, 'actionplan', plan, ['SUCCEEDED']))


def test_a_plan_is_started_with_an_action_left_out_and_deleted(stack, watcher):
    plan = plan_of(stack, create_audit(stack, '-g', 'dummy', '--name', 'to start'))
    [first, *others] = stack.rows('optimize', 'action', 'list', '--action-plan', plan)
    skipped = stack.rows(
        'optimize', 'action', 'update', first['UUID'], '--state', 'SKIPPED', '--reason', 'enough')
    assert skipped['Status Message'] == 'Action skipped by user. Reason: enough'
    stack.command('optimize', 'actionplan', 'start', plan)
    wait_for('the end of the plan', lambda: state(stack, 'actionplan', plan, ['SUCCEEDED']))
    actions = stack.rows('optimize', 'action', 'list', '--action-plan', plan)
    assert [action['State'] for action in actions] == ['SKIPPED', *('SUCCEEDED' for _ in others)]
    stack.command('optimize', 'actionplan', 'delete', plan)


def test_plans_are_cancelled_by_either_command(stack, watcher):
    audits = [create_audit(stack, '-g', 'dummy', '--name', name) for name in ('to cancel', 'to update')]
    one, other = (plan_of(stack, audit) for audit in audits)
    stack.command('optimize', 'actionplan', 'cancel', one)
    stack.command('optimize', 'actionplan', 'update', other, 'replace', 'state=CANCELLED')
    assert [state(stack, 'actionplan', plan, ENDED) for plan in (one, other)] == ['CANCELLED', 'CANCELLED']
    stack.command('optimize', 'actionplan', 'delete', one, other)


def test_what_is_not_there_is_said_to_be_not_there(stack, made):
    attempts = stack.attempts([
        *(('optimize', noun, 'show', UNKNOWN) for noun in LISTS),
        # Of a plan the client itself refuses what is no uuid, without a word.
        *(('optimize', noun, 'show', 'no such') for noun in LISTS if noun != 'actionplan'),
        *(('optimize', noun, 'delete', UNKNOWN) for noun in ('audittemplate', 'audit', 'actionplan')),
        ('optimize', 'actionplan', 'start', UNKNOWN), ('optimize', 'actionplan', 'cancel', UNKNOWN),
        ('optimize', 'action', 'update', UNKNOWN, '--state', 'SKIPPED'),
        ('optimize', 'strategy', 'state', 'no such'),
        ('optimize', 'audit', 'create', '-g', 'no such'), ('optimize', 'audit', 'create', '-a', 'no such'),
        ('optimize', 'audittemplate', 'create', 'spare', 'no such'),
        ('optimize', 'audittemplate', 'create', 'spare', 'dummy', '-s', 'no such'),
        ('optimize', 'audittemplate', 'list', '--marker', UNKNOWN),
        ('optimize', 'datamodel', 'list', '--type', 'storage'),
        ('optimize', 'datamodel', 'list', '--audit', UNKNOWN)])
    assert told(attempts) == []
    assert all(word in attempts[0].stderr for word in ('Goal', UNKNOWN, 'could not be found'))


def test_what_is_wrong_is_said_to_be_wrong(stack, made):
    attempts = stack.attempts([
        *(('optimize', noun, 'list', '--limit', '-1') for noun in LISTS),
        ('optimize', 'goal', 'list', '--sort-key', 'no such'),
        ('optimize', 'goal', 'list', '--limit', 'many'),
        ('optimize', 'audit', 'create'), ('optimize', 'audit', 'create', '-g', 'dummy', '-t', 'HOURLY'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '-i', '60'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '-t', 'CONTINUOUS'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '-t', 'CONTINUOUS', '-i', 'now and then'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '-s', 'dummy', '-p', 'para1=100'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '-s', 'dummy', '-p', 'para9=1'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '-s', 'vm_workload_consolidation'),
        ('optimize', 'audit', 'create', '-g', 'dummy', '--name', 'first'),
        ('optimize', 'audit', 'update', made['audit'], 'replace', 'state=PENDING'),
        ('optimize', 'audit', 'update', made['audit'], 'replace', 'no_such=1'),
        ('optimize', 'audittemplate', 'create', 'kept', 'dummy'),
        ('optimize', 'audittemplate', 'create', 'spare', 'dummy', '-s', 'dummy', '-p', 'para1=2'),
        ('optimize', 'audittemplate', 'update', 'kept', 'remove', 'goal'),
        ('optimize', 'actionplan', 'update', made['actionplan'], 'replace', 'state=SUCCEEDED'),
        ('optimize', 'actionplan', 'list', '--audit', 'no uuid'),
        ('optimize', 'action', 'list', '--action-plan', 'no uuid'),
        ('optimize', 'action', 'list', '--audit', made['audit'], '--action-plan', made['actionplan']),
        ('optimize', 'action', 'update', made['action'], '--state', 'SUCCEEDED'),
        ('optimize', 'action', 'update', made['action']),
        ('--os-infra-optim-api-version', '1.99', 'optimize', 'goal', 'list')])
    assert told(attempts) == []


def test_who_is_no_administrator_may_do_nothing(stack, made):
    attempts = stack.attempts([
        *(('optimize', noun, 'list', *detail) for noun in LISTS for detail in ((), ('--detail',))),
        *(('optimize', noun, 'show', made[noun]) for noun in LISTS),
        ('optimize', 'strategy', 'state', 'dummy'), ('optimize', 'datamodel', 'list'),
        ('optimize', 'audit', 'create', '-g', 'dummy'), ('optimize', 'audittemplate', 'delete', 'kept'),
        ('optimize', 'audit', 'update', made['audit'], 'replace', 'name=taken'),
        ('optimize', 'audit', 'delete', made['audit']),
        ('optimize', 'actionplan', 'start', made['actionplan']),
        ('optimize', 'actionplan', 'update', made['actionplan'], 'replace', 'state=CANCELLED'),
        ('optimize', 'actionplan', 'delete', made['actionplan']),
        (*NEWEST, 'optimize', 'action', 'update', made['action'], '--state', 'SKIPPED')], user='demo')
    assert told(attempts) == []
    assert [attempt.args for attempt in attempts if "Policy doesn't allow" not in attempt.stderr] == []
    assert state(stack, 'actionplan', made['actionplan'], ['RECOMMENDED'])

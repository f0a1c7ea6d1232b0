# SPDX-License-Identifier: Apache-2.0
"""What the operator asks for is done, or refused before anything is done."""

import pytest

from tests.core.clusters import document, host, instance

FIRST, SECOND = (f'{number:032x}' for number in (1, 2))


@pytest.fixture
def two_hosts(town):
    return town(document([host('a'), host('b')], [instance(FIRST, 'a'), instance(SECOND, 'a')]))


def asked(action_type, resource_id=None, **parameters):
    about = {} if resource_id is None else {'resource_id': resource_id}
    return {'action_type': action_type, 'input_parameters': parameters, **about}


def test_actions_are_carried_out_in_the_order_in_which_they_are_asked_for(two_hosts):
    plan = two_hosts.plan('actuator', actions=[
        asked('nop', message='hello'),
        asked('migrate', FIRST, migration_type='live', source_node='a', destination_node='b'),
        asked('sleep', duration=0.1), asked('stop', SECOND)])
    uuids = [action['uuid'] for action in plan['actions']]
    assert [action['parents'] for action in plan['actions']] == [[], *([uuid] for uuid in uuids[:-1])]
    promised = {row['name']: row['predicted'] for row in plan['efficacy']}
    assert (promised['actions_count'], promised['instance_migrations_count']) == (4, 1)
    ended = two_hosts.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    one_by_one = sorted(ended['actions'], key=lambda row: row['ended_at'])
    assert [action['action_type'] for action in one_by_one] == ['nop', 'migrate', 'sleep', 'stop']
    assert two_hosts.standing() == {FIRST: 'b', SECOND: 'a'}
    world = two_hosts.cloud.world
    with world.lock:
        assert {server.name: server.vm_state for server in world.servers.values()} == {
            FIRST: 'active', SECOND: 'stopped'}


@pytest.mark.parametrize(('action', 'why'), [
    (asked('mirgate', FIRST), 'action 2 of 2, mirgate: there is no such action; there are change_node_power'),
    (asked('sleep', duration='long'), "action 2 of 2, sleep: duration: 'long' is not of type 'number'"),
    (asked('migrate', FIRST), "action 2 of 2, migrate: 'migration_type' is a required property")])
def test_an_action_that_can_not_be_done_keeps_the_others_from_beginning(two_hosts, action, why):
    audit = two_hosts.audit('actuator', actions=[asked('stop', SECOND), action])
    assert audit['state'] == 'FAILED'
    assert audit['status_message'].startswith(why)
    assert two_hosts.get(f'/v1/action_plans?audit_uuid={audit["uuid"]}')['action_plans'] == []


def test_a_dummy_s_resize_goes_to_nova_and_changes_nothing(two_hosts):
    plan = two_hosts.plan('dummy_with_resize', para1=1)
    ended = two_hosts.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    [resize] = [action for action in ended['actions'] if action['action_type'] == 'resize']
    assert resize['state'] == 'SKIPPED'
    assert 'already' in resize['status_message']

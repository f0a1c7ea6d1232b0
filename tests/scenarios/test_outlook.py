# SPDX-License-Identifier: Apache-2.0
"""What is told of the cloud agrees with what its plans do: rules, room, hosts that can be emptied."""

import requests

from tests.core.clusters import document, host, instance
from watcher_py.sim.generator import generate


def what_if(here, **asked):
    answer = requests.post(f'{here.house.url}/v2/what_if', json=asked, timeout=60)
    assert answer.ok, answer.text
    return answer.json()


def test_a_host_that_can_be_emptied_is_emptied_by_a_plan(town):
    here = town(generate(hosts=10, servers=60))
    name = here.get('/v2/hosts')['hosts'][0]['name']
    told = what_if(here, emptied_hosts=[name])
    leaving = {move['server'] for move in told['moves'] if move['from'] == name}
    plan = here.plan('host_maintenance', maintenance_node=name)
    planned = {row['input_parameters']['resource_name'] for row in plan['actions']
               if row['action_type'] == 'migrate' and row['input_parameters']['source_node'] == name}
    assert (planned, told['placed']) == (leaving, len(leaving))
    assert {row['name'] for row in told['unplaced']}.isdisjoint(leaving)


def test_a_rule_that_is_broken_is_told_and_can_be_repaired(town):
    pair = [f'{number:032x}' for number in range(2)]
    here = town(document([host('a'), host('b')], [instance(uuid, 'a') for uuid in pair], server_groups=[
        {'id': 'g', 'name': 'web', 'policy': 'anti-affinity', 'members': pair}]))
    broken, = here.get('/v2/violations')['violations']
    assert (broken['kind'], broken['what'], broken['hosts']) == ('anti-affinity', 'web', ['a'])
    plan = here.plan('rule_repair')
    assert (plan['before'], plan['after']) == (1, 0)
    moved, = (row['input_parameters']['resource_name'] for row in plan['actions'])
    assert moved in broken['servers']


def test_there_is_as_much_room_as_is_told(town):
    here = town(document([host('a'), host('b')], [instance(f'{0:032x}', 'a')]))
    one, = here.get('/v2/capacity')['sizes']
    size = {name: one[name] for name in ('vcpus', 'memory_mb', 'disk_gb')}
    assert what_if(here, add=[{'count': one['slots'], **size}])['fits']
    assert not what_if(here, add=[{'count': one['slots'] + 1, **size}])['fits']
    assert what_if(here, lost_hosts=['a'], add=[
        {'count': one['slots_after_loss_of_largest_host'], **size}])['fits']

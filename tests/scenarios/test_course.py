# SPDX-License-Identifier: Apache-2.0
"""What a plan comes to is told before it is carried out, with and without some of its moves."""

import requests

from tests.core.clusters import document, host, instance


def skip(here, uuids):
    """As an operator does before the plan is started."""
    for uuid in uuids:
        answer = requests.patch(
            f'{here.house.url}/v1/actions/{uuid}', timeout=60,
            json=[{'op': 'replace', 'path': '/state', 'value': 'SKIPPED'}],
            headers={'OpenStack-API-Version': 'infra-optim 1.7'})
        assert answer.ok, answer.text


def servers(nodes):
    return {row['node']: row['servers'] for row in nodes}


def standing(here):
    stood = list(here.standing().values())
    return {name: stood.count(name) for name in 'abc'}


def three_hosts():
    return document([host('a'), host('b'), host('c')],
                    [instance(f'{number:032x}', on) for number, on in enumerate('aabcccc')])


def test_a_plan_ends_as_its_course_says(town):
    here = town(three_hosts())
    plan = here.plan('node_resource_consolidation')
    course = here.get(f'/v2/action_plans/{plan["uuid"]}/course')
    assert (course['in_use_before'], course['in_use_after']) == (3, 1)
    assert course['end'] == plan['after'] == course['steps'][-1]['value']
    assert servers(course['before']) == standing(here)
    assert course['makespan_s'] == plan['makespan_s']
    here.carry_out(plan)
    assert standing(here) == servers(course['after'])
    progress = here.get(f'/v2/action_plans/{plan["uuid"]}/progress')
    assert (progress['state'], progress['by_state']) == ('SUCCEEDED', {'SUCCEEDED': len(plan['actions'])})


def test_a_plan_without_a_move_ends_as_was_previewed(town):
    here = town(three_hosts())
    plan = here.plan('node_resource_consolidation')
    one = next(row['uuid'] for row in plan['actions'] if row['input_parameters'].get('source_node') == 'a')
    path = f'/v2/action_plans/{plan["uuid"]}/course'
    course = here.get(f'{path}?without={one}')
    # What was to disable a host that keeps a server is of no use.
    dropped, = course['dropped']
    given = next(row['input_parameters'] for row in plan['actions'] if row['uuid'] == dropped)
    assert (given['resource_name'], given['state']) == ('a', 'disabled')
    skip(here, [one, dropped])
    assert here.get(path)['end'] == course['end'] == 2
    assert here.carry_out(plan)['state'] == 'SUCCEEDED'
    assert standing(here) == servers(course['after'])
    hosts = {row['name']: row['status'] for row in here.get('/v2/cluster')['hosts']}
    assert hosts['a'] == 'enabled'

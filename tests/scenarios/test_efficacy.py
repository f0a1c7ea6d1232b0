# SPDX-License-Identifier: Apache-2.0
"""A plan that keeps its promise and one that does not, measured in the cloud and told over REST."""

import time

from tests.core.clusters import document, host, instance
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.session import connect_with

PATIENCE = 30           # seconds


def until(ask):
    """The first answer that is not empty."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < end, 'it did not come'
        time.sleep(0.1)
    return answer


def measured(here, plan):
    """The plan, once it was measured."""
    path = f'/v2/action_plans/{plan["uuid"]}'
    until(lambda: here.get(path)['measured'])
    return here.get(path)


def figures(body, which):
    return {row['name']: row[which] for row in body['efficacy']}


def two_hosts():
    return document([host('a'), host('b')],
                    [instance(f'{number:032x}', on) for number, on in enumerate('abb')])


def test_a_consolidation_that_was_carried_out_has_released_its_node(town):
    here = town(two_hosts())
    plan = here.plan('node_resource_consolidation')
    promised = figures(plan, 'predicted')
    assert (promised['released_compute_nodes_count'], promised['instance_migrations_count']) == (1, 1)
    assert figures(plan, 'measured') == dict.fromkeys(promised)
    here.carry_out(plan)
    body = measured(here, plan)
    assert figures(body, 'measured') == promised
    assert body['measured']['global_efficacy'] == plan['global_efficacy']
    assert body['measured']['notes'] == []
    row, = here.get('/v2/efficacy?goal=server_consolidation&measured=true')['efficacy']
    assert (row['uuid'], row['efficacy']) == (plan['uuid'], body['efficacy'])


def test_a_server_that_comes_meanwhile_takes_from_what_was_promised(town):
    here = town(two_hosts())
    plan = here.plan('host_maintenance', maintenance_node='a', disable_live_migration=True,
                     disable_cold_migration=True)
    assert figures(plan, 'predicted') == {
        'maintained_nodes_count': 1, 'emptied_nodes_count': 1, 'stopped_instances_count': 1,
        'instance_migrations_count': 0, 'moved_gb': 0, 'downtime_s': 0}
    late, nova = f'{1:032x}', Compute(connect_with(here.cloud.credentials()))
    nova.live_migrate(late, 'a')
    until(lambda: nova.server(late).host == 'a')
    here.carry_out(plan)
    came_out = figures(measured(here, plan), 'measured')
    assert (came_out['stopped_instances_count'], came_out['emptied_nodes_count']) == (1, 0)

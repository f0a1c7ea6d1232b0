# SPDX-License-Identifier: Apache-2.0
"""The main job on a real OpenStack, through the unmodified clients."""

import pytest
import requests

from tests.functional.conftest import HOSTS, wait_for

pytestmark = pytest.mark.openstack

ENDED = ('SUCCEEDED', 'FAILED', 'CANCELLED')
PROMETHEUS = 'http://127.0.0.1:9090/api/v1/query'


def run_audit(stack, template, *parameters):
    """Audit and carry the plan out; the plan and its actions as the clients show them."""
    audit = stack.rows('optimize', 'audit', 'create', '-a', template, *parameters)['UUID']
    wait_for('the end of the audit', lambda: show(stack, 'audit', audit)['State'] in ENDED)
    assert show(stack, 'audit', audit)['State'] == 'SUCCEEDED', show(stack, 'audit', audit)
    [plan] = stack.rows('optimize', 'actionplan', 'list', '--audit', audit)
    assert plan['State'] == 'RECOMMENDED'
    stack.command('optimize', 'actionplan', 'start', plan['UUID'])
    wait_for('the end of the plan', lambda: show(stack, 'actionplan', plan['UUID'])['State'] in ENDED, 300)
    return show(stack, 'actionplan', plan['UUID']), stack.rows(
        'optimize', 'action', 'list', '--action-plan', plan['UUID'], '--detail')


def show(stack, noun, uuid):
    return stack.rows('optimize', noun, 'show', uuid)


def create_template(stack, name, goal, strategy):
    stack.command('optimize', 'audittemplate', 'create', name, goal, '-s', strategy)


@pytest.fixture(autouse=True)
def all_services_enabled(stack):
    yield
    for service in stack.services().values():
        stack.cloud.compute.enable_service(service)


def test_the_catalogue_is_shown(stack, watcher):
    goals = {row['Name'] for row in stack.rows('optimize', 'goal', 'list')}
    assert goals >= {'dummy', 'server_consolidation', 'cluster_maintaining'}
    strategies = {row['Name']: row['Goal'] for row in stack.rows('optimize', 'strategy', 'list')}
    assert strategies['vm_workload_consolidation'] == 'server_consolidation'


def test_consolidation_empties_hosts_and_disables_them(stack, watcher):
    servers = {server.id for server in stack.cloud.compute.servers(all_projects=True)}
    wait_for('the load of every server', lambda: servers <= measured())
    before = stack.placed()
    create_template(stack, 'consolidate', 'server_consolidation', 'vm_workload_consolidation')
    plan, actions = run_audit(stack, 'consolidate', '-p', 'period=60')
    assert plan['State'] == 'SUCCEEDED'
    assert {action['State'] for action in actions} == {'SUCCEEDED'}
    after = stack.placed()
    emptied = set(before.values()) - set(after.values())
    assert emptied
    assert len(set(after.values())) < len(set(before.values()))
    services = stack.services()
    assert {host for host in HOSTS if services[host].status == 'disabled'} == emptied
    moved = {name for name in before if before[name] != after[name]}
    assert {before[name] for name in moved} == emptied
    assert_groups_hold(stack)


def test_maintenance_empties_a_host_and_disables_it(stack, watcher):
    before = stack.placed()
    leaving = {name for name, host in before.items() if host == 'host3'}
    assert leaving
    create_template(stack, 'maintain', 'cluster_maintaining', 'host_maintenance')
    plan, actions = run_audit(stack, 'maintain', '-p', 'maintenance_node=host3')
    assert plan['State'] == 'SUCCEEDED'
    assert {action['State'] for action in actions} == {'SUCCEEDED'}
    after = stack.placed()
    assert 'host3' not in after.values()
    assert {name for name in before if before[name] != after[name]} == leaving
    assert_groups_hold(stack)
    service = stack.services()['host3']
    assert (service.status, service.disabled_reason) == ('disabled', 'watcher_maintaining')


def measured():
    """Servers that Prometheus has a load of."""
    answer = requests.get(PROMETHEUS, {'query': 'sum by (resource) (rate(ceilometer_cpu[60s]))'}, timeout=10)
    return {series['metric'].get('resource') for series in answer.json()['data']['result']}


def assert_groups_hold(stack):
    at = {server.id: server.compute_host for server in stack.cloud.compute.servers(all_projects=True)}
    for group in stack.cloud.compute.server_groups(all_projects=True):
        hosts = [at[member] for member in group.member_ids if member in at]
        expected = len(hosts) if group.policy == 'anti-affinity' else min(1, len(hosts))
        assert len(set(hosts)) == expected, f'group {group.name} is broken: {hosts}'

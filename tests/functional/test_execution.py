# SPDX-License-Identifier: Apache-2.0
"""Each action on a real OpenStack: done, verified in Nova, stopped on the way, and taken back."""

import subprocess
from pathlib import Path

import pytest

from tests.functional.conftest import wait_for
from tests.functional.planned import Planned, move, on, store_of

pytestmark = pytest.mark.openstack

SOURCE, TARGET = 'host4', 'host2'
NAMES = ('live', 'cold', 'resized', 'stopped', 'shelved', 'deleted', 'long', 'forced', 'back')
SLOW = 60           # seconds of a live migration from a slow host, unless it is stopped or forced


@pytest.fixture(scope='module')
def planned(stack, watcher):
    return Planned(stack, store_of(watcher))


@pytest.fixture(scope='module')
def servers(stack):
    """Of our own, on one host."""
    compute = stack.cloud.compute
    flavor = compute.find_flavor('tiny').id
    image = stack.cloud.image.find_image('blank').id
    made = [compute.create_server(name=f'done-{name}', flavor_id=flavor, image_id=image, networks='none',
                                  host=SOURCE).id for name in NAMES]
    wait_for('the servers', lambda: all(compute.get_server(one).status == 'ACTIVE' for one in made))
    yield dict(zip(NAMES, (compute.get_server(one) for one in made), strict=True))
    for server in compute.servers(all_projects=True):
        if server.id in made:
            compute.delete_server(server, force=True)


@pytest.fixture(autouse=True)
def all_services_enabled(stack):
    yield
    for service in stack.services().values():
        stack.cloud.compute.enable_service(service)


@pytest.fixture
def slow_source(stack):
    """The source's live migrations last, so that something can be done to them meanwhile."""
    state = Path(stack.ministack[stack.ministack.index('--state') + 1])
    file = state / 'etc' / 'nova' / f'{SOURCE}.conf'
    usual = file.read_text()
    file.write_text(f'{usual}\n[ministack]\nmigration_seconds = {SLOW}\n')
    _restart_host(stack)
    yield
    file.write_text(usual)
    _restart_host(stack)


def _restart_host(stack):
    subprocess.run([*stack.ministack, 'down', '--only', f'nova-compute-{SOURCE}'], check=True)
    subprocess.run([*stack.ministack, '--with', 'prometheus', 'up'], check=True)
    wait_for('the host', lambda: stack.services()[SOURCE].state == 'up')


def now(stack, server):
    return stack.cloud.compute.get_server(server.id)


def test_every_action_on_servers_does_in_nova_what_it_says(stack, planned, servers):
    plan, actions = planned.run(
        ('change_nova_service_state', {'resource_id': 'host1', 'state': 'disabled',
                                       'disabled_reason': 'watcher_disabled'}),
        move(servers['live'], SOURCE, TARGET),
        move(servers['cold'], SOURCE, TARGET, 'cold'),
        ('resize', {**on(servers['resized']), 'flavor': 'small'}),
        ('stop', on(servers['stopped'])),
        ('shelve', on(servers['shelved'])),
        ('delete', on(servers['deleted'])))
    assert [(action.state, action.status_message) for action in actions] == [('SUCCEEDED', None)] * 7
    assert plan.state == 'SUCCEEDED'
    service = stack.services()['host1']
    assert (service.status, service.disabled_reason) == ('disabled', 'watcher_disabled')
    for name in ('live', 'cold'):
        server = now(stack, servers[name])
        assert (server.compute_host, server.status, server.task_state) == (TARGET, 'ACTIVE', None)
    resized = now(stack, servers['resized'])
    assert (resized.flavor['original_name'], resized.status) == ('small', 'ACTIVE')
    assert now(stack, servers['stopped']).status == 'SHUTOFF'
    assert now(stack, servers['shelved']).status in ('SHELVED', 'SHELVED_OFFLOADED')
    assert servers['deleted'].id not in {one.id for one in stack.cloud.compute.servers(all_projects=True)}


def test_what_can_not_be_done_is_told_with_its_reason(stack, planned, servers):
    plan, [action] = planned.run(('resize', {**on(servers['back']), 'flavor': 'no-such-flavor'}))
    assert (plan.state, action.state) == ('FAILED', 'FAILED')
    assert 'no-such-flavor' in action.status_message
    assert action.status_message in plan.status_message
    assert now(stack, servers['back']).compute_host == SOURCE


def test_a_move_that_a_group_forbids_by_now_is_not_made(stack, planned):
    """The servers of an anti-affinity group stay apart, whatever an old plan says."""
    at = stack.placed()
    web = stack.cloud.compute.find_server('web-1', all_projects=True)
    _, [action] = planned.run(move(web, at['web-1'], at['web-2']))
    after = stack.placed()
    assert len({after[name] for name in ('web-1', 'web-2', 'web-3')}) == 3
    assert action.state == ('SKIPPED' if after['web-1'] == at['web-1'] else 'SUCCEEDED')
    assert action.status_message


def test_a_running_live_migration_is_aborted_and_another_is_forced(stack, planned, servers, slow_source):
    def moving(server):
        return any(one.status == 'running' for one in stack.cloud.compute.server_migrations(server.id))

    plan = planned.start(planned.plan(move(servers['long'], SOURCE, TARGET), ('nop', {'message': 'after'})))
    wait_for('the migration', lambda: moving(servers['long']))
    stack.command('optimize', 'actionplan', 'cancel', plan)
    cancelled, actions = planned.ended(plan, SLOW)
    assert cancelled.state == 'CANCELLED'
    assert [action.state for action in actions] == ['CANCELLED', 'CANCELLED']
    server = now(stack, servers['long'])
    assert (server.compute_host, server.status, server.task_state) == (SOURCE, 'ACTIVE', None)
    assert newest_migration(stack, servers['long']).status == 'cancelled'

    plan = planned.start(planned.plan(move(servers['forced'], SOURCE, TARGET)))
    wait_for('the migration', lambda: moving(servers['forced']))
    [action] = planned.actions(plan)
    ask(stack, f'/v2/actions/{action.uuid}/force_complete')
    done, _ = planned.ended(plan, SLOW)
    assert done.state == 'SUCCEEDED'
    assert now(stack, servers['forced']).compute_host == TARGET


def newest_migration(stack, server):
    return max(stack.cloud.compute.migrations(instance_uuid=server.id), key=lambda one: one.created_at)


def ask(stack, path):
    """POST it to the service as the administrator."""
    cloud = stack.cloud
    service = next(cloud.identity.services(type='infra-optim'))
    [endpoint] = cloud.identity.endpoints(service_id=service.id, interface='public')
    answer = cloud.session.post(f'{endpoint.url}{path}', json={})
    assert answer.status_code == 202, answer.text


def test_a_plan_that_fails_half_way_is_rolled_back(stack, planned, servers):
    plan, actions = planned.run(
        ('change_nova_service_state', {'resource_id': 'host1', 'state': 'disabled',
                                       'disabled_reason': 'watcher_disabled'}),
        move(servers['back'], SOURCE, TARGET),
        ('stop', on(servers['back'])),
        ('nop', {'message': 'and then', 'fail_execute': True}),
        ('nop', {'message': 'never'}),
        on_failure='roll-back')
    assert plan.state == 'FAILED'
    assert [action.state for action in actions] == ['SUCCEEDED'] * 3 + ['FAILED', 'CANCELLED']
    assert all(action.status_message.startswith('Reverted') for action in actions[:3])
    server = now(stack, servers['back'])
    assert (server.compute_host, server.status, server.task_state) == (SOURCE, 'ACTIVE', None)
    assert stack.services()['host1'].status == 'enabled'

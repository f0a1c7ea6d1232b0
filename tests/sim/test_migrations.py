# SPDX-License-Identifier: Apache-2.0
"""Migrations take time, and end as Nova's do."""

from typing import Any

import pytest

from watcher_py.sim.migrations import FORCED_S, LINK_MIB_S, LIVE, QUEUED_S, SETUP_S, STUCK_S, seconds
from watcher_py.sim.records import Amounts, Flavor


def place(admin: Any, server: str) -> tuple[str, str]:
    shown = admin.server(server)
    return shown['status'], shown['OS-EXT-SRV-ATTR:host']


def test_a_live_migration_goes_from_queued_over_running_to_completed(cloud: Any, admin: Any) -> None:
    admin.live('plain', 'beta')
    assert admin.newest_migration('plain')['status'] == 'queued'
    assert (admin.server('plain')['status'], admin.server('plain')['OS-EXT-STS:task_state']) == (
        'MIGRATING', 'migrating')
    cloud.clock.advance(QUEUED_S)
    assert admin.newest_migration('plain')['status'] == 'running'
    assert admin.server('plain')['OS-EXT-SRV-ATTR:host'] == 'alpha'
    cloud.clock.advance(60)
    assert admin.newest_migration('plain')['status'] == 'completed'
    arrived = admin.server('plain')
    assert (arrived['status'], arrived['OS-EXT-SRV-ATTR:host'], arrived['OS-EXT-STS:task_state']) == (
        'ACTIVE', 'beta', None)


def test_a_paused_server_moves_live_and_stays_paused(cloud: Any, admin: Any) -> None:
    admin.live('frozen', 'beta')
    cloud.clock.advance(60)
    assert place(admin, 'frozen') == ('PAUSED', 'beta')


def test_the_time_goes_with_memory_and_link(cloud: Any, admin: Any) -> None:
    """2500 MiB in use: 1 s, and 1.3 times that over a link of 1250 MiB/s."""
    world = cloud.world
    alone = seconds(world, LIVE, world.servers['plain'], 'host-alpha', 'host-beta')
    assert alone == pytest.approx(SETUP_S + 2500 * 1.3 / LINK_MIB_S)
    admin.live('plain', 'beta')
    shared = seconds(world, LIVE, world.servers['locked'], 'host-alpha', 'host-gamma')
    assert shared == pytest.approx(SETUP_S + 2500 * 1.3 / (LINK_MIB_S / 2))
    elsewhere = seconds(world, LIVE, world.servers['near-1'], 'host-gamma', 'host-fast')
    assert elsewhere == pytest.approx(alone)


def test_it_ends_at_its_time_and_not_before(cloud: Any, admin: Any) -> None:
    admin.live('plain', 'beta')
    lasts = SETUP_S + 2500 * 1.3 / LINK_MIB_S
    cloud.clock.advance(lasts - 0.01)
    assert admin.server('plain')['status'] == 'MIGRATING'
    cloud.clock.advance(0.02)
    assert admin.server('plain')['status'] == 'ACTIVE'


@pytest.mark.parametrize(('server', 'state'), [('plain', 'ACTIVE'), ('off', 'SHUTOFF')])
def test_a_cold_migration_is_confirmed(cloud: Any, admin: Any, server: str, state: str) -> None:
    used = cloud.world.ledger.used('host-alpha').vcpus
    assert admin.cold(server, 'beta').status_code == 202
    assert admin.server(server)['status'] == 'RESIZE'
    cloud.clock.advance(60)
    assert admin.server(server)['status'] == 'VERIFY_RESIZE'
    assert admin.newest_migration(server)['status'] == 'finished'
    assert cloud.world.ledger.used('host-alpha').vcpus == used      # the way back stays open
    assert admin.act(server, confirmResize=None).status_code == 204
    assert cloud.world.ledger.used('host-alpha').vcpus == used - 2
    assert place(admin, server) == (state, 'beta')
    assert admin.newest_migration(server)['status'] == 'confirmed'


def test_a_cold_migration_is_reverted(cloud: Any, admin: Any) -> None:
    before = {host: cloud.world.ledger.used(host) for host in cloud.world.hosts}
    admin.cold('off', 'beta')
    cloud.clock.advance(60)
    assert admin.act('off', revertResize=None).status_code == 202
    assert place(admin, 'off') == ('SHUTOFF', 'alpha')
    assert admin.newest_migration('off')['status'] == 'reverted'
    assert {host: cloud.world.ledger.used(host) for host in cloud.world.hosts} == before


def test_there_is_nothing_to_confirm_without_a_migration(admin: Any) -> None:
    assert admin.act('plain', confirmResize=None).status_code == 409


def test_a_live_migration_can_be_aborted(cloud: Any, admin: Any) -> None:
    before = {host: cloud.world.ledger.used(host) for host in cloud.world.hosts}
    admin.live('plain', 'beta')
    cloud.clock.advance(QUEUED_S)
    running = admin.get('/servers/plain/migrations', '2.80')['migrations'][0]
    assert running['memory_total_bytes'] == 2500 * 1024 * 1024
    assert admin.ask('DELETE', f'/servers/plain/migrations/{running["id"]}', None, '2.24').status_code == 202
    assert admin.newest_migration('plain')['status'] == 'cancelled'
    assert place(admin, 'plain') == ('ACTIVE', 'alpha')
    assert {host: cloud.world.ledger.used(host) for host in cloud.world.hosts} == before
    cloud.clock.advance(60)
    assert admin.newest_migration('plain')['status'] == 'cancelled'


def test_what_does_not_run_can_not_be_aborted(cloud: Any, admin: Any) -> None:
    assert admin.ask('DELETE', '/servers/plain/migrations/1', None, '2.24').status_code == 404
    admin.live('plain', 'beta')
    assert admin.ask('DELETE', '/servers/plain/migrations/1', None, '2.24').status_code == 400   # queued
    cloud.clock.advance(60)
    assert admin.ask('DELETE', '/servers/plain/migrations/1', None, '2.65').status_code == 404


def test_a_failure_leaves_the_server_where_it_was_and_says_why(cloud: Any, admin: Any) -> None:
    before = {host: cloud.world.ledger.used(host) for host in cloud.world.hosts}
    cloud.faults.fail_migrations('plain', 'the link broke')
    assert admin.live('plain', 'beta').status_code == 202
    cloud.clock.advance(60)
    assert place(admin, 'plain') == ('ACTIVE', 'alpha')
    assert admin.newest_migration('plain')['status'] == 'error'
    assert {host: cloud.world.ledger.used(host) for host in cloud.world.hosts} == before
    action = admin.get('/servers/plain/os-instance-actions', '2.84')['instanceActions'][0]
    assert (action['action'], action['message']) == ('live-migration', 'Error')
    path = f'/servers/plain/os-instance-actions/{action["request_id"]}'
    events = admin.get(path, '2.84')['instanceAction']['events']
    assert (events[-1]['result'], events[-1]['details']) == ('Error', 'the link broke')


@pytest.mark.parametrize('lost', ['alpha', 'beta'])
def test_a_host_that_goes_down_fails_its_migrations(cloud: Any, admin: Any, lost: str) -> None:
    admin.live('plain', 'beta')
    cloud.world.host_down(lost)
    cloud.clock.advance(60)
    assert admin.newest_migration('plain')['status'] == 'error'
    assert admin.server('plain')['OS-EXT-SRV-ATTR:host'] == 'alpha'


@pytest.mark.parametrize(('kind', 'status'), [('live', 400), ('cold', 409)])
def test_nothing_leaves_a_host_that_is_down(cloud: Any, admin: Any, kind: str, status: int) -> None:
    cloud.world.host_down('alpha')
    assert getattr(admin, kind)('plain', 'beta').status_code == status


@pytest.mark.parametrize('wait', [0, 60])
def test_deleting_a_server_lets_go_of_all_it_held(cloud: Any, admin: Any, wait: int) -> None:
    admin.cold('plain', 'beta')
    cloud.clock.advance(wait)
    assert admin.ask('DELETE', '/servers/plain').status_code == 204
    assert all(consumer != 'plain' for consumer in cloud.world.ledger.claims)
    assert cloud.world.ledger.used('host-beta').vcpus == 3 * 2
    assert len(cloud.world.ledger.claims) == len(cloud.world.servers)
    cloud.clock.advance(60)
    assert admin.ask('GET', '/servers/plain').status_code == 404


def test_a_newer_nova_refuses_late(cloud: Any, admin: Any) -> None:
    cloud.faults.late_refusals = True
    assert admin.live('plain', 'tiny').status_code == 202
    assert admin.newest_migration('plain')['status'] == 'error'
    assert admin.server('plain')['status'] == 'ACTIVE'
    assert 'no room' in cloud.world.refusals[-1].reason
    action = admin.get('/servers/plain/os-instance-actions', '2.84')['instanceActions'][0]
    assert action['message'] == 'Error'


def grow(cloud: Any, name: str = 'm9', vcpus: int = 4, disk: int = 40) -> Flavor:
    flavor = Flavor(id=name, name=name, sizes=Amounts(vcpus, 8192, disk), extra_specs={})
    cloud.world.flavors[name] = flavor
    return flavor


@pytest.mark.parametrize(('server', 'state'), [('plain', 'ACTIVE'), ('off', 'SHUTOFF')])
def test_a_resize_holds_room_at_both_ends_until_it_is_confirmed(
        cloud: Any, admin: Any, server: str, state: str) -> None:
    grow(cloud)
    used = cloud.world.ledger.used('host-alpha')
    assert admin.act(server, resize={'flavorRef': 'm9'}).status_code == 202
    migration = admin.newest_migration(server)
    target = f'host-{migration["dest_compute"]}'
    assert (migration['migration_type'], admin.server(server)['status']) == ('resize', 'RESIZE')
    assert admin.server(server)['flavor']['original_name'] == 'm1'
    claimed = cloud.world.ledger.claims[server]
    assert (claimed.provider, claimed.amounts) == (target, (4, 8192, 40))
    assert cloud.world.ledger.used('host-alpha') == used
    cloud.clock.advance(60)
    shown = admin.server(server)
    assert (shown['status'], shown['flavor']['original_name']) == ('VERIFY_RESIZE', 'm9')
    assert admin.act(server, confirmResize=None).status_code == 204
    assert cloud.world.ledger.used('host-alpha').vcpus == used.vcpus - 2
    assert place(admin, server) == (state, migration['dest_compute'])


def test_a_resize_is_reverted(cloud: Any, admin: Any) -> None:
    grow(cloud)
    before = {host: cloud.world.ledger.used(host) for host in cloud.world.hosts}
    admin.act('plain', resize={'flavorRef': 'm9'})
    cloud.clock.advance(60)
    assert admin.act('plain', revertResize=None).status_code == 202
    assert place(admin, 'plain') == ('ACTIVE', 'alpha')
    assert admin.server('plain')['flavor']['original_name'] == 'm1'
    assert {host: cloud.world.ledger.used(host) for host in cloud.world.hosts} == before


@pytest.mark.parametrize(('server', 'flavor', 'status'), [
    ('plain', 'm1', 400), ('plain', 'no-such', 400), ('frozen', 'm9', 409), ('plain', 'vast', 400)])
def test_a_resize_that_can_not_be_is_refused(
        cloud: Any, admin: Any, server: str, flavor: str, status: int) -> None:
    grow(cloud)
    grow(cloud, 'vast', vcpus=100)
    assert admin.act(server, resize={'flavorRef': flavor}).status_code == status
    assert cloud.world.migrations == {}


def test_a_disk_does_not_shrink(cloud: Any, admin: Any) -> None:
    grow(cloud, disk=10)
    assert admin.act('plain', resize={'flavorRef': 'm9'}).status_code == 202
    cloud.clock.advance(60)
    assert place(admin, 'plain') == ('ACTIVE', 'alpha')
    assert admin.server('plain')['flavor']['original_name'] == 'm1'
    assert admin.newest_migration('plain')['status'] == 'error'


def force(admin: Any, server: str = 'plain') -> int:
    number = admin.newest_migration(server)['id']
    return admin.ask('POST', f'/servers/{server}/migrations/{number}/action', {'force_complete': None},
                     '2.96').status_code


def test_a_live_migration_that_is_stuck_runs_until_it_is_forced(cloud: Any, admin: Any) -> None:
    cloud.faults.stick_migrations('plain')
    admin.live('plain', 'beta')
    assert force(admin) == 400      # it is queued
    cloud.clock.advance(3600)
    assert admin.newest_migration('plain')['status'] == 'running'
    assert force(admin) == 202
    cloud.clock.advance(FORCED_S)
    assert place(admin, 'plain') == ('ACTIVE', 'beta')
    assert force(admin) == 404


@pytest.mark.parametrize('heals', [True, False])
def test_a_stuck_live_migration_ends_when_it_is_aborted_or_all_is_healed(
        cloud: Any, admin: Any, heals: bool) -> None:
    cloud.faults.stick_migrations('plain')
    admin.live('plain', 'beta')
    cloud.clock.advance(3600)
    number = admin.newest_migration('plain')['id']
    if heals:
        cloud.faults.heal()
    else:
        assert admin.ask('DELETE', f'/servers/plain/migrations/{number}', None, '2.65').status_code == 202
    cloud.clock.advance(STUCK_S)
    assert place(admin, 'plain') == ('ACTIVE', 'beta' if heals else 'alpha')


def test_a_forced_migration_needs_its_body(admin: Any) -> None:
    admin.live('plain', 'beta')
    number = admin.newest_migration('plain')['id']
    assert admin.ask('POST', f'/servers/plain/migrations/{number}/action', {}, '2.96').status_code == 400

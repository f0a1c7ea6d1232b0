# SPDX-License-Identifier: Apache-2.0
"""The deeds of a plan, on the emulated cloud: what was asked happens, and what is refused says why."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from watcher_py.cloud.compute import Compute
from watcher_py.cloud.session import connect_with
from watcher_py.core import document
from watcher_py.core.errors import NotFound, Refused, Unavailable
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Kind
from watcher_py.sim.server import Cloud


def _host(name, **more):
    return {'id': f'id-{name}', 'name': name, 'vcpus': 8, 'ram_mb': 8192, 'disk_gb': 100, **more}


def _server(name, host, **more):
    return {'id': name, 'name': name, 'host': f'id-{host}', 'vcpus': 2, 'ram_mb': 2048, 'disk_gb': 10, **more}


@pytest.fixture
def cloud():
    snapshot = document.read({
        'format': 'watcher-cluster', 'version': 1,
        'hosts': [_host('cn1'), _host('cn2'), _host('cn10'), _host('small', vcpus=1)],
        'instances': [_server('s1', 'cn1'), _server('s2', 'cn10'),
                      _server('off', 'cn1', state='stopped'), _server('locked', 'cn1', locked=True),
                      _server('little', 'cn10', vcpus=1, ram_mb=1024)]})
    with Cloud(snapshot, Clock(speed=0)) as cloud:
        yield cloud


@pytest.fixture
def nova(cloud):
    return Compute(connect_with(cloud.credentials('watcher')), tries=2, interval=0.001)


def test_a_live_migration_ends_on_the_host_that_was_asked_for(cloud, nova):
    nova.live_migrate('s1', 'cn2')
    running = nova.newest_migration('s1')
    assert (running.type, running.source, running.target) == ('live-migration', 'cn1', 'cn2')
    cloud.clock.advance(3600)
    assert (nova.server('s1').host, nova.server('s1').status) == ('cn2', 'ACTIVE')
    assert nova.newest_migration('s1').status == 'completed'
    assert nova.failure_reason('s1') is None


@pytest.mark.parametrize(('end', 'host'), [('confirm_resize', 'cn2'), ('revert_resize', 'cn1')])
def test_a_cold_migration_waits_for_its_word(cloud, nova, end, host):
    nova.cold_migrate('off', 'cn2')
    cloud.clock.advance(3600)
    assert nova.server('off').status == 'VERIFY_RESIZE'
    getattr(nova, end)('off')
    cloud.clock.advance(3600)
    assert (nova.server('off').host, nova.server('off').status) == (host, 'SHUTOFF')


def test_a_live_migration_can_be_aborted(cloud, nova):
    nova.live_migrate('s1', 'cn2')
    cloud.clock.advance(1)
    nova.abort_live_migration('s1', nova.newest_migration('s1').id)
    cloud.clock.advance(3600)
    assert nova.server('s1').host == 'cn1'


def test_a_live_migration_can_be_forced(cloud, nova):
    cloud.faults.stick_migrations('s1')
    nova.live_migrate('s1', 'cn2')
    cloud.clock.advance(3600)
    nova.force_live_migration('s1', nova.newest_migration('s1').id)
    cloud.clock.advance(1)
    assert nova.server('s1').host == 'cn2'


def test_a_server_is_resized(cloud, nova):
    small = {flavor.name: flavor for flavor in nova.flavors().rows}['c1-r1024-d10']
    nova.resize('s1', small.id)
    cloud.clock.advance(3600)
    now = nova.server('s1')
    assert (now.status, now.flavor, now.resources['VCPU']) == ('VERIFY_RESIZE', small.name, 1)
    nova.confirm_resize('s1')
    assert nova.server('s1').status == 'ACTIVE'
    assert nova.newest_migration('s1').type == 'resize'


def test_migrations_since_are_those_that_changed(cloud, nova):
    nova.live_migrate('s1', 'cn2')
    cloud.clock.advance(3600)
    nova.live_migrate('s2', 'cn1')
    since = nova.newest_migration('s2').created[:19]     # the second it was made in
    assert [one.server for one in nova.migrations_since(since)] == ['s2']
    nova.abort_live_migration('s2', nova.newest_migration('s2').id)
    assert [one.status for one in nova.migrations_since(since)] == ['cancelled']


def test_the_reason_of_a_failed_migration_is_told(cloud, nova):
    cloud.faults.fail_migrations('s1', 'the link broke')
    nova.live_migrate('s1', 'cn2')
    cloud.clock.advance(3600)
    assert nova.server('s1').host == 'cn1'
    assert nova.newest_migration('s1').status in ('error', 'failed')
    assert 'the link broke' in nova.failure_reason('s1')


@pytest.mark.parametrize('act', [
    lambda nova: nova.live_migrate('s1', 'small'), lambda nova: nova.cold_migrate('s1', 'small'),
    lambda nova: nova.live_migrate('s1', 'cn1'), lambda nova: nova.live_migrate('s1', 'nowhere'),
    lambda nova: nova.live_migrate('off', 'cn2'), lambda nova: nova.confirm_resize('s1'),
    lambda nova: nova.start('s1')])
def test_what_nova_refuses_is_refused_with_its_words_and_changes_nothing(cloud, nova, act):
    with pytest.raises((Refused, NotFound), match=r'^Nova: \w.{10,}'):
        act(nova)
    assert nova.newest_migration('s1') is None
    assert nova.server('s1').host == 'cn1'


def test_an_unknown_server_is_not_found(nova):
    for call in (nova.server, nova.stop, nova.delete):
        with pytest.raises(NotFound):
            call('nobody')


def test_who_is_no_admin_is_refused(cloud):
    assert 'olicy' in Compute(connect_with(cloud.credentials('demo')), tries=1).services().missing


def test_a_wrong_password_is_told(cloud):
    nova = Compute(connect_with({**cloud.credentials(), 'password': 'wrong'}), tries=1)
    with pytest.raises(Unavailable, match='Nova'):
        nova.server('s1')


def test_nova_that_fails_for_a_moment_is_asked_again(cloud, nova):
    cloud.faults.break_path('/servers/s1', 503)
    assert nova.server('s1').host == 'cn1'
    cloud.faults.break_path('/servers/s1', 500, times=9)
    with pytest.raises(Unavailable, match='told to fail'):
        nova.server('s1')


def test_a_service_is_disabled_with_its_reason_and_enabled_without(nova):
    nova.set_service('cn1', enabled=False, reason='watcher_disabled')
    assert (nova.service('cn1').enabled, nova.service('cn1').disabled_reason) == (False, 'watcher_disabled')
    assert nova.service('cn10').enabled
    nova.set_service('cn1', enabled=True)
    assert (nova.service('cn1').enabled, nova.service('cn1').disabled_reason) == (True, None)


def test_the_servers_on_a_host_are_listed(nova):
    assert {server.uuid for server in nova.servers_on('cn1')} == {'s1', 'off', 'locked'}
    assert nova.servers_on('cn2') == []


def test_a_server_is_stopped_and_started(nova):
    nova.stop('s1')
    assert nova.server('s1').vm_state == 'stopped'
    nova.start('s1')
    assert nova.server('s1').status == 'ACTIVE'


def test_more_servers_than_a_page_holds_are_all_listed():
    snapshot = document.read({
        'format': 'watcher-cluster', 'version': 1, 'hosts': [_host('cn1', vcpus=10_000, ram_mb=10_000)],
        'instances': [_server(f's{number}', 'cn1', vcpus=1, ram_mb=1, disk_gb=0) for number in range(2300)]})
    with Cloud(snapshot, Clock(speed=0)) as cloud:
        nova = Compute(connect_with(cloud.credentials()), tries=1)
        assert len({server.uuid for server in nova.servers().rows}) == 2300


@pytest.mark.parametrize('kind', sorted(set(Kind) - {Kind.HANG, Kind.SLOW, Kind.ROW}))
@pytest.mark.parametrize('part', ['/auth/tokens', '/compute/v2.1', '/servers/s1'])
def test_one_call_that_goes_wrong_spoils_nothing(cloud, kind, part):
    nova = Compute(connect_with(cloud.credentials('watcher')), tries=3, interval=0.001)
    cloud.faults.strike(part, kind)
    assert nova.server('s1').host == 'cn1'
    assert not cloud.faults.pending()


def test_all_who_must_log_in_again_at_once_do_so(cloud, nova):
    for _ in range(20):
        cloud.identity.revoke_all()
        with ThreadPoolExecutor(8) as readers:
            hosts = [readers.submit(nova.server, 's1') for _ in range(8)]
        assert {asked.result().host for asked in hosts} == {'cn1'}


def test_who_must_log_in_again_does_so(cloud, nova):
    assert nova.server('s1').host == 'cn1'
    cloud.identity.revoke_all()
    assert nova.server('s1').host == 'cn1'
    cloud.identity.revoke_all()
    nova.stop('s1')
    assert nova.server('s1').vm_state == 'stopped'

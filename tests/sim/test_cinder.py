# SPDX-License-Identifier: Apache-2.0
"""The emulated Cinder: what it shows, and volumes that are migrated and retyped."""

from dataclasses import replace

import openstack
import pytest
import requests

from tests.core.clusters import document, host, instance
from tests.core.storages import POOLS, pool, volume
from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

BUSY_FOR = 2 + 10 / 0.1                 # how long a volume of 10 GB is on its way


@pytest.fixture
def cloud():
    lists = {
        'pools': [pool(1, volume_types=['gold']), pool(2, volume_types=['gold', 'silver']),
                  pool(3, volume_types=['silver'], state='down'),
                  pool(4, volume_types=['silver'], free_gb=5)],
        'volumes': [volume('a', 1, type='gold', project='red'),
                    volume('used', 1, attached_to=['vm'], status='in-use'),
                    volume('kept', 1, snapshots=1), volume('broken', 1, status='error')],
        'volume_types': [{'name': 'gold'}, {'name': 'silver'}]}
    with Cloud(read(document([host('h')], [], **lists)), Clock(speed=0)) as cloud:
        yield cloud


@pytest.fixture
def sdk(cloud):
    connection = openstack.connection.Connection(auth=cloud.credentials(), region_name='RegionOne')
    yield connection
    connection.close()


def _act(cloud, uuid, user='admin', **action):
    """One action of a volume; `_` in its name stands for `-` the first time."""
    token = cloud.identity.issue(cloud.identity.user(user), 'password').id
    named = {key.replace('_', '-', 1): value for key, value in action.items()}
    return requests.post(f'{cloud.url}/volume/v3/any/volumes/{uuid}/action', json=named, timeout=30,
                         headers={'X-Auth-Token': token, 'OpenStack-API-Version': 'volume 3.61'})


def _migrate(cloud, uuid, target, **how):
    return _act(cloud, uuid, os_migrate_volume={'host': target, **how})


def _retype(cloud, uuid, new_type, policy='on-demand'):
    return _act(cloud, uuid, os_retype={'new_type': new_type, 'migration_policy': policy})


def _volume(cloud, uuid):
    return cloud.world.storage.volume(uuid)


def _later(cloud, seconds=BUSY_FOR):
    cloud.clock.advance(seconds)
    requests.get(f'{cloud.url}/volume/', timeout=30)       # any request brings the world up to date


def test_the_unmodified_sdk_reads_what_is_there(sdk):
    volumes = {one.id: one for one in sdk.block_storage.volumes(all_projects=True)}
    assert set(volumes) == {'a', 'used', 'kept', 'broken'}
    assert (volumes['a'].size, volumes['a'].host, volumes['a'].volume_type) == (10, POOLS[0], 'gold')
    assert volumes['used'].attachments[0]['server_id'] == 'vm'
    assert [one.name for one in sdk.block_storage.backend_pools()] == list(POOLS)
    assert {one.name for one in sdk.block_storage.types()} == {'gold', 'silver'}
    assert {(one.host, one.state) for one in sdk.block_storage.services()} == {
        (name.partition('#')[0], 'down' if name == POOLS[2] else 'up') for name in POOLS}


def test_a_migration_takes_time_and_room_in_both_pools(cloud):
    before = {name: one.free for name, one in cloud.world.storage.pools.items()}
    assert _migrate(cloud, 'a', POOLS[1]).status_code == 202
    assert (_volume(cloud, 'a').migration_status, _volume(cloud, 'a').status) == ('migrating', 'available')
    assert cloud.world.storage.pools[POOLS[1]].free == before[POOLS[1]] - 10
    _later(cloud, BUSY_FOR - 1)
    assert _volume(cloud, 'a').pool == POOLS[0]
    _later(cloud, 1)
    assert (_volume(cloud, 'a').pool, _volume(cloud, 'a').migration_status) == (POOLS[1], 'success')
    assert cloud.world.storage.pools[POOLS[0]].free == before[POOLS[0]] + 10


@pytest.mark.parametrize(('uuid', 'meanwhile', 'after'), [
    ('a', 'maintenance', 'available'), ('used', 'in-use', 'in-use')])
def test_a_locked_volume_that_nobody_uses_is_in_maintenance_while_it_moves(cloud, uuid, meanwhile, after):
    _migrate(cloud, uuid, POOLS[1], lock_volume=True)
    assert _volume(cloud, uuid).status == meanwhile
    _later(cloud)
    assert _volume(cloud, uuid).status == after


def _messages(cloud, volume):
    token = cloud.identity.issue(cloud.identity.user('admin'), 'password').id
    found = requests.get(f'{cloud.url}/volume/v3/any/messages', params={'resource_uuid': volume}, timeout=30,
                         headers={'X-Auth-Token': token, 'OpenStack-API-Version': 'volume 3.61'}).json()
    return [one['user_message'] for one in found['messages']]


def test_messages_tell_what_went_wrong_the_newest_first(cloud):
    _migrate(cloud, 'a', POOLS[3])
    cloud.faults.fail_migrations('a', 'the disk burns')
    _migrate(cloud, 'a', POOLS[1])
    _later(cloud)
    _retype(cloud, 'kept', 'silver')
    assert _messages(cloud, 'a') == [
        'the disk burns', 'migrate volume:Could not find any available weighted backend.']
    assert _messages(cloud, 'kept') == ['retype volume:Could not find any available weighted backend.']


def test_what_a_server_uses_is_exchanged_while_it_runs_only():
    lists = {'pools': [pool(1), pool(2)],
             'volumes': [volume('a', 1, attached_to=['vm'], status='in-use')]}
    snapshot = read(document([host('h')], [instance('vm', 'h', state='stopped')], **lists))
    with Cloud(snapshot, Clock(speed=0)) as cloud:
        connection = openstack.connection.Connection(auth=cloud.credentials(), region_name='RegionOne')
        assert [one.id for one in connection.compute.get_server('vm').attached_volumes] == ['a']
        connection.close()
        assert _migrate(cloud, 'a', POOLS[1]).status_code == 202
        _later(cloud)
        assert (_volume(cloud, 'a').migration_status, _volume(cloud, 'a').pool) == ('error', POOLS[0])
        assert "Cannot 'swap_volume'" in _messages(cloud, 'a')[0]


def test_a_deleted_server_frees_its_volumes(cloud):
    cloud.world.storage.detach('vm')
    assert (_volume(cloud, 'used').attached_to, _volume(cloud, 'used').status) == ((), 'available')


@pytest.mark.parametrize(('uuid', 'target'), [
    ('a', POOLS[0]), ('a', 'nowhere@lvm#p'), ('a', POOLS[2]), ('kept', POOLS[1]), ('broken', POOLS[1])])
def test_what_cinder_refuses_changes_nothing(cloud, uuid, target):
    answer = _migrate(cloud, uuid, target)
    assert answer.status_code == 400
    assert 'nvalid' in answer.json()['badRequest']['message']
    _later(cloud)
    assert _volume(cloud, uuid).pool == POOLS[0]


def test_a_volume_that_moves_already_is_refused(cloud):
    _migrate(cloud, 'a', POOLS[1])
    assert _migrate(cloud, 'a', POOLS[3]).status_code == 400


def test_that_a_pool_is_full_is_found_out_late(cloud):
    assert _migrate(cloud, 'a', POOLS[3]).status_code == 202
    assert (_volume(cloud, 'a').migration_status, _volume(cloud, 'a').pool) == ('error', POOLS[0])


def test_a_migration_can_be_made_to_fail(cloud):
    free = cloud.world.storage.pools[POOLS[1]].free
    cloud.faults.fail_migrations('a')
    _migrate(cloud, 'a', POOLS[1])
    _later(cloud)
    assert (_volume(cloud, 'a').migration_status, _volume(cloud, 'a').pool) == ('error', POOLS[0])
    assert cloud.world.storage.pools[POOLS[1]].free == free


def test_a_retyped_volume_stays_where_it_is_if_it_can(cloud):
    assert _retype(cloud, 'used', 'gold', 'never').status_code == 202
    assert _volume(cloud, 'used').status == 'retyping'
    _later(cloud, 2)
    found = _volume(cloud, 'used')
    assert (found.type, found.pool, found.status) == ('gold', POOLS[0], 'in-use')
    assert found.migration_status is None


def test_a_retyped_volume_moves_to_a_pool_that_offers_its_type(cloud):
    assert _retype(cloud, 'a', 'silver').status_code == 202
    _later(cloud)
    found = _volume(cloud, 'a')
    assert (found.type, found.pool, found.status, found.migration_status) == (
        'silver', POOLS[1], 'available', 'success')


@pytest.mark.parametrize(('uuid', 'policy'), [('a', 'never'), ('kept', 'on-demand')])
def test_a_volume_that_may_not_move_keeps_its_type(cloud, uuid, policy):
    former = _volume(cloud, uuid).type
    assert _retype(cloud, uuid, 'silver', policy).status_code == 202
    _later(cloud)
    assert (_volume(cloud, uuid).type, _volume(cloud, uuid).pool) == (former, POOLS[0])


@pytest.mark.parametrize(('uuid', 'new_type'), [('a', 'gold'), ('a', 'unheard of'), ('broken', 'gold')])
def test_a_type_that_it_can_not_have_is_refused(cloud, uuid, new_type):
    assert _retype(cloud, uuid, new_type).status_code == 400


def test_others_see_their_own_volumes_and_may_not_migrate(cloud):
    assert _act(cloud, 'a', 'demo', os_retype={'new_type': 'silver'}).status_code == 404
    own = replace(_volume(cloud, 'a'), uuid='own', project=cloud.identity.user('demo').project_id)
    cloud.world.storage.volumes['own'] = own
    assert _act(cloud, 'own', 'demo', os_migrate_volume={'host': POOLS[1]}).status_code == 403
    connection = openstack.connection.Connection(auth=cloud.credentials('demo'), region_name='RegionOne')
    assert [one.id for one in connection.block_storage.volumes()] == ['own']
    connection.close()


def test_an_action_that_is_none_is_refused(cloud):
    assert _act(cloud, 'a', os_paint={}).status_code == 400
    assert _act(cloud, 'nobody', os_retype={'new_type': 'gold'}).status_code == 404

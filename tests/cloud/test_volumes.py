# SPDX-License-Identifier: Apache-2.0
"""Cinder, read in a few calls, whatever its answers look like."""

import pytest
from oslo_config import cfg

from tests.core.clusters import document, host
from tests.core.storages import pool, volume
from watcher_py.cloud.session import connect, connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.conf import register
from watcher_py.core.document import read
from watcher_py.core.errors import NotFound, Refused, Unavailable
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud


def _cloud(**lists):
    return Cloud(read(document([host('a')], [], **lists)), Clock(speed=0))


def _cinder(cloud, user='watcher'):
    return Volumes(connect_with(cloud.credentials(user)), tries=2, interval=0.001)


@pytest.fixture
def cloud():
    lists = {'pools': [pool(1), pool(2, total_gb=None, free_gb='infinite')],
             'volumes': [volume('a', 1, project='red', type='gold', snapshots=2),
                         volume('b', 2, project='blue'), volume('c', None)],
             'volume_types': [{'name': 'gold'}, {'name': 'bare', 'extra_specs': {}}]}
    with _cloud(**lists) as cloud:
        yield cloud


def test_everything_of_all_projects_is_read_in_five_calls(cloud):
    cinder = _cinder(cloud)
    assert {one.name for one in cinder.pools().rows} == {'cinder1@lvm#pool1', 'cinder2@lvm#pool2'}
    assert {one.host for one in cinder.services().rows} == {'cinder1@lvm', 'cinder2@lvm'}
    assert {one.name for one in cinder.types().rows} == {'gold', 'bare'}
    assert {one.uuid: one.pool for one in cinder.volumes().rows} == {
        'a': 'cinder1@lvm#pool1', 'b': 'cinder2@lvm#pool2', 'c': None}
    assert [one.volume for one in cinder.snapshots().rows] == ['a', 'a']
    # One more for the versions that it offers.
    assert cloud.calls.by_service()['volume'] == 6


def test_more_volumes_than_a_page_holds_are_all_listed():
    with _cloud(pools=[pool(1)], volumes=[volume(f'v{number}', 1) for number in range(2300)]) as cloud:
        found = _cinder(cloud).volumes()
        assert found.is_whole
        assert len({one.uuid for one in found.rows}) == 2300


def test_a_cloud_without_cinder_is_known_by_its_catalog(cloud):
    assert _cinder(cloud).is_offered()
    with _cloud() as bare:
        assert not _cinder(bare).is_offered()


def test_where_the_operator_says_that_cinder_is_it_needs_no_catalog(tmp_path):
    path = tmp_path / 'watcher.conf'
    path.write_text('[watcher_clients_auth]\nauth_type = none\nendpoint = http://127.0.0.1:1\n'
                    '[cinder]\nendpoint_override = http://127.0.0.1:2/v3\n')
    conf = cfg.ConfigOpts()
    register(conf)
    conf([], project='watcher', default_config_files=[str(path)])
    assert Volumes(connect(conf), tries=1).is_offered()


def test_keystone_that_is_away_doesnt_mean_that_there_is_no_cinder():
    nobody = {'auth_url': 'http://127.0.0.1:1/v3', 'username': 'a', 'password': 'b', 'project_name': 'c',
              'user_domain_id': 'default', 'project_domain_id': 'default'}
    with pytest.raises(Unavailable, match='Cinder'):
        Volumes(connect_with(nobody), tries=1).is_offered()


def test_a_list_that_fails_is_told_and_the_others_are_read(cloud):
    cinder = _cinder(cloud)
    cloud.faults.break_path('/volumes/detail', times=9)
    volumes = cinder.volumes()
    assert volumes.rows == ()
    assert volumes.missing.startswith('volumes: Cinder')
    assert cinder.pools().is_whole


def test_who_is_no_admin_is_told_why(cloud):
    pools = _cinder(cloud, 'demo').pools()
    assert 'olicy' in pools.missing


def test_the_microversion_is_sent_in_cinders_words(script):
    script.newest = '3.70'
    script.answer('GET /os-services', (200, {'services': []}))
    Volumes(script.connection(), tries=1).services()
    assert script.asked[-1].headers['OpenStack-API-Version'] == 'volume 3.61'
    assert script.asked[-1].query == {'binary': 'cinder-volume'}


def test_types_are_paged_by_links_of_their_own_name(script):
    script.newest = '3.70'
    script.answer('GET /types',
                  (200, {'volume_types': [{'id': '1', 'name': 'a'}], 'volume_type_links': [{'rel': 'next'}]}),
                  (200, {'volume_types': [{'id': '2', 'name': 'b'}]}))
    assert [one.name for one in Volumes(script.connection(), tries=1).types().rows] == ['a', 'b']


def test_one_volume_is_read(cloud):
    found = _cinder(cloud).volume('a')
    assert (found.pool, found.type, found.status, found.migration_status) == (
        'cinder1@lvm#pool1', 'gold', 'available', None)
    assert found.updated


def test_a_volume_that_there_is_not_is_not_found(cloud):
    with pytest.raises(NotFound, match='Volume no-such could not be found'):
        _cinder(cloud).volume('no-such')


def test_a_volume_sets_out_for_another_pool_or_type(script):
    script.newest = '3.70'
    script.answer('POST /volumes/a/action', (202, ''))
    cinder = Volumes(script.connection(), tries=1)
    cinder.migrate('a', 'cinder2@lvm#pool2')
    cinder.retype('a', 'silver')
    assert [one.body for one in script.asked] == [
        {'os-migrate_volume': {'host': 'cinder2@lvm#pool2', 'lock_volume': True, 'force_host_copy': False}},
        {'os-retype': {'new_type': 'silver', 'migration_policy': 'on-demand'}}]


def test_a_pool_that_services_share_is_told_to_be_a_clusters(script):
    script.newest = '3.70'
    service = {'zone': 'nova', 'status': 'enabled', 'state': 'up'}
    script.answer('GET /os-services', (200, {'services': [
        service | {'host': 'h1@ceph', 'cluster': 'c@ceph'}, service | {'host': 'h2@lvm', 'cluster': None}]}))
    script.answer('POST /volumes/a/action', (202, ''))
    cinder = Volumes(script.connection(), tries=1)
    for pool_name in ('c@ceph#fast', 'h2@lvm#slow'):
        cinder.migrate('a', pool_name, cinder.is_of_cluster(pool_name))
    first, second = [one.body['os-migrate_volume'] for one in script.asked if one.body]
    assert (first['cluster'], second['host']) == ('c@ceph#fast', 'h2@lvm#slow')
    assert ('host' in first, 'cluster' in second) == (False, False)


def test_what_cinder_refuses_is_told_in_its_words(cloud):
    with pytest.raises(Refused, match='No available service named nowhere'):
        _cinder(cloud).migrate('b', 'nowhere')


def test_messages_tell_what_went_wrong_with_a_volume(cloud):
    cloud.world.storage.complain('a', 'the disk burns')
    cloud.world.storage.complain('b', 'the net is slow')
    cloud.world.storage.complain('a', 'it is out')
    assert [one.text for one in _cinder(cloud).messages('a')] == ['it is out', 'the disk burns']


def test_an_older_cinder_has_no_messages(script):
    script.newest = '3.4'
    assert Volumes(script.connection(), tries=1).messages('a') == []
    assert script.asked == []

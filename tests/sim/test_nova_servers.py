# SPDX-License-Identifier: Apache-2.0
"""Nova's servers: what is shown in which microversion, lists, boot and delete."""

from typing import Any

import pytest

from tests.sim.conftest import Client
from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud


@pytest.mark.parametrize(('field', 'since'), [
    ('OS-EXT-SRV-ATTR:hostname', 3), ('locked', 9), ('host_status', 16), ('tags', 26), ('server_groups', 71),
    ('locked_reason', 73), ('pinned_availability_zone', 96), ('scheduler_hints', 100)])
def test_a_field_appears_with_its_microversion(admin: Any, field: str, since: int) -> None:
    assert field not in admin.server('plain', f'2.{since - 1}')
    assert field in admin.server('plain', f'2.{since}')


def test_the_flavor_is_embedded_from_2_47(admin: Any) -> None:
    assert set(admin.server('plain', '2.46')['flavor']) == {'id', 'links'}
    assert admin.server('plain', '2.47')['flavor'] == {
        'vcpus': 2, 'ram': 4096, 'disk': 20, 'ephemeral': 0, 'swap': 0, 'original_name': 'm1',
        'extra_specs': {}}


@pytest.mark.parametrize(('asked', 'status'), [
    ('2.1', 200), ('2.100', 200), ('latest', 200), ('2.101', 406), ('3.0', 406), ('two', 400)])
def test_a_microversion_out_of_range_is_not_acceptable(admin: Any, asked: str, status: int) -> None:
    answer = admin.ask('GET', '/servers', None, asked)
    assert answer.status_code == status
    if asked == 'latest':
        assert answer.headers['OpenStack-API-Version'] == 'compute 2.100'


@pytest.mark.parametrize(('version', 'body', 'status'), [
    ('2.67', {'host': 'beta', 'block_migration': 'auto', 'force': False}, 202),
    ('2.68', {'host': 'beta', 'block_migration': 'auto', 'force': False}, 400),
    ('2.24', {'host': 'beta', 'block_migration': False, 'disk_over_commit': False}, 202),
    ('2.25', {'host': 'beta'}, 400), ('2.96', None, 400)])
def test_the_body_of_a_live_migration_goes_with_the_microversion(
        admin: Any, version: str, body: Any, status: int) -> None:
    assert admin.act('plain', version, os_migrateLive=body).status_code == status


@pytest.mark.parametrize('body', [{}, {'dance': None}, {'os-stop': None, 'os-start': None}, []])
def test_an_unknown_action_is_a_bad_request(admin: Any, body: Any) -> None:
    assert admin.ask('POST', '/servers/plain/action', body).status_code == 400


@pytest.mark.parametrize(('query', 'names'), [
    ('host=gamma', {'near-1', 'near-2', 'shuns-avx'}), ('status=PAUSED', {'frozen'}),
    ('status=shutoff', {'off'}), ('name=pair', {'pair-1', 'pair-2', 'pair-3'}),
    ('project_id=emca', {'tenant'})])
def test_lists_are_filtered(admin: Any, query: str, names: set[str]) -> None:
    found = admin.get(f'/servers?all_tenants=1&{query}')['servers']
    assert {server['name'] for server in found} == names


def test_a_list_goes_on_at_its_marker(admin: Any) -> None:
    first = admin.get('/servers?all_tenants=1&limit=10')
    assert 'marker=' in first['servers_links'][0]['href']
    last = admin.get(f'/servers?all_tenants=1&limit=10&marker={first["servers"][-1]["id"]}')
    assert 'servers_links' not in last
    assert len({server['id'] for server in first['servers'] + last['servers']}) == 18
    assert admin.ask('GET', '/servers?all_tenants=1&marker=ghost').status_code == 400
    assert admin.ask('GET', '/servers?limit=many').status_code == 400


def test_the_newest_come_first(admin: Any) -> None:
    flavor = admin.get('/flavors')['flavors'][0]['id']
    body = {'server': {'name': 'new', 'flavorRef': flavor}}
    new = admin.ask('POST', '/servers', body).json()['server']['id']
    assert admin.get('/servers?all_tenants=1&limit=1')['servers'][0]['id'] == new


def test_no_page_is_longer_than_the_cloud_allows(document: Any) -> None:
    with Cloud(read(document), Clock(speed=0), page=4) as cloud:
        admin = Client(cloud, 'admin')
        for path, name, count in (('/servers?all_tenants=1&limit=10', 'servers', 4),
                                  ('/os-server-groups?all_projects=1', 'server_groups', 3),
                                  ('/os-hypervisors', 'hypervisors', 4)):
            assert len(admin.get(path, '2.53')[name]) == count


def test_a_marker_holds_its_place_when_its_server_is_deleted(admin: Any) -> None:
    everyone = [server['id'] for server in admin.get('/servers?all_tenants=1')['servers']]
    first = admin.get('/servers?all_tenants=1&limit=10')['servers']
    admin.ask('DELETE', f'/servers/{first[-1]["id"]}')
    rest = admin.get(f'/servers?all_tenants=1&limit=10&marker={first[-1]["id"]}')['servers']
    assert [server['id'] for server in rest] == everyone[10:]


def test_a_deleted_server_keeps_its_host_and_its_time(cloud: Any, admin: Any) -> None:
    cloud.clock.advance(100)
    admin.ask('DELETE', '/servers/plain')
    cloud.clock.advance(100)
    gone, = admin.get('/servers/detail?all_tenants=1&changes-since=2026-01-05T08:00:10Z', '2.100')['servers']
    assert (gone['OS-EXT-SRV-ATTR:host'], gone['OS-EXT-STS:vm_state'], gone['OS-EXT-STS:task_state'],
            gone['updated'], gone['host_status']) == ('alpha', 'deleted', None, '2026-01-05T08:01:40Z', '')
    later = admin.get('/servers/detail?all_tenants=1&changes-since=2026-01-05T08:01:41Z')
    assert later['servers'] == []


def changed_since(admin: Any, moment: str) -> set[str]:
    found = admin.get(f'/servers/detail?all_tenants=1&changes-since={moment}')['servers']
    return {server['id'] for server in found}


@pytest.mark.parametrize('deed', [
    {'lock': None}, {'os_stop': None}, {'pause': None}, {'migrate': None},
    {'os_migrateLive': {'host': 'beta', 'block_migration': 'auto'}}])
def test_every_change_is_told_of(cloud: Any, admin: Any, deed: Any) -> None:
    cloud.clock.advance(100)
    assert changed_since(admin, '2026-01-05T08:00:10Z') == set()
    admin.act('plain', **deed)
    assert changed_since(admin, '2026-01-05T08:01:40Z') == {'plain'}
    cloud.clock.advance(100)
    at_its_end = changed_since(admin, '2026-01-05T08:02:00Z')
    assert at_its_end == ({'plain'} if 'migrat' in next(iter(deed)) else set())


def test_the_image_tells_its_properties_from_2_98(document: Any, admin: Any) -> None:
    assert 'properties' not in admin.server('plain', '2.97')['image']
    assert admin.server('plain', '2.98')['image']['properties'] == {'os_distro': 'debian'}


def test_hints_are_lists(admin: Any) -> None:
    assert admin.server('apart-1', '2.100')['scheduler_hints'] == {'group': ['apart']}


def test_changes_since_tells_of_what_is_gone(cloud: Any, admin: Any) -> None:
    cloud.clock.advance(100)
    admin.ask('DELETE', '/servers/plain')
    changed = admin.get('/servers/detail?all_tenants=1&changes-since=2026-01-05T08:00:10Z')['servers']
    assert [(server['id'], server['status']) for server in changed] == [('plain', 'DELETED')]


def test_members_see_and_change_their_own_servers_only(cloud: Any, admin: Any, member: Any) -> None:
    flavor = admin.get('/flavors')['flavors'][0]['id']
    body = {'server': {'name': 'mine', 'flavorRef': flavor}}
    mine = member.ask('POST', '/servers', body).json()['server']['id']
    assert [server['name'] for server in member.get('/servers')['servers']] == ['mine']
    assert 'OS-EXT-SRV-ATTR:host' not in member.server(mine)
    assert member.ask('GET', '/servers?all_tenants=1').status_code == 403
    assert member.ask('GET', '/servers/plain').status_code == 404
    assert member.act(mine, lock={'locked_reason': 'precious'}).status_code == 202
    answer = member.act(mine, os_stop=None)
    assert (answer.status_code, answer.json()['conflictingRequest']['message']) == (
        409, f'Instance {mine} is locked')
    assert member.ask('DELETE', f'/servers/{mine}').status_code == 409
    assert admin.server(mine)['locked_reason'] == 'precious'
    assert member.act(mine, unlock=None).status_code == 202     # its own lock
    admin.act(mine, lock=None)
    assert member.act(mine, unlock=None).status_code == 403
    admin.act(mine, unlock=None)
    assert member.act(mine, os_stop=None).status_code == 202
    assert cloud.world.servers[mine].vm_state == 'stopped'


@pytest.mark.parametrize(('server', 'action', 'status'), [
    ('plain', 'os-stop', 'SHUTOFF'), ('off', 'os-start', 'ACTIVE'), ('plain', 'pause', 'PAUSED'),
    ('frozen', 'unpause', 'ACTIVE')])
def test_a_server_is_turned_once(admin: Any, server: str, action: str, status: str) -> None:
    assert admin.act(server, **{action: None}).status_code == 202
    assert admin.server(server)['status'] == status
    assert admin.act(server, **{action: None}).status_code == 409


def test_a_booted_server_stands_on_the_host_asked_for(cloud: Any, admin: Any) -> None:
    flavor = admin.get('/flavors')['flavors'][0]['id']
    body = {'server': {'name': 'new', 'flavorRef': flavor, 'host': 'beta'}}
    new = admin.server(admin.ask('POST', '/servers', body, '2.74').json()['server']['id'])
    assert (new['status'], new['OS-EXT-SRV-ATTR:host']) == ('ACTIVE', 'beta')
    assert cloud.world.ledger.claims[new['id']].provider == 'host-beta'


@pytest.mark.parametrize(('where', 'hints'), [
    ({'availability_zone': 'west'}, {}), ({'availability_zone': 'south'}, {'group': 'apart'}),
    ({'host': 'tiny'}, {}), ({'host': 'alpha'}, {'group': 'apart'})])
def test_a_server_that_fits_nowhere_is_in_error(cloud: Any, admin: Any, where: Any, hints: Any) -> None:
    """The south has one host, and once a member of the group stands there no other may."""
    flavor = admin.get('/flavors')['flavors'][0]['id']
    cloud.world.change_host('host-gamma', enabled=False)
    body = {'server': {'name': 'new', 'flavorRef': flavor, **where}, 'os:scheduler_hints': hints}
    answer = admin.ask('POST', '/servers', body, '2.74')
    assert answer.status_code == 202
    new = admin.server(answer.json()['server']['id'])
    assert (new['status'], new['OS-EXT-SRV-ATTR:host']) == ('ERROR', None)
    assert new['fault']['message'].startswith('No valid host was found.')
    assert admin.live(new['id'], 'beta').status_code == 409
    assert admin.ask('DELETE', f'/servers/{new["id"]}').status_code == 204


@pytest.mark.parametrize('body', [
    {'server': {'flavorRef': 'ghost'}}, {'server': {'flavorRef': 'm1', 'host': 'nowhere'}},
    {'server': {'flavorRef': 'm1'}, 'os:scheduler_hints': {'group': 'ghost'}}, {}])
def test_a_boot_of_nonsense_is_a_bad_request(admin: Any, body: Any) -> None:
    assert admin.ask('POST', '/servers', body, '2.74').status_code == 400


def test_a_deleted_server_leaves_its_group(cloud: Any, admin: Any) -> None:
    admin.ask('DELETE', '/servers/apart-2')
    assert admin.get('/os-server-groups/apart')['server_group']['members'] == ['apart-1']
    assert admin.live('apart-1', 'beta').status_code == 202

# SPDX-License-Identifier: Apache-2.0
"""The unmodified openstacksdk drives the cloud; it starts and stops cleanly."""

import contextlib
import threading
from typing import Any

import openstack
import pytest
import requests

from watcher_py.core.document import read
from watcher_py.core.errors import Unavailable
from watcher_py.sim.clock import Clock
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud


def test_openstacksdk_lists_what_there_is(sdk: Any) -> None:
    servers = {server.name: server for server in sdk.compute.servers(all_projects=True)}
    assert len(servers) == 18
    assert (servers['plain'].compute_host, servers['plain'].vm_state) == ('alpha', 'active')
    assert (servers['pinned'].pinned_availability_zone, servers['locked'].is_locked) == ('north', True)
    assert servers['needs-ssd'].flavor.extra_specs == {'aggregate_instance_extra_specs:ssd': 'true'}
    hypervisors = {row.name: row for row in sdk.compute.hypervisors(details=True)}
    assert (hypervisors['delta'].status, hypervisors['echo'].state) == ('disabled', 'down')
    assert hypervisors['delta'].service_details['disabled_reason'] == 'broken fan'
    groups = {row.name: row for row in sdk.compute.server_groups(all_projects=True)}
    assert (groups['pairs'].policy, groups['pairs'].rules) == ('anti-affinity', {'max_server_per_host': 2})
    assert {row.name: row.availability_zone for row in sdk.compute.aggregates()} == {
        'ssd': None, 'leased': None, 'north': 'north', 'south': 'south'}
    assert {row.name for row in sdk.compute.flavors()} == {'m1', 'ssd', 'avx', 'noavx'}
    assert {row.name for row in sdk.placement.resource_providers()} == set(hypervisors)


def test_openstacksdk_reads_providers(sdk: Any) -> None:
    provider = next(iter(sdk.placement.resource_providers(name='alpha')))
    inventories = {row.resource_class: row for row in sdk.placement.resource_provider_inventories(provider)}
    assert (inventories['VCPU'].total, inventories['VCPU'].allocation_ratio) == (8, 2.0)
    assert inventories['MEMORY_MB'].total == 65536


def test_openstacksdk_migrates_and_waits(document: Any) -> None:
    with Cloud(read(document), Clock(speed=100)) as cloud:
        sdk = openstack.connection.Connection(auth=cloud.credentials('watcher'))
        sdk.compute.live_migrate_server('plain', host='beta', block_migration='auto')
        sdk.compute.wait_for_server(sdk.compute.get_server('plain'), interval=0.05, wait=20)
        assert sdk.compute.get_server('plain').compute_host == 'beta'
        sdk.compute.migrate_server('off', host='beta')
        sdk.compute.wait_for_server(
            sdk.compute.get_server('off'), status='VERIFY_RESIZE', interval=0.05, wait=20)
        sdk.compute.confirm_server_resize('off')
        assert (sdk.compute.get_server('off').status, sdk.compute.get_server('off').compute_host) == (
            'SHUTOFF', 'beta')
        assert [row.status for row in sdk.compute.migrations()] == ['confirmed', 'completed']
        sdk.close()


def test_openstacksdk_disables_and_enables_services(sdk: Any) -> None:
    service = next(iter(sdk.compute.services(binary='nova-compute', host='beta')))
    assert sdk.compute.disable_service(service, disabled_reason='emptied').status == 'disabled'
    changed = next(iter(sdk.compute.services(binary='nova-compute', host='beta')))
    assert (changed.status, changed.disabled_reason) == ('disabled', 'emptied')
    with pytest.raises(openstack.exceptions.BadRequestException, match='No valid host'):
        sdk.compute.live_migrate_server('plain', host='beta', block_migration='auto')
    assert sdk.compute.enable_service(changed).status == 'enabled'
    sdk.compute.live_migrate_server('plain', host='beta', block_migration='auto')


def test_a_list_of_many_servers_comes_in_pages(document: Any) -> None:
    with Cloud(read(generate(100, 2300)), Clock(speed=0)) as cloud:
        token = cloud.identity.issue(cloud.identity.user('admin'), 'password').id
        url, found, pages = f'{cloud.url}/compute/v2.1/servers/detail?all_tenants=1', set(), 0
        while url:
            page = requests.get(url, headers={'X-Auth-Token': token}, timeout=30).json()
            found |= {server['id'] for server in page['servers']}
            url, pages = page['servers_links'][0]['href'] if 'servers_links' in page else '', pages + 1
        assert (len(found), pages) == (2300, 3)


def test_a_cloud_leaves_nothing_running(document: Any) -> None:
    before = _serving()
    with Cloud(read(document)) as cloud:
        its_own = _serving() - before
        assert its_own
        cloud.faults.hang_path('/identity', seconds=600)
        impatient = threading.Thread(target=_ask, args=[cloud.auth_url])
        impatient.start()
        url = cloud.url
    impatient.join(30)
    for thread in its_own:
        thread.join(10)                 # its last words may come after it has said that it is done
        assert not thread.is_alive()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_a_port_that_is_taken_is_said(cloud: Any, document: Any) -> None:
    with pytest.raises(Unavailable, match=f'port {cloud.port} of 127.0.0.1 can not be listened on'):
        Cloud(read(document), port=cloud.port).start()


def _serving() -> set[threading.Thread]:
    """The threads that serve a cloud; other tests of this process have others of their own."""
    names = ('emulated-cloud', 'waitress')
    return {thread for thread in threading.enumerate() if thread.name.startswith(names)}


def _ask(url: str) -> None:
    with contextlib.suppress(requests.RequestException):
        requests.get(url, timeout=30)

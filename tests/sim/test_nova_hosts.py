# SPDX-License-Identifier: Apache-2.0
"""Nova's hypervisors, services, aggregates, groups and flavors, by microversion."""

import json
from typing import Any

import pytest


def test_sizes_of_hypervisors_are_gone_from_2_88(admin: Any) -> None:
    old = admin.get('/os-hypervisors/detail', '2.87')['hypervisors'][0]
    new = admin.get('/os-hypervisors/detail', '2.88')['hypervisors'][0]
    assert (old['vcpus'], old['vcpus_used'], old['memory_mb']) == (8, 14, 65536)
    assert not {'vcpus', 'memory_mb', 'local_gb'} & set(new)


def test_the_cpu_is_told_with_the_sizes(document: Any, admin: Any) -> None:
    def cpu(host: str, version: str) -> Any:
        rows = admin.get(f'/os-hypervisors/detail?hypervisor_hostname_pattern={host}', version)['hypervisors']
        return rows[0].get('cpu_info')
    assert cpu('alpha', '2.87') == {'arch': 'x86_64', 'model': 'EPYC', 'features': ['aes', 'avx2']}
    assert json.loads(cpu('alpha', '2.27')) == cpu('alpha', '2.28')
    assert (cpu('beta', '2.87'), cpu('alpha', '2.88')) == ({}, None)


def test_ids_are_uuids_from_2_53(admin: Any) -> None:
    assert admin.get('/os-hypervisors', '2.52')['hypervisors'][0]['id'] == 1
    assert admin.get('/os-hypervisors', '2.53')['hypervisors'][0]['id'] == 'host-alpha'
    assert admin.get('/os-hypervisors/host-alpha', '2.53')['hypervisor']['service']['host'] == 'alpha'
    assert admin.ask('GET', '/os-hypervisors/ghost', None, '2.53').status_code == 404


def test_hypervisors_tell_their_servers_when_asked(admin: Any) -> None:
    path = '/os-hypervisors?with_servers=true&hypervisor_hostname_pattern=gam'
    rows = admin.get(path, '2.75')['hypervisors']
    assert [{server['uuid'] for server in row['servers']} for row in rows] == [
        {'near-1', 'near-2', 'shuns-avx'}]


def test_hypervisors_come_in_pages(admin: Any) -> None:
    first = admin.get('/os-hypervisors?limit=5', '2.53')
    rest = admin.get(f'/os-hypervisors?limit=5&marker={first["hypervisors"][-1]["id"]}', '2.53')
    assert 'hypervisors_links' in first
    assert len(first['hypervisors']) + len(rest['hypervisors']) == 9


def test_a_service_that_is_forced_down_is_down(admin: Any) -> None:
    service = admin.get('/os-services?host=beta', '2.53')['services'][0]
    assert (service['binary'], service['state'], service['zone']) == ('nova-compute', 'up', 'north')
    answer = admin.ask('PUT', f'/os-services/{service["id"]}', {'forced_down': True}, '2.53')
    assert answer.json()['service']['state'] == 'down'
    assert admin.live('plain', 'beta').status_code == 400


@pytest.mark.parametrize(('body', 'status'), [
    ({}, 400), ({'status': 'tired'}, 400), ({'colour': 'red'}, 400),
    ({'status': 'enabled', 'disabled_reason': 'x'}, 400),
    ({'status': 'disabled', 'disabled_reason': 'x'}, 200)])
def test_the_body_of_a_service_update_is_checked(admin: Any, body: Any, status: int) -> None:
    service = admin.get('/os-services?host=beta', '2.53')['services'][0]
    assert admin.ask('PUT', f'/os-services/{service["id"]}', body, '2.53').status_code == status
    assert admin.ask('PUT', '/os-services/ghost', {'status': 'enabled'}, '2.53').status_code == 404


def test_the_control_services_are_there(admin: Any) -> None:
    rows = admin.get('/os-services', '2.53')['services']
    assert {row['binary'] for row in rows} == {'nova-compute', 'nova-scheduler', 'nova-conductor'}


@pytest.mark.parametrize('path', [
    '/os-hypervisors', '/os-hypervisors/detail', '/os-services', '/os-aggregates', '/os-migrations',
    '/os-server-groups?all_projects=True', '/servers/plain/migrations'])
def test_members_may_not_look_behind(member: Any, path: str) -> None:
    answer = member.ask('GET', path, None, '2.53')
    assert answer.status_code == 403
    assert answer.json()['forbidden']['message'].startswith("Policy doesn't allow os_compute_api:")


def test_aggregates_have_their_hosts_and_metadata(admin: Any) -> None:
    ssd = admin.get('/os-aggregates/7', '2.41')['aggregate']
    assert (ssd['name'], ssd['hosts'], ssd['metadata'], ssd['availability_zone']) == (
        'ssd', ['fast'], {'ssd': 'true'}, None)
    assert admin.ask('GET', '/os-aggregates/99').status_code == 404


def test_groups_have_one_policy_from_2_64(admin: Any) -> None:
    assert admin.get('/os-server-groups/pairs', '2.63')['server_group']['policies'] == ['anti-affinity']
    assert admin.get('/os-server-groups/pairs', '2.64')['server_group']['rules'] == {'max_server_per_host': 2}
    assert admin.ask('GET', '/os-server-groups/ghost').status_code == 404


def test_flavors_have_their_extra_specs(admin: Any) -> None:
    flavor = next(row for row in admin.get('/flavors/detail', '2.61')['flavors'] if row['name'] == 'avx')
    assert flavor['extra_specs'] == {'trait:HW_CPU_X86_AVX512F': 'required'}
    assert admin.get(f'/flavors/{flavor["id"]}/os-extra_specs')['extra_specs'] == flavor['extra_specs']
    assert admin.ask('GET', '/flavors/ghost').status_code == 404

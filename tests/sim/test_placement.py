# SPDX-License-Identifier: Apache-2.0
"""Placement's books agree with where the servers are, and generations move."""

from typing import Any

import pytest


def get(admin: Any, path: str) -> Any:
    return admin.get(path, '1.36', 'placement')


def test_a_provider_has_inventories_usages_and_allocations(admin: Any) -> None:
    path = '/resource_providers/host-alpha'
    assert get(admin, path)['name'] == 'alpha'
    assert get(admin, f'{path}/inventories')['inventories']['VCPU'] == {
        'total': 8, 'reserved': 0, 'allocation_ratio': 2.0, 'min_unit': 1, 'max_unit': 8, 'step_size': 1}
    assert get(admin, f'{path}/usages')['usages'] == {'VCPU': 14, 'MEMORY_MB': 28672, 'DISK_GB': 140}
    assert get(admin, f'{path}/allocations')['allocations']['plain']['resources'] == {
        'VCPU': 2, 'MEMORY_MB': 4096, 'DISK_GB': 20}
    assert len(get(admin, f'{path}/aggregates')['aggregates']) == 1


def test_a_disabled_service_marks_its_provider(admin: Any) -> None:
    assert get(admin, '/resource_providers/host-delta/traits')['traits'] == ['COMPUTE_STATUS_DISABLED']
    assert get(admin, '/resource_providers/host-fast/traits')['traits'] == ['HW_CPU_X86_AVX512F']


def test_while_a_server_moves_the_migration_holds_the_source(cloud: Any, admin: Any) -> None:
    admin.live('plain', 'beta')
    migration = admin.newest_migration('plain')['uuid']
    assert list(get(admin, '/allocations/plain')['allocations']) == ['host-beta']
    assert list(get(admin, f'/allocations/{migration}')['allocations']) == ['host-alpha']
    cloud.clock.advance(60)
    assert get(admin, f'/allocations/{migration}') == {'allocations': {}}


def test_generations_move_with_changes(cloud: Any, admin: Any) -> None:
    path = '/resource_providers/host-beta'
    before = get(admin, path)['generation']
    assert get(admin, path)['generation'] == before
    admin.live('plain', 'beta')
    assert get(admin, path)['generation'] > before


def test_candidates_have_room_and_traits(admin: Any) -> None:
    found = get(admin, '/allocation_candidates?resources=VCPU:4,MEMORY_MB:1024&required=HW_CPU_X86_AVX512F')
    assert list(found['provider_summaries']) == ['host-fast']
    assert found['allocation_requests'] == [{
        'allocations': {'host-fast': {'resources': {'VCPU': 4, 'MEMORY_MB': 1024}}},
        'mappings': {'': ['host-fast']}}]
    roomy = get(admin, '/allocation_candidates?resources=VCPU:3&required=!COMPUTE_STATUS_DISABLED')
    assert {'host-alpha', 'host-delta', 'host-tiny'}.isdisjoint(roomy['provider_summaries'])
    assert len(get(admin, '/allocation_candidates?resources=VCPU:1&limit=2')['allocation_requests']) == 2


def test_candidates_of_one_tree_alone_can_be_asked_for(admin: Any) -> None:
    asked = '/allocation_candidates?resources=VCPU:4,MEMORY_MB:1024&limit=1&in_tree='
    assert list(get(admin, f'{asked}host-beta')['provider_summaries']) == ['host-beta']
    assert get(admin, f'{asked}host-tiny')['allocation_requests'] == []
    assert get(admin, f'{asked}ghost')['allocation_requests'] == []
    assert admin.ask('GET', f'{asked}host-beta', '1.30', None, 'placement').status_code == 400


@pytest.mark.parametrize(('path', 'status'), [
    ('/resource_providers/ghost', 404), ('/resource_providers/ghost/usages', 404),
    ('/allocation_candidates', 400), ('/allocation_candidates?resources=VCPU', 400),
    ('/allocation_candidates?resources=GOLD:1', 400), ('/allocation_candidates?resources=VCPU:0', 400),
    ('/allocation_candidates?resources=VCPU:1&limit=0', 400), ('/resource_providers?limit=5', 400)])
def test_errors_are_written_as_placement_writes_them(admin: Any, path: str, status: int) -> None:
    answer = admin.ask('GET', path, None, None, 'placement')
    assert answer.status_code == status
    assert answer.json()['errors'][0]['status'] == status


def test_providers_are_found_by_name_and_uuid(admin: Any) -> None:
    for query in ('name=beta', 'uuid=host-beta', 'in_tree=host-beta'):
        assert [row['uuid'] for row in get(admin, f'/resource_providers?{query}')['resource_providers']] == [
            'host-beta']


def test_members_have_no_business_here(member: Any) -> None:
    assert member.ask('GET', '/resource_providers', None, None, 'placement').status_code == 403


def test_the_generation_keeps_silent_of_a_server_that_is_deleted(cloud: Any, admin: Any) -> None:
    """As in Placement, where the deletion of an allocation changes no provider."""
    path = '/resource_providers/host-beta'
    before, used = get(admin, path)['generation'], get(admin, f'{path}/usages')['usages']['VCPU']
    admin.ask('DELETE', '/servers/pair-2')
    assert get(admin, path)['generation'] == before
    assert get(admin, f'{path}/usages')['usages']['VCPU'] == used - 2

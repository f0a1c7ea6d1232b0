# SPDX-License-Identifier: Apache-2.0
"""Placement's trees: providers nested in a host, and the classes beyond the three sizes."""

from typing import Any

import pytest


def get(admin: Any, path: str) -> Any:
    return admin.get(path, '1.36', 'placement')


@pytest.fixture
def document(document: Any) -> Any:
    """A host with a class of its own and two GPUs nested in it."""
    gold = {'total': 8, 'reserved': 2, 'ratio': 1.5, 'min_unit': 2, 'step_size': 2, 'max_unit': 6}
    document['hosts'][0] |= {
        'inventories': {'CUSTOM_GOLD': gold},
        'providers': [{'name': 'gpu-1', 'traits': ['CUSTOM_A40'],
                       'inventories': {'VGPU': {'total': 4}, 'PGPU': {'total': 1}}},
                      {'name': 'gpu-2', 'inventories': {'VGPU': {'total': 2, 'held': 1}}}]}
    document['instances'][0] |= {'extra_specs': {'resources:CUSTOM_GOLD': '4', 'resources:VGPU': '3'}}
    return document


def tree(admin: Any, provider: str = 'host-alpha') -> dict[str, Any]:
    """The providers of the tree that this one is in, by name."""
    found = get(admin, f'/resource_providers?in_tree={provider}')['resource_providers']
    return {row['name']: row for row in found}


def test_nested_providers_are_listed_below_their_host(admin: Any) -> None:
    rows = tree(admin)
    assert sorted(rows) == ['alpha', 'alpha_gpu-1', 'alpha_gpu-2']
    nested = rows['alpha_gpu-1']
    assert (nested['parent_provider_uuid'], nested['root_provider_uuid']) == ('host-alpha', 'host-alpha')
    assert set(tree(admin, nested['uuid'])) == set(rows)
    path = f'/resource_providers/{nested["uuid"]}'
    assert get(admin, f'{path}/inventories')['inventories']['VGPU'] == {
        'total': 4, 'reserved': 0, 'allocation_ratio': 1.0, 'min_unit': 1, 'max_unit': 2**31 - 1,
        'step_size': 1}
    assert get(admin, f'{path}/usages')['usages'] == {'VGPU': 3, 'PGPU': 0}
    assert get(admin, f'{path}/traits')['traits'] == ['CUSTOM_A40']
    assert get(admin, f'{path}/aggregates')['aggregates'] == []
    assert get(admin, f'{path}/allocations')['allocations']['plain']['resources'] == {'VGPU': 3}


def test_no_tree_has_a_provider_that_is_not_there(admin: Any) -> None:
    assert tree(admin, 'ghost') == {}


def test_a_consumer_has_all_that_it_takes_of_whom(admin: Any) -> None:
    taken = get(admin, '/allocations/plain')['allocations']
    gpu = tree(admin)['alpha_gpu-1']['uuid']
    assert taken['host-alpha']['resources'] == {'VCPU': 2, 'MEMORY_MB': 4096, 'DISK_GB': 20, 'CUSTOM_GOLD': 4}
    assert taken[gpu]['resources'] == {'VGPU': 3}


def test_summaries_tell_all_of_a_whole_tree(admin: Any) -> None:
    gpu = tree(admin)['alpha_gpu-1']['uuid']
    found = get(admin, '/allocation_candidates?resources=VGPU:1&required=CUSTOM_A40')
    assert [row['allocations'] for row in found['allocation_requests']] == [{gpu: {'resources': {'VGPU': 1}}}]
    assert len(found['provider_summaries']) == 3
    assert found['provider_summaries']['host-alpha']['resources']['CUSTOM_GOLD'] == {'capacity': 9, 'used': 4}
    assert found['provider_summaries'][gpu] == {
        'resources': {'VGPU': {'capacity': 4, 'used': 3}, 'PGPU': {'capacity': 1, 'used': 0}},
        'traits': ['CUSTOM_A40'], 'parent_provider_uuid': 'host-alpha', 'root_provider_uuid': 'host-alpha'}


@pytest.mark.parametrize(('asked', 'ways'), [
    ('VGPU:1', 2), ('VGPU:2', 0), ('VGPU:1,PGPU:1', 2), ('VGPU:1,PCPU:1', 0), ('CUSTOM_GOLD:2', 1),
    ('CUSTOM_GOLD:3', 0), ('CUSTOM_GOLD:1', 0), ('CUSTOM_GOLD:8', 0), ('VCPU:9', 0)])
def test_amounts_are_dealt_out_as_the_inventory_says(admin: Any, asked: str, ways: int) -> None:
    own = {row['uuid'] for row in tree(admin).values()}
    found = get(admin, f'/allocation_candidates?resources={asked}')['allocation_requests']
    assert sum(not own.isdisjoint(row['allocations']) for row in found) == ways


def test_older_placements_tell_less(admin: Any) -> None:
    def summaries(version: str) -> Any:
        path = '/allocation_candidates?resources=VGPU:1'
        return admin.get(path, version, 'placement')['provider_summaries']
    assert len(summaries('1.28')) == 2
    assert all(set(row['resources']) == {'VGPU'} for row in summaries('1.26').values())

# SPDX-License-Identifier: Apache-2.0
"""Providers are read whole, or not at all."""

import pytest

from watcher_py.cloud.placement import Inventory, Placement
from watcher_py.core.errors import Unavailable

PARTS = ('inventories', 'usages', 'traits')


@pytest.fixture
def placement(script):
    script.newest = '1.39'
    script.answer('GET /resource_providers', (200, {'resource_providers': [
        {'uuid': 'a', 'name': 'cn1', 'parent_provider_uuid': None},
        {'uuid': 'b', 'name': 'cn2', 'parent_provider_uuid': None},
        {'uuid': 'c', 'name': 'cn2_pci', 'parent_provider_uuid': 'b'}]}))
    for uuid in 'abc':
        script.answer(f'GET /resource_providers/{uuid}/usages', (200, {'usages': {'VCPU': 2}}))
        script.answer(f'GET /resource_providers/{uuid}/traits', (200, {'traits': ['HW_CPU_X86_AVX2']}))
        script.answer(f'GET /resource_providers/{uuid}/inventories', (200, {'inventories': {
            'VCPU': {'total': 8, 'reserved': 1, 'allocation_ratio': 4.0, 'max_unit': 8}}}))
    return Placement(script.connection(), tries=1)


def test_root_providers_come_with_all_their_parts(placement):
    providers = placement.providers()
    assert providers.keys() == {'a', 'b'}
    assert providers['a'].name == 'cn1'
    assert providers['a'].inventories == {'VCPU': Inventory(8, 1, 4.0, max_unit=8)}
    assert providers['a'].usages == {'VCPU': 2}
    assert providers['a'].traits == {'HW_CPU_X86_AVX2'}


def test_only_the_wanted_ones_are_read(script, placement):
    assert placement.providers({'b', 'stranger'}).keys() == {'b'}
    assert not [one for one in script.asked if '/a/' in one.path]


@pytest.mark.parametrize('part', PARTS)
@pytest.mark.parametrize('failure', [(500, ''), (404, ''), (200, '<html>')])
def test_a_provider_of_which_a_part_fails_is_absent(script, placement, part, failure):
    script.answers[f'GET /resource_providers/a/{part}'] = [failure]
    assert placement.providers().keys() == {'b'}


def test_without_the_list_there_is_nothing_to_tell(script, placement):
    script.answers['GET /resource_providers'] = [(503, '')]
    with pytest.raises(Unavailable, match='Placement'):
        placement.providers()


def test_what_is_nested_comes_with_its_root(script, placement):
    assert [child.name for child in placement.providers()['b'].children] == ['cn2_pci']
    script.answers['GET /resource_providers/c/usages'] = [(500, '')]
    assert placement.providers().keys() == {'a'}

# SPDX-License-Identifier: Apache-2.0
"""Placement's JSON, read."""

import pytest

from watcher_py.cloud import placement_rows as rows
from watcher_py.cloud.listing import understood
from watcher_py.core.errors import Unavailable

INVENTORY = {'total': 8, 'reserved': 1, 'allocation_ratio': 1.6, 'min_unit': 1, 'max_unit': 8, 'step_size': 2}


def test_an_inventory_is_read_whole_and_its_capacity_is_cut_to_a_whole_number():
    [(name, found)] = rows.inventories({'VCPU': INVENTORY}).items()
    assert (name, found) == ('VCPU', rows.Inventory(8, 1, 1.6, 1, 8, 2))
    assert found.capacity == 11


@pytest.mark.parametrize('wrong', [
    {'total': None}, {'total': 'many'}, {'total': float('nan')}, {'allocation_ratio': float('inf')},
    {'reserved': 9}, {'max_unit': None}, {'min_unit': 'one'}], ids=str)
def test_an_inventory_that_makes_no_sense_is_none(wrong):
    with pytest.raises(Unavailable, match='the inventories'):
        understood('the inventories', {'VCPU': INVENTORY | wrong}, rows.inventories)


@pytest.mark.parametrize('key', ['uuid', 'name', 'generation', 'root_provider_uuid'])
@pytest.mark.parametrize('wrong', [None, '', []], ids=str)
def test_a_provider_of_the_list_that_lacks_something_is_none(key, wrong):
    row = {'uuid': 'a', 'name': 'cn1', 'generation': 3, 'root_provider_uuid': 'a'}
    assert rows.listed(row) == rows.Listed('a', 'cn1', 3, 'a')
    with pytest.raises(Unavailable):
        understood('a provider', row | {key: wrong}, rows.listed)


def test_what_is_allocated_is_added_up_over_providers_unless_a_class_comes_from_two():
    of = {'root': {'resources': {'VCPU': 2}}, 'gpu-1': {'resources': {'VGPU': 1}}}
    assert rows.allocated(of) == {'VCPU': 2, 'VGPU': 1}
    assert rows.allocated({**of, 'gpu-2': {'resources': {'VGPU': 1}}}) is None
    with pytest.raises(Unavailable, match='the allocations'):
        understood('the allocations', {'root': {}}, rows.allocated)

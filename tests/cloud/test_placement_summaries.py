# SPDX-License-Identifier: Apache-2.0
"""Whatever stands for what a summary doesn't tell has the capacity that it tells."""

from hypothesis import given
from hypothesis import strategies as st

from watcher_py.cloud.placement_rows import Inventory, Listed, Provider, Summary, summaries
from watcher_py.cloud.placement_summaries import kinds, provider, settled, stand_in, unread, with_exact

LISTED = Listed('a', 'cn1', 7, 'a')
SIZES = (8.0, 4096.0, 100.0)
EXACT = Inventory(8, 1, 4.0, 1, 8, 1)


def _provider(uuid, traits='x', exact=False, ratio=4.0):
    return Provider(uuid, uuid, {'VCPU': Inventory(8, 1, ratio)}, {}, frozenset(traits), is_exact=exact)


@given(st.integers(0, 10**9), st.integers(0, 10**7) | st.floats())
def test_a_stand_in_has_its_capacity_exactly(capacity, total):
    made = stand_in(capacity, total)
    assert made.capacity == capacity
    assert (made.total - made.reserved) * made.allocation_ratio >= capacity


def test_totals_are_novas_where_it_tells_them():
    summary = Summary({'VCPU': 32, 'PCPU': 4}, {'VCPU': 3, 'PCPU': 0}, frozenset())
    made = provider(LISTED, summary, SIZES, None)
    assert made.inventories == {'VCPU': Inventory(8.0, 0, 4.0), 'PCPU': Inventory(4, 0, 1.0)}
    assert (made.name, made.generation, made.is_exact) == ('cn1', 7, False)


def test_what_was_known_holds_while_generation_and_capacity_do():
    summary = Summary({'VCPU': 28}, {'VCPU': 3}, frozenset())
    before = Provider('a', 'old name', {'VCPU': EXACT}, {}, frozenset({'OLD'}), generation=7)
    kept = provider(LISTED, summary, SIZES, before)
    assert (kept.inventories, kept.is_exact, kept.name, kept.traits) == ({'VCPU': EXACT}, True, 'cn1', set())
    newer = Listed('a', 'cn1', 8, 'a')
    assert not provider(newer, summary, SIZES, before).is_exact
    assert not provider(LISTED, Summary({'VCPU': 29}, {'VCPU': 3}, frozenset()), SIZES, before).is_exact


def test_one_of_each_kind_that_nobody_knows_is_to_be_read_of_the_largest_first():
    found = [_provider('a', 'x'), _provider('b', 'y'), _provider('c', 'y'), _provider('d', 'z', exact=True),
             _provider('e', 'z'), _provider('f', 'y', ratio=2.0)]
    sizes = dict.fromkeys('abcde', SIZES)
    assert [one.uuid for one in unread(found, kinds(found, sizes), 1)] == ['c']
    assert {one.uuid for one in unread(found, kinds(found, sizes), 9)} == {'c', 'a', 'f'}
    assert {one.uuid for one in unread(found, kinds(found, sizes | {'b': None}), 9)} == {'a', 'b', 'c', 'f'}


def test_all_of_a_kind_are_settled_by_one():
    found = [_provider('a', exact=True), _provider('b'), _provider('c', 'y')]
    found[0] = with_exact(found[0], {'VCPU': EXACT})
    after = settled(found, kinds(found, {}))
    assert [one.is_exact for one in after] == [True, True, False]
    assert after[1].inventories == {'VCPU': EXACT}


def test_an_inventory_of_another_capacity_settles_nothing():
    one = _provider('a')
    assert with_exact(one, {'VCPU': Inventory(8, 0, 4.0)}) is one
    assert with_exact(one, None) is one


def test_equal_traits_are_kept_once_and_what_is_not_understood_is_left_out():
    row = {'resources': {'VCPU': {'capacity': 4, 'used': 1}}, 'traits': ['A', 'B']}
    found = summaries({'a': row, 'b': row, 'c': {**row, 'traits': None}, 'd': None, 'e': row}, set('abcdf'))
    assert found.keys() == {'a', 'b'}
    assert found['a'] == Summary({'VCPU': 4}, {'VCPU': 1}, frozenset({'A', 'B'}))
    assert found['a'].traits is found['b'].traits

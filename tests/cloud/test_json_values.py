# SPDX-License-Identifier: Apache-2.0
"""Values from outside are what they should be, or are taken for unknown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.cloud.json_values import amount, maybe, named, text, texts, truth

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=5)


@given(ANYTHING)
def test_whatever_comes_has_the_type_that_it_should_have(value):
    assert isinstance(text(value), str)
    assert maybe(value) is None or isinstance(maybe(value), str)
    assert all(isinstance(one, str) for one in texts(value).values())
    assert isinstance(truth(value), bool)
    found = amount(value)
    assert math.isnan(found) or found >= 0


@pytest.mark.parametrize(('value', 'found'), [
    (1, 1), (2.5, 2.5), ('20.0', 20), (0, 0), (' Infinite', math.inf)])
def test_a_number_may_come_as_a_text(value, found):
    assert amount(value) == found


def test_a_number_beyond_all_bounds_is_unknown():
    assert math.isnan(amount(10 ** 400))


@pytest.mark.parametrize('value', [None, '', 3, [], {}])
def test_what_is_no_name_is_refused(value):
    with pytest.raises(ValueError, match='is no name'):
        named(value)


@pytest.mark.parametrize(('value', 'is_true'), [
    (True, True), ('True', True), ('true', True), ('False', False), (None, False), ('', False)])
def test_truth_may_come_as_a_text(value, is_true):
    assert truth(value) is is_true

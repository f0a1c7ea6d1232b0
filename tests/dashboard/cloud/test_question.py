# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.dashboard.cloud.question import question


def test_nothing_written_is_nothing_asked():
    asked = question({})
    assert (asked.body, asked.faults) == (None, {})


def test_names_are_parted_by_spaces_and_commas_and_told_once():
    asked = question({'lost': 'a, b  a', 'emptied': '\tc\n'})
    assert asked.body == {'lost_hosts': ['a', 'b'], 'emptied_hosts': ['c'], 'add': []}


def test_servers_are_added_in_the_units_of_the_api():
    asked = question({'count': '10', 'vcpus': '2', 'memory_gib': '1.5', 'disk_gb': '0'})
    assert asked.body['add'] == [{'count': 10, 'vcpus': 2, 'memory_mb': 1536, 'disk_gb': 0}]


@pytest.mark.parametrize('text', ['0', '-3', '1.5', 'ten', 'nan'])
def test_a_count_that_is_none_is_told_at_its_field(text):
    asked = question({'lost': 'a', 'count': text})
    assert asked.body is None
    assert list(asked.faults) == ['count']
    assert asked.fields['count'] == text


FIELDS = st.sampled_from(['lost', 'emptied', 'count', 'vcpus', 'memory_gib', 'disk_gb'])


@given(st.dictionaries(FIELDS, st.text()))
def test_whatever_is_written_is_asked_or_answered_with_a_fault(given):
    asked = question(given)
    assert asked.body is None or not asked.faults

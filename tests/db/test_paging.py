# SPDX-License-Identifier: Apache-2.0
"""Pages hold every row once, in order, whatever they are sorted by."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher_py.core.errors import Invalid
from watcher_py.db import schema
from watcher_py.db.models import Audit, Goal, Strategy
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store

SORT_KEYS = ['id', 'hostname', 'next_run_time', 'auto_trigger', 'parameters', 'scope', 'goal.name',
             'strategy.name', 'strategy.deleted_at']
ROWS = st.lists(st.tuples(
    st.sampled_from([None, 'a', 'b', 'B']), st.none() | st.integers(0, 2), st.booleans(),
    st.sampled_from([{}, {'a': 1}]), st.sampled_from([[], ['x']]), st.integers(1, 2),
    st.sampled_from([None, 1, 2])), max_size=12)


def fill(store: Store, rows: list[tuple]) -> None:
    store.add(*(Goal(name=name, display_name=name) for name in ('second', 'first')))
    store.add(*(Strategy(name=name, display_name=name, goal_id=1) for name in ('z', 'y')))
    epoch = datetime(2026, 1, 1)
    store.add(*(Audit(
        audit_type='ONESHOT', state='PENDING', hostname=host, auto_trigger=auto, parameters=parameters,
        scope=scope, next_run_time=None if run is None else epoch + timedelta(microseconds=run), goal_id=goal,
        strategy_id=strategy) for host, run, auto, parameters, scope, goal, strategy in rows))


def paged(store: Store, sort_key: str, descending: bool, limit: int) -> list[int]:
    """The ids of all pages, one page after the other."""
    seen, marker = [], None
    while page := store.find(Audit, sort_key=sort_key, descending=descending, limit=limit, marker=marker):
        assert len(page) <= limit
        seen += [audit.id for audit in page]
        marker = page[-1]
    return seen


def check(store: Store, sort_key: str, limit: int) -> None:
    ascending = [audit.id for audit in store.find(Audit, sort_key=sort_key)]
    assert sorted(ascending) == sorted(audit.id for audit in store.find(Audit))
    assert paged(store, sort_key, descending=False, limit=limit) == ascending
    assert paged(store, sort_key, descending=True, limit=limit) == ascending[::-1]


@pytest.mark.parametrize('sort_key', SORT_KEYS)
@settings(max_examples=12, deadline=None)
@given(rows=ROWS, limit=st.integers(1, 5))
def test_pages_hold_every_row_once_in_order(sort_key, rows, limit):
    sessions = connect_url('sqlite://')
    schema.create_schema(sessions)
    store = Store(sessions)
    fill(store, rows)
    check(store, sort_key, limit)
    engine_of(sessions).dispose()


@pytest.mark.parametrize('limit', [1, 3, 100])
def test_pages_are_the_same_on_every_database(any_store, limit):
    fill(any_store, [
        (host, run, True, {'a': 1} if run else {}, [], goal, strategy)
        for host in (None, 'a', 'b') for run in (None, 1) for goal in (1, 2) for strategy in (None, 2)])
    for sort_key in SORT_KEYS:
        check(any_store, sort_key, limit)


def test_what_is_unknown_is_the_smallest_everywhere(any_store):
    fill(any_store, [(host, None, True, {}, [], 1, None) for host in ('b', None, 'a')])
    assert [audit.hostname for audit in any_store.find(Audit, sort_key='hostname')] == [None, 'a', 'b']
    down = any_store.find(Audit, sort_key='hostname', descending=True)
    assert [audit.hostname for audit in down] == ['b', 'a', None]


def test_rows_are_sorted_by_a_related_name_over_the_whole_collection(any_store):
    fill(any_store, [(None, None, True, {}, [], goal, None) for goal in (1, 2, 1)])
    first = any_store.find(Audit, sort_key='goal.name', limit=2)
    assert [(audit.goal.name, audit.id) for audit in first] == [('first', 2), ('second', 1)]


def test_conditions_and_deletion_hold_on_every_page(store):
    fill(store, [('a', None, True, {}, [], 1, None)] * 6)
    store.remove(store.get(Audit, 3))
    second = store.find(Audit, Audit.id != 4, limit=2, marker=store.get(Audit, 1), hostname='a')
    assert [audit.id for audit in second] == [2, 5]


@pytest.mark.parametrize('sort_key', [
    'nothing', 'goal', 'goal.nothing', 'nobody.name', 'metadata', 'is_live', '', '.', 'goal.name.id',
    '__init__', 'audit_type.name'])
def test_an_unknown_sort_key_is_invalid(store, sort_key):
    with pytest.raises(Invalid, match='Invalid sort key'):
        store.find(Audit, sort_key=sort_key)

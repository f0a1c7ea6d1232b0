# SPDX-License-Identifier: Apache-2.0
"""Lists read at different times become one that claims no more than it knows."""

from dataclasses import replace

import pytest

from tests.engine.collector.pictures import SERVER, Sketch
from watcher_py.cloud.listing import Listing
from watcher_py.engine.collector.merged import all_read, changes_read, joined, stood_in

NOBODY = frozenset()


def servers(*rows, missing=None):
    return Listing(tuple(rows), missing)


def named(uuid, **changes):
    return replace(SERVER, uuid=uuid, **changes)


def uuids(listing):
    return [row.uuid for row in listing.rows]


def test_a_whole_list_needs_no_stand_in():
    new = Listing(('b',))
    assert stood_in(new, Listing(('a',)), str) is new


def test_rows_known_before_stand_in_for_those_that_are_missing_and_for_no_others():
    found = stood_in(Listing(('B', 'c'), 'boom'), Listing(('a', 'b')), str.lower)
    assert found == Listing(('a', 'B', 'c'), 'boom')


def test_a_whole_list_of_servers_forgets_those_known_before():
    assert uuids(all_read(servers(named('b')), servers(named('a')), NOBODY)) == ['b']


def test_changes_leave_the_others_as_they_are():
    changes = servers(named('b', locked=True), named('c'))
    found = changes_read(changes, servers(named('a'), named('b')), NOBODY)
    assert uuids(found) == ['a', 'b', 'c']
    assert [row.locked for row in found.rows] == [False, True, False]
    assert found.is_whole


def test_a_deleted_server_goes_whatever_else_is_said_of_it():
    gone = named('a', is_deleted=True, updated='2026-11-21T12:00:01Z')
    later = named('a', updated='2026-11-21T12:00:02Z')
    assert uuids(changes_read(servers(gone, later), servers(named('a')), NOBODY)) == []


def test_what_was_missing_before_is_missing_after_its_changes():
    assert changes_read(servers(), servers(missing='half'), NOBODY).missing == 'half'


@pytest.mark.parametrize('read', [all_read, changes_read])
def test_where_servers_are_missing_none_stands_in_on_a_host_that_was_joined(read):
    old = servers(named('a', host='cn1'), named('b', host='cn2'), named('c', host=None))
    found = read(servers(missing='boom'), old, frozenset({'cn2'}))
    assert (uuids(found), found.missing) == (['a', 'c'], 'boom')


@pytest.mark.parametrize(('before', 'now', 'is_joined'), [
    (1, 1, False), (1, 2, True), (None, 1, True), (1, None, True), (None, None, True)])
def test_a_host_was_joined_unless_its_generation_says_otherwise(before, now, is_joined):
    old, new = Sketch('cn1'), Sketch('cn1')
    old.generations['u-cn1'], new.generations['u-cn1'] = before, now
    hosts = joined(new.picture().hypervisors, old.picture().providers, new.picture().providers)
    assert hosts == ({'cn1'} if is_joined else NOBODY)


def test_a_host_that_placement_did_not_know_before_was_joined_and_one_it_tells_nothing_of_is_frozen_anyway():
    old, new = Sketch(), Sketch('cn1', 'cn2')
    del new.inventories['u-cn2']
    assert joined(new.picture().hypervisors, old.picture().providers, new.picture().providers) == {'cn1'}

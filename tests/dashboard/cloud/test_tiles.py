# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.dashboard.cloud.rows import host
from watcher_py.dashboard.cloud.tiles import Choice, bins, grouped, tiles_of

UNKNOWN = {'total': None, 'capacity': None, 'allocated': None, 'used': None}


def tiles(hosts, **choice):
    return [tile for _, tile in tiles_of(hosts, Choice(**choice))]


def groups(hosts, by):
    return {group.name: [tile.name for tile in group.tiles]
            for group in grouped(tiles_of(hosts, Choice(sort='name')), by)}


def test_load_is_of_the_hardware_and_what_is_allocated_of_what_may_be():
    tile, = tiles([host('a')])
    assert (tile.load, tile.allocated) == (0.5, 0.5)
    tile, = tiles([host('a')], of='memory')
    assert (tile.load, tile.allocated) == (0.125, 0.25)


def test_the_hottest_come_first_and_the_unknown_last():
    hosts = [host('a', None), host('b', 2.0), host('c', 12.0)]
    assert [tile.name for tile in tiles(hosts)] == ['c', 'b', 'a']
    assert [tile.name for tile in tiles(hosts, sort='name')] == ['a', 'b', 'c']


def test_what_is_unknown_is_never_zero():
    tile, = tiles([host('a', vcpus=UNKNOWN)])
    assert (tile.load, tile.allocated, tile.heat) == (None, None, 'unknown')
    assert 'unknown of unknown vCPUs allocated' in tile.title


@pytest.mark.parametrize(('values', 'mark', 'told'), [
    ({'state': 'down', 'enabled': False}, 'down', 'down; disabled'),
    ({'enabled': False, 'disabled_reason': 'new disks'}, 'disabled', 'disabled: new disks'),
    ({'why_frozen': 'no inventory'}, 'frozen', 'frozen: no inventory'), ({}, '', '3 servers')])
def test_the_gravest_trouble_marks_a_host_and_its_title_tells_all(values, mark, told):
    tile, = tiles([host('a', **values)])
    assert tile.mark == mark
    assert tile.title.endswith(told)


@pytest.mark.parametrize(('used', 'heat'), [(9.5, 'good'), (9.6, 'warn'), (12.7, 'warn'), (12.8, 'bad')])
def test_heat_begins_at_sixty_percent_and_again_at_eighty(used, heat):
    tile, = tiles([host('a', used)])
    assert tile.heat == heat


def test_hosts_are_found_by_any_part_of_their_name():
    assert [tile.name for tile in tiles([host('Rack1-a'), host('rack2-a')], name='rACK1')] == ['Rack1-a']


def test_a_domain_is_left_out_where_the_name_is_plain_without_it():
    labels = [tile.label for tile in tiles([host('a.east'), host('b.east'), host('b.west')], sort='name')]
    assert labels == ['a', 'b.east', 'b.west']


def test_a_host_is_in_its_zone_and_in_all_of_its_aggregates():
    hosts = [host('a', aggregates=['ssd', 'north']), host('b', zone='south'),
             host('c', zone='', aggregates=['ssd'])]
    assert groups(hosts, 'zone') == {'north': ['a'], 'south': ['b'], 'In no zone': ['c']}
    assert groups(hosts, 'aggregate') == {'north': ['a'], 'ssd': ['a', 'c'], 'In no aggregate': ['b']}


def test_each_host_is_in_one_bin_or_unknown():
    counts, unknown = bins(tiles([host(str(used), used) for used in (0.0, 1.5, 1.6, 15.9, 16.0, 20.0, None)]))
    assert (list(counts), unknown) == ([2, 1, 0, 0, 0, 0, 0, 0, 0, 3], 1)

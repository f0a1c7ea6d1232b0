# SPDX-License-Identifier: Apache-2.0
"""A snapshot comes to life with all that it says."""

from typing import Any

from watcher_py.core.document import read
from watcher_py.sim.build import build
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.world import World


def built(document: dict[str, Any]) -> World:
    return build(read(document), Clock(speed=0), Faults())


def test_what_is_held_is_claimed_by_somebody(document: Any) -> None:
    document['hosts'][0]['held'] = {'vcpus': 1, 'ram_mb': 512}
    world = built(document)
    assert world.ledger.used('host-alpha') == (15, 28672 + 512, 140)
    assert len(world.ledger.consumers('host-alpha')) == 8


def test_zones_are_aggregates_unless_the_document_makes_them(document: Any) -> None:
    document['aggregates'].append(
        {'id': 7, 'name': 'the north', 'metadata': {'availability_zone': 'north'},
         'hosts': [host['name'] for host in document['hosts'] if host['zone'] == 'north']})
    world = built(document)
    assert sorted(row.name for row in world.aggregates.values()) == ['leased', 'south', 'ssd', 'the north']
    assert len({row.uuid for row in world.aggregates.values()}) == 4


def test_a_host_that_could_not_be_read_has_no_provider(document: Any) -> None:
    document['hosts'][1]['known'] = False
    assert not built(document).hosts['host-beta'].known


def test_flavors_are_told_apart_by_all_they_are(document: Any) -> None:
    document['instances'][0]['vcpus'] = 3
    assert sorted(flavor.name for flavor in built(document).flavors.values()) == [
        'avx', 'm1', 'm1', 'noavx', 'ssd']


def test_more_allocated_than_there_is_stays_as_it_is(document: Any) -> None:
    document['instances'][0]['vcpus'] = 100
    assert built(document).ledger.used('host-alpha').vcpus == 112

# SPDX-License-Identifier: Apache-2.0
"""An emulated cloud's providers, in few calls."""

import pytest

from watcher_py.cloud import placement as module
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.core import document
from watcher_py.sim.clock import Clock
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud


@pytest.fixture(scope='module')
def cloud():
    with Cloud(document.read(generate(60, 600, 3)), Clock(speed=0)) as cloud:
        yield cloud


@pytest.fixture
def connection(cloud):
    return connect_with(cloud.credentials('watcher'))


@pytest.fixture
def sizes(connection):
    return {one.uuid: one.sizes for one in Compute(connection, tries=1).hypervisors().rows}


def _told(listing):
    return sorted((one.uuid, one.name, one.generation, sorted(one.traits), dict(one.usages),
                   {name: have.capacity for name, have in one.inventories.items()})
                  for root in listing.rows for one in (root, *root.children))


def test_in_bulk_and_one_by_one_the_same_is_read(connection, sizes, monkeypatch):
    bulk = Placement(connection, tries=1).read(sizes)
    monkeypatch.setattr(module, 'FEW', 1000)
    exact = Placement(connection, tries=1).read(sizes)
    assert bulk.is_whole
    assert exact.is_whole
    assert len(exact.rows) == len(sizes) == 60
    assert _told(bulk) == _told(exact)
    have = {one.uuid: one for one in exact.rows}
    assert all(one.inventories == have[one.uuid].inventories for one in bulk.rows if one.is_exact)


def test_a_large_cloud_costs_few_calls_and_the_next_reading_fewer(cloud, connection, sizes):
    placement = Placement(connection, tries=1)
    assert placement.read({}).rows == ()        # logs in, and looks for the version
    cloud.calls.reset()
    found = placement.read(sizes)
    assert cloud.calls.by_service()['placement'] <= 2 + module.KINDS_READ
    cloud.calls.reset()
    again = placement.read(sizes, {one.uuid: one for one in found.rows})
    assert again == found
    assert cloud.calls.by_service()['placement'] == 2

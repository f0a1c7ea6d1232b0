# SPDX-License-Identifier: Apache-2.0
"""An emulated cloud's providers, in few calls, and whom they would take."""

import pytest

from tests.core import clusters
from tests.core.clusters import host, instance
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


@pytest.fixture
def small():
    hosts = [host('roomy', vcpus=8, ram_mb=16384, disk_gb=100, traits=['HW_CPU_X86_AVX512F']),
             host('tiny', vcpus=2, ram_mb=2048, disk_gb=10)]
    with Cloud(document.read(clusters.document(hosts, [instance('vm', 'roomy', vcpus=2)])),
               Clock(speed=0)) as cloud:
        yield cloud, Placement(connect_with(cloud.credentials('watcher')), tries=1)


def test_a_node_takes_what_it_has_room_for(small):
    _, placement = small
    assert placement.takes('roomy-id', {'VCPU': 6, 'MEMORY_MB': 1024})
    assert placement.takes('roomy-id', {'VCPU': 7}) is False        # two are taken
    assert placement.takes('tiny-id', {'VCPU': 1, 'MEMORY_MB': 4096}) is False
    assert placement.takes('tiny-id', {'VCPU': 1, 'DISK_GB': 0})


def test_traits_are_asked_for_too(small):
    _, placement = small
    assert placement.takes('roomy-id', {'VCPU': 1}, ['HW_CPU_X86_AVX512F'])
    assert placement.takes('tiny-id', {'VCPU': 1}, ['HW_CPU_X86_AVX512F']) is False
    assert placement.takes('roomy-id', {'VCPU': 1}, ['!HW_CPU_X86_AVX512F']) is False


def test_a_node_that_placement_has_not_got_takes_nothing(small):
    _, placement = small
    assert placement.takes('ghost', {'VCPU': 1}) is False


def test_what_can_not_be_asked_is_not_denied(small, monkeypatch):
    cloud, placement = small
    assert placement.takes('roomy-id', {'CUSTOM_UNHEARD_OF': 1}) is None
    assert placement.takes('roomy-id', {}) is None
    monkeypatch.setattr(module, 'IN_TREE', (1, 99))
    cloud.calls.reset()
    assert placement.takes('roomy-id', {'VCPU': 1}) is None
    assert 'placement' not in cloud.calls.by_service()


def test_a_server_holds_what_it_was_allocated(small):
    _, placement = small
    assert placement.holds('vm') == {'VCPU': 2, 'MEMORY_MB': 8192, 'DISK_GB': 20}
    assert placement.holds('nobody') == {}

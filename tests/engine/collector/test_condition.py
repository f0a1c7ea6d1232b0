# SPDX-License-Identifier: Apache-2.0
"""Each part of the cloud tells how well it is seen, without being read for it."""

import pytest

from tests.core.clusters import document, host
from tests.core.storages import POOLS, pool
from tests.engine.collector.pictures import Cloud as Drawn
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.document import read
from watcher_py.core.errors import Unavailable
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.drift import Drift
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.machines import MachineCollector
from watcher_py.engine.collector.storage import StorageCollector
from watcher_py.engine.collector.whole import Collector
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

PERIOD = 3600


class Watch:
    now = 1000.0

    def __call__(self):
        return self.now


def facts(condition):
    return condition.part, condition.why_blind, condition.frozen, condition.gaps


@pytest.fixture
def clock():
    return Watch()


def test_before_anybody_has_asked_nothing_is_known_and_nothing_is_wrong():
    drawn, feed = Drawn('cn1'), Feed(lambda notice: None)
    condition = ComputeCollector(drawn.reader(), feed=feed).condition()
    assert facts(condition) == ('compute', '', (), ())
    assert (condition.read_at, condition.drift, condition.feed) == (None, None, feed)
    assert drawn.readings == []


def test_the_compute_part_tells_what_is_frozen_and_why(clock):
    drawn = Drawn('cn1', 'cn2')
    del drawn.services[0]
    seen = ComputeCollector(drawn.reader(), clock=clock)
    read_at = seen.newest(0).read_at
    condition = seen.condition()
    assert facts(condition) == (
        'compute', '', ('cn1',), ('Nova knows no compute service of theirs; frozen: cn1',))
    assert condition.read_at == read_at > 0


def test_the_compute_part_is_blind_until_a_reading_brings_something(clock):
    drawn = Drawn('cn1')
    hypervisors, drawn.hypervisors = drawn.hypervisors, []
    drawn.missing['hypervisors'] = 'hypervisors: boom'
    seen = ComputeCollector(drawn.reader(), clock=clock)
    with pytest.raises(Unavailable):
        seen.newest(0)
    assert 'hypervisors: boom' in seen.condition().why_blind
    drawn.hypervisors, drawn.missing = hypervisors, {}
    seen.newest(0)
    assert seen.condition().why_blind == ''


def test_the_compute_part_tells_how_far_it_had_strayed(clock):
    drawn = Drawn('cn1')
    seen = ComputeCollector(drawn.reader(), PERIOD, clock=clock)
    seen.newest(0)
    drawn.add('s1')
    clock.now += PERIOD + 1
    seen.newest(0)
    assert seen.condition().drift == Drift(servers_missing=1)


@pytest.fixture
def cloud():
    described = document([host('a')], [], pools=[pool(1)],
                         machines=[{'id': 'm1', 'name': 'metal-1', 'power_state': 'power on'}])
    with Cloud(read(described), Clock(speed=0)) as cloud:
        yield cloud


@pytest.fixture
def storage(cloud):
    return StorageCollector(Volumes(connect_with(cloud.credentials()), tries=1, interval=0))


@pytest.fixture
def machines(cloud):
    return MachineCollector(Baremetal(connect_with(cloud.credentials()), tries=1, interval=0))


def test_the_storage_tells_which_pools_are_frozen(cloud, storage):
    assert facts(storage.condition()) == ('storage', '', (), ())
    cloud.faults.break_path('/volumes/detail', times=9)
    _, gaps = storage.newest(0)
    assert facts(storage.condition()) == ('storage', '', (POOLS[0],), gaps)


def test_the_storage_is_blind_while_nobody_is_let_in(cloud, storage):
    storage.newest(0)
    cloud.faults.break_path('/', times=999)
    storage.newest(0)
    assert 'Cinder' in storage.condition().why_blind
    cloud.faults.heal()
    storage.newest(0)
    assert facts(storage.condition()) == ('storage', '', (), ())


def test_the_machines_tell_what_can_not_be_read_of_them(cloud, machines):
    machines.newest(0)
    assert facts(machines.condition()) == ('baremetal', '', (), ())
    cloud.faults.break_path('/nodes', times=9)
    _, gaps = machines.newest(0)
    condition = machines.condition()
    assert (condition.frozen, condition.gaps) == (('metal-1',), gaps)
    assert condition.why_blind
    assert condition.read_at


def test_the_whole_tells_of_the_parts_that_there_are(storage):
    compute = ComputeCollector(Drawn('cn1').reader())
    parts = [condition.part for condition in Collector(compute, storage).conditions()]
    assert parts == ['compute', 'storage']
    assert [condition.part for condition in Collector(compute).conditions()] == ['compute']

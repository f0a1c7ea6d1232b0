# SPDX-License-Identifier: Apache-2.0
"""The machines of an emulated cloud, collected, and the nodes that run on them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.clusters import document, host
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.session import connect_with
from watcher_py.core import machine_document
from watcher_py.core.document import read
from watcher_py.core.machines import NO_MACHINES
from watcher_py.engine.collector.machines import MachineCollector, tied
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

FOR_EVER = 1e9
HOSTS = [host('a'), host('b', hypervisor='b.example.org'), host('c')]
MACHINES = [
    {'id': 'm1', 'name': 'metal-1', 'host': 'a-id', 'compute_node': 'a-id', 'power_state': 'power on',
     'provision_state': 'active', 'instance': 's1'},
    {'id': 'm2', 'power_state': 'power off', 'maintenance': True, 'maintenance_reason': 'fan'},
    {'id': 'm3', 'host': 'b-id', 'compute_node': 'b-id', 'power_state': 'power on'}]


def _cloud(machines):
    return Cloud(read(document(HOSTS, [], machines=machines)), Clock(speed=0))


def _collector(cloud, **more):
    return MachineCollector(Baremetal(connect_with(cloud.credentials()), tries=1, interval=0), **more)


def _nodes():
    return read(document(HOSTS, [])).cluster.nodes


def test_what_ironic_has_is_what_is_collected():
    with _cloud(MACHINES) as cloud:
        machines, gaps = _collector(cloud).newest(0)
    assert gaps == ()
    expected = read(document(HOSTS, [], machines=MACHINES)).cluster.machines
    nodes = _nodes()
    assert machine_document.lists(tied(machines, nodes), nodes) == machine_document.lists(expected, nodes)


def test_it_is_kept_while_it_is_young_enough_and_read_again_when_it_is_time():
    now = [0.0]
    with _cloud(MACHINES) as cloud:
        collector = _collector(cloud, period=100, clock=lambda: now[0])
        collector.keep_up()
        assert 'baremetal' not in cloud.calls.by_service()
        collector.newest(0)
        calls = cloud.calls.by_service()['baremetal']
        collector.newest(FOR_EVER)
        now[0] = 99.0
        collector.keep_up()
        assert cloud.calls.by_service()['baremetal'] == calls
        now[0] = 101.0
        collector.keep_up()
        assert cloud.calls.by_service()['baremetal'] == calls + 1


def test_a_cloud_without_ironic_has_no_machines_and_no_gap():
    with _cloud([]) as cloud:
        machines, gaps = _collector(cloud).newest(0)
    assert (len(machines), gaps) == (0, ())


@pytest.mark.parametrize('path', ['/nodes', '/'])
def test_machines_that_can_not_be_read_are_there_and_unknown(path):
    with _cloud(MACHINES) as cloud:
        collector = _collector(cloud)
        collector.newest(0)
        cloud.faults.break_path(path, times=99)
        machines, gaps = collector.newest(0)
        assert machines.uuid == ('m1', 'm2', 'm3')
        assert not machines.known.any()
        assert len(gaps) == 1
        assert gaps[0].endswith('no machine is switched')
        cloud.faults.heal()
        assert collector.newest(0)[1] == ()


def test_a_machine_whose_power_nobody_knows_is_unknown():
    with _cloud([*MACHINES, {'id': 'm4'}]) as cloud:
        machines, _ = _collector(cloud).newest(0)
    assert machines.known.tolist() == [True, True, True, False]


def _tied(*rows):
    count = len(rows)
    machines = replace(
        NO_MACHINES, uuid=tuple(uuid for uuid, _ in rows), name=('',) * count,
        compute_node=tuple(noted for _, noted in rows), node=np.full(count, -1),
        known=np.ones(count, dtype=bool))
    found = tied(machines, _nodes())
    return found.node.tolist(), found.known.tolist()


@pytest.mark.parametrize(('uuid', 'noted', 'row'), [
    ('m', 'b-id', 1), ('m', 'b', 1), ('m', 'b.example.org', 1), ('c-id', '', 2), ('c-id', 'a-id', 0),
    ('m', '', -1), ('m', 'nowhere', -1), ('m', 'b.example', -1), ('c-id', 'nowhere', -1)])
def test_a_machine_is_tied_to_the_node_that_is_noted_or_has_its_uuid(uuid, noted, row):
    assert _tied((uuid, noted)) == ([row], [True])


def test_a_node_that_two_machines_claim_is_neithers_and_both_are_unknown():
    assert _tied(('m1', 'a'), ('m2', 'a-id'), ('m3', 'b')) == ([-1, -1, 1], [False, False, True])


def test_machines_that_are_no_nodes_do_not_dispute():
    assert _tied(('m1', ''), ('m2', '')) == ([-1, -1], [True, True])

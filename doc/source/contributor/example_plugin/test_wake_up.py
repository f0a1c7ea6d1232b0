# SPDX-License-Identifier: Apache-2.0
"""Servers wake up where there is room for them; it takes no cloud to see that."""

from watcher_example.wake_up import STRATEGY

from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.efficacy import Deed, Done
from watcher_py.core.strategy import with_defaults


def cluster(**host):
    node = {'id': 'n-id', 'name': 'n', 'vcpus': 16, 'ram_mb': 65536, 'disk_gb': 500, **host}
    server = {'id': 'vm-id', 'name': 'vm', 'host': 'n-id', 'vcpus': 2, 'ram_mb': 4096, 'disk_gb': 20,
              'state': 'stopped'}
    return read({'format': 'watcher-cluster', 'version': 1, 'hosts': [node], 'instances': [server]})


def decide(snapshot, **given):
    return STRATEGY.decide(snapshot, with_defaults(STRATEGY.parameters, given), UNLIMITED)


def test_a_server_wakes_up_on_a_calm_node():
    [proposal] = decide(cluster(metrics={'cpu_util_pct': 10.0})).proposals
    assert proposal.change.parameters() == {'resource_id': 'vm-id', 'resource_name': 'vm'}
    assert proposal.reason == 'its node has 90 % of its CPU free'


def test_a_server_sleeps_on_where_its_node_is_busy_or_unknown():
    busy, unknown = decide(cluster(metrics={'cpu_util_pct': 80.0})), decide(cluster())
    assert busy.proposals == unknown.proposals == ()
    assert busy.stayed == {'vm-id': 'its node has 20 % of its CPU free, less than 50 %'}
    assert unknown.stayed == {'vm-id': 'the load of its node is unknown'}


def test_those_are_counted_that_were_started():
    snapshot = cluster()
    done = Done((Deed('start', {}), Deed('nop', {})))
    assert STRATEGY.measure(snapshot, snapshot, {}, done) == {'woken_count': 1}

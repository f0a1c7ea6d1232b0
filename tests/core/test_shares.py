# SPDX-License-Identifier: Apache-2.0
"""What can be balanced, read off a snapshot."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.shares import balanceable, deviation

CPU, RAM = 'instance_cpu_usage', 'instance_ram_usage'


def shares_of(doc, *names):
    snapshot = read(doc)
    return balanceable(allocation_problem(snapshot.cluster), snapshot, dict.fromkeys(names, 1.0))


def level(doc, name):
    problem, (share,) = shares_of(doc, name)
    return share.levels(problem.node).tolist()


def test_measured_levels_are_the_readings_of_the_nodes():
    doc = document([host('a', metrics={'cpu_util_pct': 40.0, 'ram_used_mb': 16384.0})],
                   [instance('vm', 'a', metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 4096.0})])
    assert level(doc, CPU) == [pytest.approx(0.4)]
    assert level(doc, RAM) == [pytest.approx(0.25)]


def test_what_servers_use_is_never_more_than_their_node():
    # 2 vCPUs at 100 % are 2 of 16 cores; the node's reading is older and lower.
    doc = document([host('a', metrics={'cpu_util_pct': 1.0})],
                   [instance('vm', 'a', metrics={'cpu_util_pct': 100.0})])
    assert level(doc, CPU) == [pytest.approx(0.125)]


def test_allocated_levels_are_shares_of_what_may_be_allocated():
    doc = document([host('a', vcpu_reserved=6, cpu_ratio=2.0, held={'vcpus': 3})],
                   [instance('vm', 'a'), instance('vm2', 'a')])
    assert level(doc, 'vcpus') == [pytest.approx((2 + 2 + 3) / 20)]
    assert level(doc, 'memory') == [pytest.approx(0.25)]
    assert level(doc, 'disk') == [pytest.approx(40 / 500)]
    assert level(doc, 'servers') == [pytest.approx(2 / 16)]


def test_a_server_that_is_off_uses_nothing():
    doc = document([host('a')], [instance('vm', 'a', state='stopped', metrics={})])
    problem, (share,) = shares_of(doc, CPU)
    assert share.load.tolist() == [0]
    assert problem.movable.all()


def test_what_is_unknown_stays_and_says_so():
    hosts = [host('a'), host('dark', metrics={}), host('off', status='disabled'), host('down', state='down')]
    doc = document(hosts, [instance('vm', 'a'), instance('dim', 'a', metrics={}),
                           instance('there', 'dark'), instance('other', 'off')])
    problem, (share,) = shares_of(doc, CPU)
    assert problem.rules.stuck == (
        '', 'its load is unknown', 'dark is left out: it is disabled, or its load is unknown',
        'off is left out: it is disabled, or its load is unknown')
    assert np.isnan(share.size).tolist() == [False, True, True, True]
    assert np.isfinite(share.load).all()


def test_a_node_unknown_in_one_share_is_left_out_of_all():
    doc = document([host('a'), host('b', metrics={'cpu_util_pct': 5.0})], [])
    _, shares = shares_of(doc, CPU, RAM)
    assert [np.isnan(share.size).tolist() for share in shares] == [[False, True]] * 2


def test_the_deviation_is_the_root_of_the_weighted_mean_variance():
    snapshot = read(document([host('a'), host('b')],
                             [instance('vm', 'a', vcpus=8), instance('vm2', 'a', vcpus=8)]))
    weights = {'vcpus': 3.0, 'memory': 1.0}
    problem, shares = balanceable(allocation_problem(snapshot.cluster), snapshot, weights)
    # vCPUs 100 % and 0 %, memory 25 % and 0 %.
    assert deviation(shares, problem.node) == pytest.approx(np.sqrt((3 * 0.5 ** 2 + 0.125 ** 2) / 4))
    assert deviation((), problem.node) == 0


def test_nothing_is_known_of_no_nodes():
    problem, shares = shares_of(document([], []), CPU)
    assert deviation(shares, problem.node) == 0

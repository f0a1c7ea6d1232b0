# SPDX-License-Identifier: Apache-2.0
"""Plans on random clusters, judged by a program that shares no code with ours."""

import importlib
import os
import sys

import pytest

from tests.core.strategies.every import named
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.plan_document import write_plan
from watcher_py.core.schedule import schedule
from watcher_py.core.strategy import with_defaults

CLUSTERS = [(hosts, servers, seed) for hosts, servers, seeds in ((10, 100, 900), (50, 500, 100))
            for seed in range(1, seeds + 1)]
# The share of its measured CPU that each fills of a host; the second looks at no load.
CONSOLIDATIONS = {'vm_workload_consolidation': 0.8, 'node_resource_consolidation': None}
WRONG = {'rejected', 'wrong_source', 'unknown_instance', 'noop', 'to_disabled'}


@pytest.fixture(scope='module')
def yardstick():
    """The generator, the judge and the bound under the judge's rules."""
    folder = os.environ.get('YARDSTICK', '')
    if not os.path.exists(os.path.join(folder, 'evaluate.py')):
        pytest.fail('YARDSTICK does not name the folder with the generator and the judge')
    sys.path.insert(0, folder)
    return (importlib.import_module('gen').generate, importlib.import_module('evaluate').evaluate,
            importlib.import_module('ruled_bound').bound)


def asked(cluster):
    """What is asked of each strategy on a cluster."""
    fullest = max(cluster['hosts'], key=lambda row: row['metrics']['ram_used_mb'])['name']
    return [
        ('vm_workload_consolidation', {}),
        ('node_resource_consolidation', {}),
        ('vm_workload_consolidation', {'max_memory_moved': 0.1}),
        ('host_maintenance', {'maintenance_node': fullest}),
        ('zone_migration', {'compute_nodes': [{'src_node': fullest}]}),
        ('workload_stabilization', {'thresholds': {'instance_cpu_usage': 0.05}}),
        ('workload_balance', {}),
        ('defragmentation', {'flavors': [{'vcpus': 16, 'ram_mb': 65536, 'count': 2}]}),
        ('rule_repair', {})]


@pytest.mark.parametrize(('hosts', 'servers', 'seed'), CLUSTERS)
def test_the_judge_finds_every_plan_legal(yardstick, hosts, servers, seed):
    generate, evaluate, bound = yardstick
    cluster = generate(hosts, servers, seed)
    for name, given in asked(cluster):
        strategy, snapshot = named(name), read(cluster)
        solution = strategy.decide(snapshot, with_defaults(strategy.parameters, given), UNLIMITED)
        plan = schedule(snapshot, solution)
        verdict = evaluate(cluster, write_plan(plan)['actions'])
        assert verdict['feasible'], strategy.name
        assert (verdict['zone_pins_broken'], verdict['groups_broken']) == (0, 0), strategy.name
        assert not WRONG & set(verdict['executed']['counts']), strategy.name
        assert verdict['after'] == verdict['executed']['after'], strategy.name
        if strategy.name in CONSOLIDATIONS and not given and not plan.left_out:
            assert verdict['after']['active_hosts'] == solution.outcome.after < solution.outcome.before
            judged = bound(cluster, CONSOLIDATIONS[strategy.name])
            assert judged <= solution.outcome.bound <= solution.outcome.after

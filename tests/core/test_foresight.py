# SPDX-License-Identifier: Apache-2.0
"""What is foreseen of a node's load is what is known: a server of unknown load makes it unknown."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.changes import Migrate, Stop
from watcher_py.core.document import read
from watcher_py.core.foresight import foreseen
from watcher_py.core.metrics import Metric
from watcher_py.core.schedule import Plan, PlannedAction

# 2 of 16 vCPUs at 80 % are 10 % of a host.
TOWN = read(document(
    [host(name, vcpus=16, metrics={'cpu_util_pct': 50.0}) for name in 'abc'],
    [instance('known', 'a', metrics={'cpu_util_pct': 80.0}), instance('unheard', 'a', metrics={})]))


def host_cpu(*changes):
    """[N] In % after these changes."""
    after = foreseen(TOWN, Plan(tuple(PlannedAction(change, '') for change in changes)))
    return after.readings.column(Metric.HOST_CPU, 3)


def move(server, target):
    return Migrate(server, server, 'a', target, is_live=True)


def test_the_load_of_a_server_goes_with_it():
    assert host_cpu(move('known', 'b')) == pytest.approx([40.0, 60.0, 50.0])


def test_where_a_server_of_unknown_load_comes_or_goes_the_load_is_unknown():
    assert np.isnan(host_cpu(move('unheard', 'b'))).tolist() == [True, True, False]


def test_a_server_that_is_stopped_uses_nothing_any_more():
    assert host_cpu(Stop('known', 'known', 'a')) == pytest.approx([40.0, 50.0, 50.0])
    assert np.isnan(host_cpu(Stop('unheard', 'unheard', 'a'))).tolist() == [True, False, False]

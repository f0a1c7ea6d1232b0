# SPDX-License-Identifier: Apache-2.0
"""Servers take their load along to other places, as far as it is known."""

import numpy as np
import pytest

from tests.core.test_foresight import TOWN
from watcher_py.core.metrics import Metric
from watcher_py.core.relocation import relocated


def host_cpu(*node):
    """[N] In % with the servers on these nodes."""
    return relocated(TOWN, np.array(node)).readings.column(Metric.HOST_CPU, 3)


def test_load_follows_servers():
    assert host_cpu(1, 0) == pytest.approx([40.0, 60.0, 50.0])
    assert relocated(TOWN, np.array([1, 0])).cluster.servers.node.tolist() == [1, 0]


def test_where_a_server_of_unknown_load_comes_or_goes_the_load_is_unknown():
    assert np.isnan(host_cpu(0, 2)).tolist() == [True, False, True]


def test_who_stays_changes_nothing():
    assert host_cpu(0, 0) == pytest.approx([50.0, 50.0, 50.0])

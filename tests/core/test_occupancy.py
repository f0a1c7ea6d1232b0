# SPDX-License-Identifier: Apache-2.0
"""How full nodes are, and how evenly used."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core import document as documents
from watcher_py.core.cluster import DISK_GB, MEMORY_MB
from watcher_py.core.occupancy import Balance, balance, occupancy


def test_what_is_given_stands_beside_what_is_used() -> None:
    hosts = [host('cn1', cpu_ratio=2.0, ram_mb_reserved=1024, metrics={'cpu_util_pct': 25.0}), host('cn2')]
    full = occupancy(documents.read(document(hosts, [instance('vm', 'cn1'), instance('vm2', 'cn1')])))
    assert full.servers.tolist() == [2, 0]
    assert full.vcpus.tolist() == [[32.0, 4.0], [16.0, 0.0]]
    assert full.cores.tolist() == [16.0, 16.0]
    assert full.capacity[0, MEMORY_MB] == 65536 - 1024
    assert full.allocated[0, [MEMORY_MB, DISK_GB]].tolist() == [16384.0, 40.0]
    assert full.cores_used[0] == 4.0
    assert np.isnan(full.memory_used[0])


def test_dedicated_cpus_are_cpus() -> None:
    hosts = [host('cn1', inventories={'PCPU': {'total': 8, 'reserved': 2}})]
    full = occupancy(documents.read(document(hosts, [instance('vm', 'cn1', resources={'PCPU': 3})])))
    assert full.vcpus.tolist() == [[22.0, 5.0]]


def test_the_balance_is_that_of_the_nodes_whose_load_is_known() -> None:
    found = balance(np.array([10.0, np.nan, 30.0]))
    assert found == Balance(20.0, 10.0, 30.0)


@pytest.mark.parametrize('percent', [[], [np.nan]])
def test_without_any_load_nothing_is_known(percent: list[float]) -> None:
    assert balance(np.array(percent)) == Balance()

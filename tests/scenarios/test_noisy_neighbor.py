# SPDX-License-Identifier: Apache-2.0
"""A noisy neighbour is isolated, and who suffered from it recovers."""

import pytest

from tests.core.clusters import document, host, instance
from tests.scenarios.measured import measured
from watcher_py.core.metrics import Metric

SHOP, BATCH, CALM, BANK, TEST = (f'{number:032x}' for number in range(5))


def server(uuid, on, priority, cores=0.2, **metrics):
    """Of two vCPUs."""
    return instance(uuid, on, metadata={'watcher-priority': priority},
                    metrics={'cpu_util_pct': cores / 2 * 100, 'ram_used_mb': 64.0, **metrics})


def rack(shop, noisy):
    """A shop and its neighbours on one host, and one more host for each sort of neighbour."""
    return document([host('a'), host('b'), host('c')], [
        server(SHOP, 'a', '1', **shop), server(BATCH, 'a', '9', cores=2.0, **noisy),
        server(CALM, 'a', '9', cores=0.2), server(BANK, 'b', '1'), server(TEST, 'c', '9')])


@pytest.mark.parametrize(('shop', 'noisy', 'metric', 'suffers', 'recovers'), [
    ({'l3_cache_prev_bytes': 8e6, 'l3_cache_bytes': 3e6}, {'l3_cache_prev_bytes': 1e6, 'l3_cache_bytes': 6e6},
     Metric.INSTANCE_L3_CACHE, (3e6, 3e6), (8e6, 8e6)),
    # A server that uses 0.2 cores has at most 1.6 times that at its busiest hour.
    ({'cpu_steal_pct': 30.0}, {}, Metric.INSTANCE_CPU_STEAL, (27.0, 30.0 * 2.32 / 2.2), (0.0, 4.5))],
    ids=('cache', 'steal'))
def test_a_noisy_neighbour_is_isolated(town, shop, noisy, metric, suffers, recovers):
    here = town(rack(shop, noisy))
    assert suffers[0] <= round(measured(here, metric)[SHOP], 6) <= suffers[1]
    ended = here.carry_out(here.plan('noisy_neighbor'))
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    # Beside the bank it would stand beside one that is more important; the calm one disturbs nobody.
    assert here.standing() == {SHOP: 'a', BATCH: 'c', CALM: 'a', BANK: 'b', TEST: 'c'}
    assert recovers[0] <= round(measured(here, metric)[SHOP], 6) <= recovers[1]

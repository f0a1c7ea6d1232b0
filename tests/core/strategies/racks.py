# SPDX-License-Identifier: Apache-2.0
"""Hosts in a rack that are half busy, for strategies that go by their air."""

from tests.core.clusters import document, host, instance


def rack(metrics):
    """Hosts of 16 cores with four servers of two cores each that never pause; by name, what is measured.

    Half of the cores is in use, and a host draws half of its most when idle.
    """
    hosts = [host(name, metrics={'cpu_util_pct': 50.0, 'ram_used_mb': 0.0, 'inlet_temp_c': 20.0, **measured})
             for name, measured in metrics.items()]
    return document(hosts, [
        instance(f'{name}{row}', name, metrics={'cpu_util_pct': 100.0, 'ram_used_mb': 0.0})
        for name in metrics for row in range(4)])


def moves(solution):
    """The hosts that each move leaves and goes to."""
    return [(proposal.change.server[0], proposal.change.target) for proposal in solution.proposals]

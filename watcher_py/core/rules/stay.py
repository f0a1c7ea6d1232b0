# SPDX-License-Identifier: Apache-2.0
"""Why a server stays where it is, whatever else would take it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from watcher_py.core.cluster import PCPU, RESOURCES, Bools, Cluster, Ints
from watcher_py.core.numa import CELL_SHARE, why_unclear
from watcher_py.core.reasons import Reasons
from watcher_py.core.request import Request
from watcher_py.core.rules.hypervisors import unanswered
from watcher_py.core.rules.journey import COLD_STATES, LIVE_STATES, Journeys

MOVED_STATES = LIVE_STATES | COLD_STATES
# The task states of a server of which Nova does nothing just now.
IDLE = (None, '')

# Nova's scheduler keeps to them at each move; a group, which is a hint too, is known by its members.
BINDING_HINTS = ('same_host', 'different_host', 'query', 'build_near_host_ip')


def reasons(cluster: Cluster, codes: Ints, requests: Sequence[Request], journeys: Journeys) -> list[str]:
    """[S] The first reason why each server stays, '' for one that may move."""
    nodes, servers = cluster.nodes, cluster.servers
    name, node = nodes.name, servers.node
    found = Reasons(len(servers))
    found.where(~nodes.known[node], lambda row: f'{name[node[row]]} could not be read in whole')
    found.where(~nodes.up[node], lambda row: f'the compute service of {name[node[row]]} is down')
    found.where(servers.locked, lambda _: 'it is locked')
    found.where(servers.excluded, lambda _: "the audit's scope excludes it")
    found.unless(servers.task_state, IDLE, lambda row: f'it is busy: {servers.task_state[row]}')
    found.of((row for row, hints in enumerate(servers.hints) if hints and _binding(hints)), lambda row: (
        f'it was booted with the hint "{_binding(servers.hints[row])}", and where that lets it go '
        'is not known'))
    found.unless(servers.state, MOVED_STATES,
                 lambda row: f'Nova migrates no server that is {servers.state[row]}')
    for code, request in enumerate(requests):
        if reason := _why_unclear(cluster, request):
            found.where(codes == code, lambda _, reason=reason: reason)
        if reason := _why_not_live(request):
            found.where((codes == code) & journeys.is_live, lambda _, reason=reason: reason)
    has_device = np.array([request.has_pci_device for request in requests], dtype=bool)[codes]
    found.where(has_device & (servers.demand[:, len(RESOURCES):] == 0).all(axis=1),
                lambda _: 'it has a PCI device, and which nodes have such is not known')
    found.where(_lacks_dedicated(cluster, codes, requests), lambda _: (
        'it wants CPUs of its own, and the dedicated CPUs (PCPU) of no node are known'))
    _add_unoffered(cluster, found)
    missing, kind = journeys.missing, journeys.kind
    lacks = np.array([lack != '' for lack in missing], dtype=bool)[kind]
    found.where(lacks[node] & journeys.is_live, lambda row: (
        f'the {missing[kind[node[row]]]} of {name[node[row]]} is unknown, which others tell'))
    return found.texts


def _binding(hints: Mapping[str, Any]) -> str:
    return next((hint for hint in BINDING_HINTS if hint in hints), '')


def _why_unclear(cluster: Cluster, request: Request) -> str:
    """What of a request can't be judged."""
    if request.is_apart:
        return 'parts of its request must come from different providers, and which have them is not known'
    if key := unanswered(cluster.nodes, request):
        return f'"{key}" is asked for, of which no node tells'
    return why_unclear(request, cluster.nodes.cells)


def _why_not_live(request: Request) -> str:
    """What keeps a running server, not one that is switched off."""
    if request.has_pci_device:
        return 'Nova live-migrates no server with a PCI device'
    if request.encrypts_memory:
        return 'Nova live-migrates no server with encrypted memory'
    if request.value('hw:tpm_version'):
        return 'Nova live-migrates no server with an emulated TPM'
    return ''


def _lacks_dedicated(cluster: Cluster, codes: Ints, requests: Sequence[Request]) -> Bools:
    wants = np.array([request.is_dedicated for request in requests], dtype=bool)[codes]
    if PCPU not in cluster.resources:
        return np.array(wants, dtype=bool)
    return np.array(wants & (cluster.servers.demand[:, cluster.resources.index(PCPU)] == 0), dtype=bool)


def _add_unoffered(cluster: Cluster, found: Reasons) -> None:
    offered = {resource for providers in cluster.nodes.providers for provider in providers
               for resource in provider.inventories} | {CELL_SHARE}
    for column, resource in enumerate(cluster.resources[len(RESOURCES):], start=len(RESOURCES)):
        if resource not in offered:
            found.where(cluster.servers.demand[:, column] > 0,
                        lambda _, resource=resource: f'it takes {resource}, which no node is known to have')

# SPDX-License-Identifier: Apache-2.0
"""Which nodes are known in whole, and what keeps the others from it, in sentences."""

from collections.abc import Sequence

import numpy as np

from watcher_py.cloud.compute_rows import Server
from watcher_py.core.cluster import Bools, Cluster, Floats
from watcher_py.engine.collector.assemble_nodes import Host
from watcher_py.engine.collector.doubts import Doubts, named
from watcher_py.engine.collector.picture import Picture


def truth(picture: Picture, hosts: Sequence[Host], cluster: Cluster, servers: Sequence[Server],
          surplus: Floats) -> Doubts:
    """Of the nodes; `surplus` is what Placement counts over what the servers take [N, classes]."""
    names = cluster.nodes.name
    doubts = Doubts(names, 'every host')
    if missing := picture.hypervisors.missing:
        doubts.tell(f'{missing}; what runs on hosts that were not listed is left out or frozen')
    # Any host may belong to the aggregate that is missing, any server to the group.
    for binding in (picture.aggregates, picture.groups):
        doubts.add(np.full(len(names), not binding.is_whole), binding.missing)
    doubts.add(_flags([host.service is None for host in hosts]), picture.services.missing,
               'Nova knows no compute service of theirs')
    doubts.add(_flags([host.provider is None for host in hosts]),
               picture.providers.missing,
               picture.hypervisors.missing or 'Placement has no resource provider of theirs')
    if not picture.servers.is_whole:
        # Every server counts in Placement: where the listed ones take all that is taken, there are no others.
        doubts.add(np.asarray((surplus != 0).any(axis=1)), picture.servers.missing)
    doubts.add(_standing(cluster, [not server.is_sized for server in servers]), None,
               f'Nova does not tell the size of {named([one.uuid for one in servers if not one.is_sized])}')
    doubts.add(np.asarray((surplus < 0).any(axis=1)), None, 'Placement counts less than their servers take')
    if missing := picture.migrations.missing:
        doubts.tell(f'{missing}; servers on the way count as far as Placement counts them')
    if lost := sum(not one.is_sized and not one.host and not one.is_deleted for one in picture.servers.rows):
        doubts.tell(f'servers of which Nova tells only that they are there: {lost}; a cell may be down')
    return doubts


def _standing(cluster: Cluster, marked: Sequence[bool]) -> Bools:
    """[N] The nodes of the marked servers."""
    found = np.zeros(len(cluster.nodes), dtype=bool)
    found[cluster.servers.node[_flags(marked)]] = True
    return found


def _flags(values: Sequence[bool]) -> Bools:
    return np.array(values, dtype=bool)

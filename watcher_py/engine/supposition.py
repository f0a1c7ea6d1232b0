# SPDX-License-Identifier: Apache-2.0
"""What is told of a cloud that lost hosts, emptied some or took more servers; nothing is changed."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.capacity import Size
from watcher_py.core.cluster import MEMORY_MB, Bools, Cluster, Floats, Ints
from watcher_py.core.occupancy import balance, occupancy
from watcher_py.core.relocation import relocated
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.supposition import Addition, Consequence, Supposition, suppose
from watcher_py.engine.amounts import amount
from watcher_py.engine.lookup import calls, node_row
from watcher_py.engine.present import Look

Row = dict[str, Any]

PATIENCE = 5.0                  # seconds of search; then what was found is told


def told(look: Look, asked: Mapping[str, Any]) -> Row:
    """See EngineClient.what_if; NotFound for a host that nobody knows."""
    snapshot, cluster = look.snapshot, look.snapshot.cluster
    supposed, end = _supposition(cluster, asked), time.monotonic() + PATIENCE
    found = suppose(snapshot, supposed, Budget(lambda: time.monotonic() > end))
    every, none = np.ones(len(cluster.nodes), dtype=bool), np.zeros(len(cluster.nodes), dtype=np.int64)
    left, new = ~(supposed.lost | supposed.emptied), sum(found.added, none)
    leaving = int((~left)[cluster.servers.node].sum()) - len(found.unplaced)
    unplaced = [*_unplaced(cluster, found), *_without_room(supposed, found.added)]
    return {'taken_at': look.taken_at(), 'gaps': list(look.gaps), 'fits': not unplaced,
            'placed': leaving + int(new.sum()), 'unplaced': unplaced,
            'moves': list(_moves(cluster, supposed.lost, found.node)),
            'added': list(_added(cluster, supposed, found.added)),
            'before': _figures(snapshot, every, cluster.used(), none),
            'after': _figures(relocated(snapshot, found.node), left, cluster.capacity() - found.free, new)}


def _supposition(cluster: Cluster, asked: Mapping[str, Any]) -> Supposition:
    def named(names: Sequence[str]) -> Bools:
        nodes = np.zeros(len(cluster.nodes), dtype=bool)
        nodes[[node_row(cluster.nodes, name) for name in names]] = True
        return nodes

    added = tuple(Addition(row['count'], Size(row['vcpus'], row['memory_mb'], row['disk_gb']))
                  for row in asked.get('add', ()))
    return Supposition(named(asked.get('lost_hosts', ())), named(asked.get('emptied_hosts', ())), added)


def _unplaced(cluster: Cluster, found: Consequence) -> Iterator[Row]:
    called = calls(cluster.servers)
    for row, why in found.unplaced.items():
        yield {'name': called[row], 'why': why}


def _without_room(supposed: Supposition, added: Sequence[Ints]) -> Iterator[Row]:
    for each, taken in zip(supposed.added, added, strict=True):
        if missing := each.count - int(taken.sum()):
            yield {'name': f'{missing} of {each.count} new servers of {each.size}',
                   'why': 'no host that takes new servers has room for more of them'}


def _moves(cluster: Cluster, lost: Bools, node: Ints) -> Iterator[Row]:
    """Who would stand elsewhere, host by host."""
    home, names, called = cluster.servers.node, cluster.nodes.name, calls(cluster.servers)
    moved = np.flatnonzero(node != home)
    for row in moved[np.argsort(home[moved], kind='stable')].tolist():
        yield {'server': called[row], 'from': names[home[row]], 'to': names[node[row]],
               'starts_anew': bool(lost[home[row]])}


def _added(cluster: Cluster, supposed: Supposition, added: Sequence[Ints]) -> Iterator[Row]:
    for each, taken in zip(supposed.added, added, strict=True):
        size = each.size
        yield {'count': each.count, 'vcpus': size.vcpus, 'memory_mb': size.memory_mb,
               'disk_gb': size.disk_gb, 'placed': int(taken.sum()),
               'hosts': {cluster.nodes.name[node]: int(taken[node])
                         for node in np.flatnonzero(taken).tolist()}}


def _figures(snapshot: Snapshot, left: Bools, allocated: Floats, new: Ints) -> Row:
    """Of the nodes that are left; new servers use nothing as yet."""
    cluster, full = snapshot.cluster, occupancy(snapshot)
    cpu, standing, capacity = balance(full.cpu_percent[left]), (full.servers + new)[left], cluster.capacity()
    return {'hosts': int(left.sum()), 'hosts_in_use': int((standing > 0).sum()),
            'servers': int(standing.sum()), 'cpu_mean': amount(cpu.mean),
            'cpu_deviation': amount(cpu.deviation), 'cpu_max': amount(cpu.most),
            'vcpus': _total(cluster.cpus(capacity), cluster.cpus(allocated), left),
            'memory_mb': _total(capacity[:, MEMORY_MB], allocated[:, MEMORY_MB], left)}


def _total(capacity: Floats, allocated: Floats, left: Bools) -> Row:
    return {name: amount(float(column[left].sum()))
            for name, column in (('capacity', capacity), ('allocated', allocated))}

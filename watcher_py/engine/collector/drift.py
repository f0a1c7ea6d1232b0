# SPDX-License-Identifier: Apache-2.0
"""How far what was kept up to date differs from what is read of the whole cloud."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from watcher_py.core.cluster import Cluster, Nodes, Servers

# What is counted anew with each read of Placement, or belongs to an audit: no notification tells it.
COUNTED = frozenset({'known', 'held', 'providers', 'closed_to', 'excluded', 'moved_at'})
# Of hosts their product is compared: one number may stand for the three.
CAPACITY = frozenset({'total', 'reserved', 'ratio'})
DIGITS = 3


@dataclass(frozen=True)
class Drift:
    """Servers and hosts that were not seen as they are."""

    servers_missing: int = 0        # not seen, and there
    servers_surplus: int = 0        # seen, and not there
    servers_misplaced: int = 0      # seen on another host
    servers_different: int = 0      # seen where they are, otherwise not as they are
    hosts_missing: int = 0
    hosts_surplus: int = 0
    hosts_different: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def sentence(self) -> str:
        """For the log."""
        found = [f'{name.replace("_", " ")}: {count}' for name, count in asdict(self).items() if count]
        if not found:
            return 'The cloud is as it was seen by its notifications'
        return f'The cloud is not as it was seen by its notifications: {", ".join(found)}'


def compare(before: Cluster, after: Cluster) -> Drift:
    """What of `before` is not as `after` says."""
    old_hosts, new_hosts = _hosts(before), _hosts(after)
    old_servers, new_servers = _rows(before.servers), _rows(after.servers)
    old_places, new_places = _places(before), _places(after)
    stayed = [uuid for uuid, place in new_places.items() if old_places.get(uuid) == place]
    return Drift(
        servers_missing=len(new_servers.keys() - old_servers.keys()),
        servers_surplus=len(old_servers.keys() - new_servers.keys()),
        servers_misplaced=len(old_servers.keys() & new_servers.keys()) - len(stayed),
        servers_different=_different(stayed, old_servers, new_servers),
        hosts_missing=len(new_hosts.keys() - old_hosts.keys()),
        hosts_surplus=len(old_hosts.keys() - new_hosts.keys()),
        hosts_different=_different(old_hosts.keys() & new_hosts.keys(), old_hosts, new_hosts))


def _different(uuids: Iterable[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> int:
    return sum(old[uuid] != new[uuid] for uuid in uuids)


def _hosts(cluster: Cluster) -> dict[str, tuple[Any, ...]]:
    return _rows(cluster.nodes, cluster.capacity().round(DIGITS))


def _rows(table: Nodes | Servers, *more: Any) -> dict[str, tuple[Any, ...]]:
    """Rows by uuid, with further columns."""
    columns = [getattr(table, column.name) for column in fields(table)
               if column.name not in COUNTED | CAPACITY and column.name != 'node']
    return dict(zip(table.uuid, zip(*map(_plain, (*columns, *more)), strict=True), strict=True))


def _plain(column: Any) -> Any:
    """Values that equal themselves: NaN doesn't."""
    if not isinstance(column, np.ndarray):
        return column
    values = column.tolist()
    is_unknown = column.dtype.kind == 'f' and np.isnan(column).any()
    return [None if value != value else value for value in values] if is_unknown else values


def _places(cluster: Cluster) -> dict[str, str]:
    nodes = cluster.nodes.uuid
    return {uuid: nodes[row] for uuid, row in zip(
        cluster.servers.uuid, cluster.servers.node.tolist(), strict=True)}

# SPDX-License-Identifier: Apache-2.0
"""Which node or server a datasource means by a name."""

from collections import Counter
from collections.abc import Collection, Iterable

from watcher_py.core.cluster import Cluster, Nodes, Servers
from watcher_py.core.metrics import Metric


def names_of(metric: Metric, cluster: Cluster, given: Collection[str]) -> list[str | None]:
    """[N] or [S] For each node or server the one of the given names that means it."""
    return _of_nodes(cluster.nodes, given) if metric.is_of_nodes else _of_servers(cluster.servers, given)


def _of_servers(servers: Servers, given: Collection[str]) -> list[str | None]:
    return [uuid if uuid in given else None for uuid in servers.uuid]


def _of_nodes(nodes: Nodes, given: Collection[str]) -> list[str | None]:
    """By one of the node's names or its uuid; else by a name's first label, where it is nobody else's."""
    rows = list(zip(nodes.hypervisor, nodes.name, nodes.uuid, strict=True))
    exact = {name for row in rows for name in row}
    strangers = [name for name in given if name not in exact]
    of_nodes = Counter(label for *row, _ in rows for label in set(map(_label, row)))
    of_strangers = Counter(map(_label, strangers))
    by_label = {_label(name): name for name in strangers
                if of_strangers[_label(name)] == of_nodes[_label(name)] == 1}
    return [_first(name if name in given else None for name in row)
            or _first(by_label.get(_label(name)) for name in row[:2]) for row in rows]


def _first(names: Iterable[str | None]) -> str | None:
    return next((name for name in names if name is not None), None)


def _label(host: str) -> str:
    return host.split('.', 1)[0]

# SPDX-License-Identifier: Apache-2.0
"""Which nodes take a server by its zone, project, flavor and image: masks, one for each kind of asking."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from watcher_py.core.cluster import RESOURCES, Bools, Cluster, Ints
from watcher_py.core.numa import CELL_SHARE, has_such_cells
from watcher_py.core.request import Request
from watcher_py.core.rules.hypervisors import suited_to
from watcher_py.core.rules.numbering import numbered, numbered_pairs
from watcher_py.core.rules.providers import can_provide
from watcher_py.core.rules.specs import satisfies

_AGGREGATE_SPEC = 'aggregate_instance_extra_specs:'
_TENANT_KEY = 'filter_tenant_id'
_TRAIT_KEY = 'trait:'


def of_zones(cluster: Cluster) -> tuple[Ints, Bools]:
    """The zone that a server is pinned to."""
    codes, zones = numbered(cluster.servers.pinned_zone)
    nodes = np.array(cluster.nodes.zone, dtype=object)
    return codes, _stacked(cluster, [np.ones(len(nodes), dtype=bool) if zone is None else
                                     np.array(nodes == zone, dtype=bool) for zone in zones])


def of_tenants(cluster: Cluster) -> tuple[Ints, Bools]:
    """Aggregates that are kept for tenants; those whom none names are all alike."""
    lists = [(aggregate.nodes, {name for key, value in aggregate.metadata.items()
                                if key.startswith(_TENANT_KEY) for name in _words(value)})
             for aggregate in cluster.aggregates
             if any(key.startswith(_TENANT_KEY) for key in aggregate.metadata)]
    if not lists:
        return _anywhere(cluster)
    named = set().union(*(names for _, names in lists))
    codes, tenants = numbered(project if project in named else '' for project in cluster.servers.project)
    masks = []
    for tenant in tenants:
        kept, granted = (_nodes(cluster, found) for found in (
            [nodes for nodes, _ in lists], [nodes for nodes, names in lists if tenant in names]))
        masks.append(~kept | granted)
    return codes, _stacked(cluster, masks)


def of_homes(cluster: Cluster, homes: Mapping[int, int]) -> tuple[Ints, Bools]:
    """The only node that a server may go to."""
    if not homes:
        return _anywhere(cluster)
    codes, found = numbered(map(homes.get, range(len(cluster.servers))))
    nodes = np.arange(len(cluster.nodes))
    return codes, _stacked(cluster, [np.ones(len(nodes), dtype=bool) if home is None else nodes == home
                                     for home in found])


def of_requests(cluster: Cluster, codes: Ints, requests: Sequence[Request]) -> tuple[Ints, Bools]:
    """What flavors and images ask of nodes, and amounts that their providers deal out."""
    nodes = _Nodes(cluster)
    amounts, different = _further_amounts(cluster)
    both, asking, taking = numbered_pairs(codes, amounts, len(different))
    asked = [nodes.asked_by(request) for request in requests]
    masks = [asked[code] & can_provide(cluster.nodes, requests[code], different[amount])
             for code, amount in zip(asking.tolist(), taking.tolist(), strict=True)]
    return both, _stacked(cluster, masks)


class _Nodes:
    """What nodes answer to the keys of flavors and images."""

    def __init__(self, cluster: Cluster):
        self._cluster = cluster
        self._all: Bools = np.ones(len(cluster.nodes), dtype=bool)
        self._keys = {key for aggregate in cluster.aggregates for key in aggregate.metadata}

    def asked_by(self, request: Request) -> Bools:
        """[N] The nodes that are what flavor and image ask for, whatever is left of them."""
        mask = suited_to(self._cluster.nodes, request) & self._of_aggregates(request)
        if request.cells == 1:
            nodes = self._cluster.nodes
            mask &= has_such_cells(request, nodes.cells)
            mask &= np.array([CELL_SHARE not in closed for closed in nodes.closed_to], dtype=bool)
        return mask

    def _of_aggregates(self, request: Request) -> Bools:
        mask = self._all & ~self._kept_for_traits(request)
        for key, value in request.specs.items():
            if key.startswith(_AGGREGATE_SPEC):
                mask &= self._in_aggregates(key.removeprefix(_AGGREGATE_SPEC), value)
            elif ':' not in key and key in self._keys:
                # Nova reads keys without a scope too; one that no aggregate has is meant for others.
                mask &= self._in_aggregates(key, value)
        for key, value in request.image.items():
            if ':' not in key and key in self._keys:
                mask &= ~self._in_aggregates_with(key) | self._in_aggregates(key, value)
        return mask

    def _in_aggregates(self, key: str, asked: str) -> Bools:
        """The nodes in an aggregate a value of whose key satisfies what is asked."""
        return _nodes(self._cluster, (
            aggregate.nodes for aggregate in self._cluster.aggregates if key in aggregate.metadata
            and any(satisfies(value, asked) for value in _words(aggregate.metadata[key]))))

    def _in_aggregates_with(self, key: str) -> Bools:
        return _nodes(self._cluster, (aggregate.nodes for aggregate in self._cluster.aggregates
                                      if key in aggregate.metadata))

    def _kept_for_traits(self, request: Request) -> Bools:
        """The nodes in aggregates for servers that require certain traits, when this one does not."""
        required = {trait for part in request.parts for trait in part.required}
        return _nodes(self._cluster, (
            aggregate.nodes for aggregate in self._cluster.aggregates
            if not {key.removeprefix(_TRAIT_KEY) for key, value in aggregate.metadata.items()
                    if key.startswith(_TRAIT_KEY) and value == 'required'} <= required))


def _further_amounts(cluster: Cluster) -> tuple[Ints, list[dict[str, float]]]:
    """Which of these amounts of further classes each server takes: [S]."""
    columns = [(column, name) for column, name in enumerate(cluster.resources)
               if name not in (*RESOURCES, CELL_SHARE)]
    if not columns:
        return np.zeros(len(cluster.servers), dtype=np.int64), [{}]
    codes, found = numbered(map(tuple, cluster.servers.demand[:, [column for column, _ in columns]].tolist()))
    return codes, [{name: amount for (_, name), amount in zip(columns, row, strict=True) if amount}
                   for row in found]


def _anywhere(cluster: Cluster) -> tuple[Ints, Bools]:
    """What binds no server."""
    return np.zeros(len(cluster.servers), dtype=np.int64), np.ones((1, len(cluster.nodes)), dtype=bool)


def _stacked(cluster: Cluster, masks: Sequence[Bools]) -> Bools:
    return np.array(masks, dtype=bool).reshape(len(masks), len(cluster.nodes))


def _nodes(cluster: Cluster, found: Iterable[Ints]) -> Bools:
    mask = np.zeros(len(cluster.nodes), dtype=bool)
    for rows in found:
        mask[rows] = True
    return mask


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(',')]

# SPDX-License-Identifier: Apache-2.0
"""Which rule forbids which nodes to a server, by name: the rules themselves are asked, again and again.

All that a rule could ask about is taken away from the cluster, and then given back piece by piece; a node is
forbidden by the first piece with which it is. So a rule that is not known here is still kept: it only goes
without a name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from watcher_py.core.cluster import Aggregate, Bools, Cluster
from watcher_py.core.columns import rows_of
from watcher_py.core.rules import rules_of

SOME_RULE = 'a scheduling rule keeps the server away'

_OF_JOURNEYS = ('cpu', 'hypervisor_type', 'hypervisor_version')
_TENANTS, _TRAITS = 'filter_tenant_id', 'trait:'        # what keys of aggregates' metadata begin with

Piece = tuple[str, Cluster]             # what was given back last, and the cluster with it


def forbidden(cluster: Cluster, server: int) -> Iterator[tuple[str, Bools]]:
    """Rules, each with the nodes [N] that are forbidden by it and those before it; in the end, by all."""
    for why, given in _pieces(_alone(cluster, server)):
        yield why, ~_taken(given)


def why_forbidden(cluster: Cluster, server: int, node: int) -> str:
    """The rule that keeps the server off the node, were that enabled and up; '' if none does."""
    every = np.ones(len(cluster.nodes), dtype=bool)
    nodes = replace(cluster.nodes, enabled=every, up=every, known=every)
    return next((why for why, nodes in forbidden(replace(cluster, nodes=nodes), server) if nodes[node]), '')


def _pieces(own: Cluster) -> Iterator[Piece]:
    given = _bare(own)
    yield SOME_RULE, given
    for step in (_services, _journeys, _places, _requests):
        for piece in step(own, given):
            yield piece
            given = piece[1]
    yield 'a host aggregate keeps it for servers that ask for certain traits', replace(own, groups=())
    yield 'the affinity group of the server stands elsewhere', own


def _services(own: Cluster, given: Cluster) -> Iterator[Piece]:
    for why, column in (('its compute service is disabled', 'enabled'), ('its compute service is down', 'up'),
                        ('it could not be read in whole', 'known')):
        given = _with_nodes(own, given, column)
        yield why, given


def _journeys(own: Cluster, given: Cluster) -> Iterator[Piece]:
    home = own.nodes.name[own.servers.node[0]]
    yield (f'no server goes there from {home}: CPU or hypervisor are others, or older',
           _with_nodes(own, given, *_OF_JOURNEYS))


def _places(own: Cluster, given: Cluster) -> Iterator[Piece]:
    zones = own.servers.pinned_zone
    given = _with_servers(given, pinned_zone=zones)
    yield f'it is not in zone {zones[0]}, to which the server is bound', given
    tenants = _aggregates(own, lambda key: key.startswith(_TENANTS))
    yield 'a host aggregate keeps it for other projects', replace(given, aggregates=tenants)


def _requests(own: Cluster, given: Cluster) -> Iterator[Piece]:
    given = replace(given, aggregates=_aggregates(own, lambda key: not key.startswith(_TRAITS)))
    for of, column in (('flavor', 'extra_specs'), ('image', 'image')):
        wishes: tuple[Mapping[str, str], ...] = getattr(own.servers, column)
        some: dict[str, str] = {}
        for key, value in sorted(wishes[0].items()):
            some = {**some, key: value}
            given = _with_servers(given, **{column: (some, *wishes[1:])})
            yield f'the {of} asks for {key} = {value}', given
    given = _with_servers(replace(given, nodes=own.nodes), demand=own.servers.demand)
    yield 'no provider of it gives what the server needs of further resource classes', given


def _aggregates(own: Cluster, is_given: Callable[[str], bool]) -> tuple[Aggregate, ...]:
    """The aggregates with the metadata alone whose keys are given back."""
    return tuple(replace(aggregate, metadata={
        key: value for key, value in aggregate.metadata.items() if is_given(key)})
        for aggregate in own.aggregates)


def _alone(cluster: Cluster, server: int) -> Cluster:
    """The server, as the first row, and its group mates; all nodes."""
    kept = np.zeros(len(cluster.servers), dtype=bool)
    kept[server] = True
    groups = [group for group in cluster.groups if server in group.members]
    for group in groups:
        kept[group.members] = True
    rows = [server, *(row for row in np.flatnonzero(kept).tolist() if row != server)]
    place = {row: number for number, row in enumerate(rows)}
    servers = rows_of(cluster.servers, np.array(rows))
    return replace(cluster, servers=servers, groups=tuple(
        replace(group, members=np.array([place[row] for row in group.members.tolist()], dtype=np.int64))
        for group in groups))


def _bare(cluster: Cluster) -> Cluster:
    """The cluster without anything that a rule could ask about; all nodes are such as the server's."""
    nodes, servers = cluster.nodes, cluster.servers
    every, home = np.ones(len(nodes), dtype=bool), int(servers.node[0])
    journeys = {name: _alike(getattr(nodes, name), home) for name in _OF_JOURNEYS}
    nodes = replace(nodes, enabled=every, up=every, known=every, closed_to=(frozenset(),) * len(nodes),
                    **journeys)
    servers = replace(servers, pinned_zone=(None,) * len(servers), demand=np.zeros_like(servers.demand),
                      extra_specs=({},) * len(servers), image=({},) * len(servers))
    return replace(cluster, nodes=nodes, servers=servers, groups=(), aggregates=())


def _alike(column: Any, row: int) -> Any:
    """The column with the value of this row in all of its rows."""
    is_array = isinstance(column, np.ndarray)
    return np.full_like(column, column[row]) if is_array else (column[row],) * len(column)


def _taken(cluster: Cluster) -> Bools:
    """[N] The nodes that the rules let the first server stand on."""
    rules = rules_of(cluster)
    return np.asarray(rules.takes[rules.class_of[0]])


def _with_nodes(own: Cluster, given: Cluster, *columns: str) -> Cluster:
    """With these columns as they are."""
    return replace(given, nodes=replace(given.nodes, **{name: getattr(own.nodes, name) for name in columns}))


def _with_servers(cluster: Cluster, **columns: Any) -> Cluster:
    return replace(cluster, servers=replace(cluster.servers, **columns))

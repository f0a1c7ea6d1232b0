# SPDX-License-Identifier: Apache-2.0
"""All rules of one cluster: who stays, and the classes of servers with the nodes that take each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from watcher_py.core.cluster import Bools, Cluster, Group, Ints, Policy
from watcher_py.core.request import requests_of
from watcher_py.core.rules.company import affinity_homes, groups_of
from watcher_py.core.rules.journey import Journeys
from watcher_py.core.rules.numbering import numbered_pairs
from watcher_py.core.rules.places import of_homes, of_requests, of_tenants, of_zones
from watcher_py.core.rules.stay import reasons

# For each server the number of a mask, and the masks: [S], [K, N].
Masks = tuple[Ints, Bools]


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of one cluster; capacity comes on top.

    `stuck` holds for each server the reason why it can't be moved, '' where it can: [S].
    `takes[class_of[s]]` are the nodes that take server s from where it stands: [C, N]. A server that
    comes by another node gets there if that node is of the kind of its first node or of its last:
    `kind` [N] is one number for nodes that live migrations come and go alike.
    """

    stuck: tuple[str, ...]
    class_of: Ints
    takes: Bools
    apart: tuple[Group, ...]            # anti-affinity, that Nova enforces
    wishes: tuple[Group, ...]           # soft groups of both kinds
    kind: Ints


def rules_of(cluster: Cluster) -> Rules:
    codes, requests = requests_of(cluster.servers)
    journeys = Journeys(cluster)
    stuck = reasons(cluster, codes, requests, journeys)
    homes = affinity_homes(cluster, stuck)
    class_of, takes = _crossed([
        of_zones(cluster), of_tenants(cluster), of_requests(cluster, codes, requests),
        journeys.ways(), of_homes(cluster, homes)])
    class_of, takes = _merged((class_of, takes & _open(cluster)))
    return Rules(tuple(stuck), class_of, takes,
                 groups_of(cluster, Policy.ANTI_AFFINITY),
                 groups_of(cluster, Policy.SOFT_AFFINITY, Policy.SOFT_ANTI_AFFINITY), journeys.kind)


def takes_new(cluster: Cluster) -> Bools:
    """[S, N] The nodes that would take these servers if they came anew, without a way from their node."""
    codes, requests = requests_of(cluster.servers)
    class_of, takes = _crossed([
        of_zones(cluster), of_tenants(cluster), of_requests(cluster, codes, requests)])
    return np.array(takes[class_of] & _open(cluster), dtype=bool)


def misplaced(cluster: Cluster) -> Bools:
    """[S] Servers that would not be let on their nodes again, were these enabled and up.

    Where it is not clear what a server needs, or no node at all is known to have it, its own may.
    """
    rules = rules_of(_at_ease(cluster))
    is_clear = np.array([not reason for reason in rules.stuck], dtype=bool)
    is_offered = np.asarray(rules.takes.any(axis=1))[rules.class_of]
    return np.asarray(is_clear & is_offered & ~rules.takes[rules.class_of, cluster.servers.node])


def _at_ease(cluster: Cluster) -> Cluster:
    """With every service up and every server free to move: what is left are the lasting rules."""
    every, no = np.ones(len(cluster.nodes), dtype=bool), np.zeros(len(cluster.servers), dtype=bool)
    # What a server has got of a class it keeps, be its node closed to others.
    nodes = replace(cluster.nodes, enabled=every, up=every, known=every,
                    closed_to=(frozenset(),) * len(every))
    servers = replace(cluster.servers, locked=no, excluded=no, task_state=(None,) * len(no),
                      state=('stopped',) * len(no))
    return replace(cluster, nodes=nodes, servers=servers)


def _open(cluster: Cluster) -> Bools:
    nodes = cluster.nodes
    return np.array(nodes.enabled & nodes.up & nodes.known, dtype=bool)


def _crossed(factors: Sequence[Masks]) -> Masks:
    """The masks of servers that several rules bind at once; rules that forbid nothing add no class."""
    return reduce(_both, map(_merged, factors))


def _both(one: Masks, other: Masks) -> Masks:
    codes, firsts, seconds = numbered_pairs(one[0], other[0], len(other[1]))
    return _merged((codes, one[1][firsts] & other[1][seconds]))


def _merged(masks: Masks) -> Masks:
    """Each mask once, in the order in which they first stand."""
    codes, rows = masks
    numbers: dict[bytes, int] = {}
    of_rows = np.array([numbers.setdefault(bytes(row), len(numbers)) for row in np.packbits(rows, axis=1)],
                       dtype=np.int64)
    if len(numbers) == len(rows):
        return masks
    _, first = np.unique(of_rows, return_index=True)
    return of_rows[codes], rows[first]

# SPDX-License-Identifier: Apache-2.0
"""What is allocated at first: what a document's servers take, and what is held by nobody it knows."""

from collections import Counter
from collections.abc import Mapping

from watcher_py.core.cluster import RESOURCES, Cluster
from watcher_py.core.numa import CELL_SHARE
from watcher_py.core.request import Part
from watcher_py.sim.allotments import Asked, allot, asked
from watcher_py.sim.ids import derived_id, provider_id
from watcher_py.sim.ledger import Further
from watcher_py.sim.records import Amounts, Host, Server
from watcher_py.sim.world import World


def claim_what_is_held(cluster: Cluster, world: World) -> None:
    nodes = cluster.nodes
    for row, host in enumerate(nodes.uuid):
        sizes = Amounts.of(nodes.held[row])
        further = {provider_id(host, one.name) if one.name else host:
                   {name: round(have.held) for name, have in one.inventories.items() if have.held}
                   for one in nodes.providers[row]}
        if any(sizes) or any(further.values()):
            world.ledger.claim(derived_id('held', host), host, sizes, '', further)


def claim_what_is_taken(cluster: Cluster, row: int, world: World) -> None:
    """By the server of this row: what the document says, though it be more than there is."""
    servers = cluster.servers
    server = world.servers[servers.uuid[row]]
    host = world.hosts[cluster.nodes.uuid[servers.node[row]]]
    stated = Counter({name: round(float(servers.demand[row, column]))
                      for column, name in enumerate(cluster.resources)
                      if name not in (*RESOURCES, CELL_SHARE) and servers.demand[row, column]})
    world.ledger.claim(server.uuid, host.uuid, Amounts.of(servers.demand[row]), server.project,
                       _given(world, server, host, stated) if stated else {})


def _given(world: World, server: Server, host: Host, stated: Counter[str]) -> Further:
    wanted = asked(world, server)
    if wanted.further() != stated:
        wanted = Asked(wanted.sizes, (Part('', stated, frozenset(), frozenset()),))
    return allot(world, wanted, host) or _anyhow(host, stated)


def _anyhow(host: Host, stated: Mapping[str, int]) -> Further:
    """Of the first provider that has some of the class, or else of the root."""
    given: dict[str, Counter[str]] = {}
    for name, amount in stated.items():
        giver = next((one.uuid for one in host.tree if name in one.inventories), host.uuid)
        given.setdefault(giver, Counter())[name] += amount
    return given

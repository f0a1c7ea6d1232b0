# SPDX-License-Identifier: Apache-2.0
"""What an engine sees of four hosts and three servers: one host is frozen, and of two a name is the same."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from tests.core.clusters import document, host, instance
from watcher_py.core import document as documents
from watcher_py.core.strategy import Part
from watcher_py.datasources.configured import Sources
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.collector.condition import Condition
from watcher_py.engine.collector.drift import Drift
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.present import Present

WHY = 'Nova knows no compute service of theirs'


def present() -> Present:
    return Present(SmallCloud(), Sources())     # type: ignore[arg-type]


class SmallCloud:
    """A collector that has read it at the beginning of time."""

    def __init__(self) -> None:
        hosts = [host('cn1'), host('cn2', known=False), host('cn3'), host('cn4')]
        servers = [instance('vm-1', 'cn1'), instance('vm-2', 'cn2'), instance('vm-3', 'cn1')]
        groups = [{'id': 'g', 'name': 'pair', 'policy': 'anti-affinity', 'members': ['vm-1', 'vm-2']}]
        for server in servers[:2]:
            server['name'] = 'twin'
        cluster = documents.read(document(hosts, servers, server_groups=groups)).cluster
        nodes = replace(cluster.nodes, name=('cn1', 'cn2', 'twin', 'twin'))
        self._collected = Collected(
            replace(cluster, nodes=nodes), (f'{WHY}; frozen: cn2',), {'cn2-id': WHY}, 0.0)

    def newest(self, max_age: float, parts: Collection[Part] = ()) -> Collected:
        return self._collected

    def conditions(self) -> list[Condition]:
        feed: Feed[Any] = Feed(lambda notice: None)
        return [Condition('compute', 0.0, '', ('cn2',), self._collected.gaps, Drift(servers_missing=1), feed),
                Condition('storage')]

# SPDX-License-Identifier: Apache-2.0
"""Which host or server a client means by a uuid or a name."""

from collections import Counter
from collections.abc import Sequence

from watcher_py.core.cluster import Nodes, Servers
from watcher_py.core.errors import Conflict, NotFound


def node_row(nodes: Nodes, key: str) -> int:
    """By the host's uuid, its name, or that of its hypervisor; NotFound, or Conflict where several are."""
    return _row(key, 'host', (nodes.uuid, nodes.name, nodes.hypervisor))


def server_row(servers: Servers, key: str) -> int:
    """By the server's uuid or its name; NotFound, or Conflict where several are called so."""
    return _row(key, 'server', (servers.uuid, servers.name))


def calls(servers: Servers) -> list[str]:
    """[S] What each server is asked for by: its name, or its uuid where others are called so too."""
    count = Counter(servers.name)
    return [name if name and count[name] == 1 else uuid
            for uuid, name in zip(servers.uuid, servers.name, strict=True)]


def _row(key: str, kind: str, columns: Sequence[Sequence[str]]) -> int:
    for names in columns:
        if names.count(key) > 1:
            raise Conflict(f'{names.count(key)} {kind}s are called {key}: ask by uuid')
        if key in names:
            return names.index(key)
    raise NotFound(f'the decision engine knows no {kind} {key}: it may have gone, or just come')

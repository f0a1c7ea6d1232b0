# SPDX-License-Identifier: Apache-2.0
"""Ask why of a server or node, by uuid or name."""

from watcher_py.core.errors import Conflict, NotFound
from watcher_py.core.explain.evidence import Evidence
from watcher_py.core.explain.explanation import Explanation
from watcher_py.core.explain.node import explain_node
from watcher_py.core.explain.server import explain_server


def explain(evidence: Evidence, key: str) -> Explanation:
    """NotFound where no server or node is called so; Conflict where several are."""
    servers, nodes = evidence.cluster.servers, evidence.cluster.nodes
    if key in servers.uuid:
        return explain_server(evidence, servers.uuid.index(key))
    for names in (nodes.uuid, nodes.name, nodes.hypervisor):
        if key in names:
            return explain_node(evidence, names.index(key))
    if servers.name.count(key) > 1:
        raise Conflict(f'{servers.name.count(key)} servers are called {key}: ask by uuid')
    if key in servers.name:
        return explain_server(evidence, servers.name.index(key))
    raise NotFound(f'the plan looked at no server or node {key}: it is not in the scope of the audit, '
                   'or came after the plan was made')

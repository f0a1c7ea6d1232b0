# SPDX-License-Identifier: Apache-2.0
"""What is told of rules: those that are broken, and the server groups with where their members stand."""

from typing import Any

from watcher_py.core.cluster import Policy
from watcher_py.core.violations import is_kept, violations_of
from watcher_py.engine.lookup import calls
from watcher_py.engine.present import Look

Row = dict[str, Any]


def listed(look: Look) -> Row:
    cluster = look.snapshot.cluster
    servers, host, called = cluster.servers, cluster.nodes.name, calls(cluster.servers)
    broken = [{'kind': found.kind.value, 'what': found.what, 'sentence': found.sentence,
               'servers': [called[row] for row in found.servers],
               'hosts': [host[node] for node in found.nodes]} for found in violations_of(look.snapshot)]
    groups = [{'uuid': group.uuid, 'name': group.name, 'policy': group.policy.value,
               'limit': group.limit if group.policy is Policy.ANTI_AFFINITY else None,
               'members': [{'uuid': servers.uuid[row], 'server': called[row], 'host': host[servers.node[row]]}
                           for row in group.members.tolist()],
               'is_kept': is_kept(cluster, group)} for group in cluster.groups]
    return {'taken_at': look.taken_at(), 'gaps': list(look.gaps), 'violations': broken, 'groups': groups}

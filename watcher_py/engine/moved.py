# SPDX-License-Identifier: Apache-2.0
"""When servers moved last, as far as it was us who moved them."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from watcher_py.core.changes import Migrate
from watcher_py.core.cluster import Cluster
from watcher_py.core.states import ActionState
from watcher_py.db.models import Action
from watcher_py.db.store import Store


def with_moves(cluster: Cluster, store: Store, since: datetime) -> Cluster:
    """The cluster that knows which of its servers our plans have moved since then (naive UTC)."""
    actions = store.find(Action, Action.updated_at >= since, action_type=Migrate.action_type,
                         state=ActionState.SUCCEEDED, sort_key='updated_at', depth=0)
    moved = {action.input_parameters.get('resource_id'): action.updated_at.replace(tzinfo=UTC).timestamp()
             for action in actions if action.updated_at is not None}
    servers = cluster.servers
    ours = np.array([moved.get(uuid, np.nan) for uuid in servers.uuid], dtype=np.float64)
    return replace(cluster, servers=replace(servers, moved_at=np.fmax(servers.moved_at, ours)))

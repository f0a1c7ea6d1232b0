# SPDX-License-Identifier: Apache-2.0
"""What plans were decided on: kept for the newest ones, and asked when somebody wants to know why."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.cluster import Ints
from watcher_py.core.errors import NotFound
from watcher_py.core.explain.archive import pack, unpack
from watcher_py.core.explain.ask import explain
from watcher_py.core.explain.evidence import ends, gather
from watcher_py.core.schedule import Plan
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.strategy import Params, Strategy
from watcher_py.db.models import ActionPlan, Evidence
from watcher_py.db.store import Store

LOG = logging.getLogger(__name__)

# Databases take no statement beyond a limit: MariaDB's is 16 MiB unless it is told otherwise.
MOST_BYTES = 12 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class Decided:
    """What a plan was decided on, and where it leaves the servers."""

    snapshot: Snapshot
    node: Ints                      # [S]
    params: Params                  # of the strategy


def evidence_rows(plan: ActionPlan, snapshot: Snapshot, params: Params, decided: Plan) -> list[Evidence]:
    """The row to store with the plan; none where it would be too large for a database."""
    content = pack(snapshot, ends(snapshot.cluster, (action.change for action in decided.actions)))
    if len(content) > MOST_BYTES:
        LOG.info('Action plan %s can not be explained in detail: what it was decided on takes %d MiB',
                 plan.uuid, len(content) >> 20)
        return []
    return [Evidence(action_plan=plan, parameters=dict(params), content=content)]


def explanation(store: Store, strategies: Mapping[str, Strategy], plan_uuid: str,
                about: str) -> dict[str, Any]:
    """Why the plan does with a server or node, by uuid or name, what it does; NotFound if nobody knows."""
    plan = store.get(ActionPlan, plan_uuid)
    decided = decided_on(store, plan)
    if plan.strategy.name not in strategies:
        raise NotFound(f'strategy {plan.strategy.name} is not installed on this decision engine')
    evidence = gather(decided.snapshot, strategies[plan.strategy.name], decided.params, decided.node,
                      plan.report.get('stayed', {}), plan.report.get('refrained', ''))
    return explain(evidence, about).document()


def decided_on(store: Store, plan: ActionPlan) -> Decided:
    """NotFound if nobody knows any more."""
    found = store.find(Evidence, action_plan_id=plan.id, depth=0, limit=1)
    if not found:
        raise NotFound(f'action plan {plan.uuid} can not be explained in detail: what plans were decided on '
                       'is kept for the newest ones only')
    return Decided(*unpack(found[0].content), found[0].parameters)

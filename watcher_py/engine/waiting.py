# SPDX-License-Identifier: Apache-2.0
"""Audits that wait for an engine: whose message was lost, whose event came, or whose engine went away."""

from sqlalchemy import and_, or_

from watcher_py.core.states import AuditState
from watcher_py.db.lease import Leases
from watcher_py.db.models import Audit
from watcher_py.db.store import Store
from watcher_py.engine.turns import AWAITS_EVENT, EVENT, IS_RUN, ONESHOT

# Who waits behind them is found at a later look.
MOST = 100


def waiting(store: Store, leases: Leases) -> list[str]:
    """Their uuids, those first that were begun; a message over the bus only makes it quicker."""
    is_once = and_(Audit.audit_type == ONESHOT, Audit.state == AuditState.PENDING)
    is_triggered = and_(Audit.audit_type == EVENT, Audit.state.in_(AWAITS_EVENT),
                        Audit.triggered_at.is_not(None))
    left = leases.expired(Audit, IS_RUN, depth=0)
    new = store.find(Audit, or_(is_once, is_triggered), limit=MOST, depth=0)
    return [audit.uuid for audit in (*left, *new)]

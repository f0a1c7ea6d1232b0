# SPDX-License-Identifier: Apache-2.0
"""Audits whose engine went down while they ran: what was begun is given up, what runs again does so."""

import logging
from collections.abc import Collection
from datetime import datetime

from watcher_py.core.states import AuditState
from watcher_py.db.columns import short
from watcher_py.db.models import Audit
from watcher_py.db.store import Store
from watcher_py.engine.turns import CONTINUOUS, EVENT

LOG = logging.getLogger(__name__)

BEGUN = (AuditState.ONGOING, AuditState.SUSPENDED)


def give_up(store: Store, hosts: Collection[str], moment: datetime, what_happened: str) -> None:
    """Nobody will finish what these hosts were carrying out."""
    for audit in store.find(Audit, Audit.hostname.in_(hosts), Audit.state.in_(BEGUN)):
        message = short(f'The decision engine on {audit.hostname} {what_happened} while the audit ran.')
        if _give_up(store, audit, moment, message):
            LOG.warning('Audit %s: interrupted. %s', audit.uuid, message)


def _give_up(store: Store, audit: Audit, moment: datetime, message: str) -> bool:
    is_theirs = Audit.hostname == audit.hostname
    if audit.audit_type == CONTINUOUS:
        return audit.next_run_time is None and store.claim(
            audit, BEGUN, audit.state, is_theirs, Audit.next_run_time.is_(None), next_run_time=moment,
            status_message=message)
    state = AuditState.PENDING if audit.audit_type == EVENT else AuditState.CANCELLED
    return store.claim(audit, AuditState.ONGOING, state, is_theirs, status_message=message)

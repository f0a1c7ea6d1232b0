# SPDX-License-Identifier: Apache-2.0
"""The states of audits, plans and actions, and who may change one into which."""

from collections.abc import Mapping
from enum import StrEnum


class AuditState(StrEnum):
    PENDING = 'PENDING'
    ONGOING = 'ONGOING'
    SUCCEEDED = 'SUCCEEDED'
    FAILED = 'FAILED'
    CANCELLED = 'CANCELLED'
    SUSPENDED = 'SUSPENDED'
    DELETED = 'DELETED'


class PlanState(StrEnum):
    RECOMMENDED = 'RECOMMENDED'
    PENDING = 'PENDING'
    ONGOING = 'ONGOING'
    SUCCEEDED = 'SUCCEEDED'
    FAILED = 'FAILED'
    CANCELLING = 'CANCELLING'
    CANCELLED = 'CANCELLED'
    SUPERSEDED = 'SUPERSEDED'
    DELETED = 'DELETED'


class ActionState(StrEnum):
    PENDING = 'PENDING'
    ONGOING = 'ONGOING'
    SUCCEEDED = 'SUCCEEDED'
    FAILED = 'FAILED'
    SKIPPED = 'SKIPPED'
    CANCELLING = 'CANCELLING'
    CANCELLED = 'CANCELLED'
    DELETED = 'DELETED'


class Wish(StrEnum):
    """What an operator can ask of an action that runs."""

    ABORT = 'abort'
    FORCE_COMPLETE = 'force_complete'


Transitions = Mapping[StrEnum, frozenset[StrEnum]]


def _table(rows: Mapping[StrEnum, tuple[StrEnum, ...]]) -> Transitions:
    return {old: frozenset(new) for old, new in rows.items()}


A, P, X = AuditState, PlanState, ActionState

# What a user may ask for by PATCH; the services follow the whole tables below.
AUDIT_BY_USER = _table({
    A.PENDING: (A.ONGOING, A.CANCELLED),
    A.ONGOING: (A.SUCCEEDED, A.FAILED, A.CANCELLED, A.SUSPENDED),
    A.SUSPENDED: (A.ONGOING, A.CANCELLED, A.DELETED),
    A.SUCCEEDED: (A.DELETED,),
    A.FAILED: (A.DELETED,),
    A.CANCELLED: (A.DELETED,),
})
PLAN_BY_USER = _table({
    P.RECOMMENDED: (P.PENDING, P.CANCELLED),
    P.PENDING: (P.CANCELLED,),
    P.ONGOING: (P.CANCELLING,),
})
ACTION_BY_USER = _table({X.PENDING: (X.SKIPPED,)})

AUDIT_DELETABLE = frozenset({A.SUCCEEDED, A.FAILED, A.CANCELLED, A.SUSPENDED})
PLAN_DELETABLE = frozenset({P.RECOMMENDED, P.SUCCEEDED, P.FAILED, P.CANCELLED, P.SUPERSEDED})

AUDIT_ENDED = frozenset({A.SUCCEEDED, A.FAILED, A.CANCELLED, A.DELETED})
PLAN_ENDED = frozenset({P.SUCCEEDED, P.FAILED, P.CANCELLED, P.SUPERSEDED, P.DELETED})
ACTION_ENDED = frozenset({X.SUCCEEDED, X.FAILED, X.SKIPPED, X.CANCELLED, X.DELETED})


def may_become(old: StrEnum, new: StrEnum, table: Transitions) -> bool:
    return new in table.get(old, frozenset())

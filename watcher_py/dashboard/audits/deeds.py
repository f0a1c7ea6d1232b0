# SPDX-License-Identifier: Apache-2.0
"""What may be done to an audit in its state, how it is asked about, and how it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher_py.core.states import AUDIT_BY_USER, AUDIT_DELETABLE, AuditState, may_become
from watcher_py.dashboard.rest import Rest


@dataclass(frozen=True)
class Deed:
    """`state` is what it makes of the audit; `rule` is the policy's."""

    name: str
    label: str
    question: str
    rule: str
    state: AuditState | None = None
    kind: str = ''


TRIGGER = Deed('trigger', 'Run it now', 'Have the audit run now, as if its event had come?',
               'webhook:trigger', kind='primary')
SUSPEND = Deed('suspend', 'Suspend', 'Suspend the audit? It runs no more until it is resumed.',
               'audit:update', AuditState.SUSPENDED)
RESUME = Deed('resume', 'Resume', 'Let the audit run again at its interval?', 'audit:update',
              AuditState.ONGOING, 'primary')
CANCEL = Deed('cancel', 'Cancel', 'Cancel the audit? It does not run again; its plans stay.', 'audit:update',
              AuditState.CANCELLED, 'danger')
ARCHIVE = Deed('archive', 'Archive', 'Archive the audit? It leaves the list; its plans stay.', 'audit:delete',
               kind='danger')
DEEDS = {deed.name: deed for deed in (TRIGGER, SUSPEND, RESUME, CANCEL, ARCHIVE)}

TRIGGERED_FROM = (AuditState.PENDING, AuditState.SUCCEEDED)


def possible(audit: Mapping[str, Any]) -> list[Deed]:
    """What makes sense for an audit like this one now, whoever asks."""
    return [deed for deed in DEEDS.values() if _is_possible(deed, audit)]


def do(deed: Deed, rest: Rest, uuid: str) -> None:
    if deed is TRIGGER:
        rest.post(f'/v1/webhooks/{uuid}')
    elif deed is ARCHIVE:
        rest.delete(f'/v1/audits/{uuid}')
    else:
        rest.patch(f'/v1/audits/{uuid}', [{'op': 'replace', 'path': '/state', 'value': deed.state}])


def _is_possible(deed: Deed, audit: Mapping[str, Any]) -> bool:
    state = AuditState(audit['state'])
    if deed is TRIGGER:
        return audit['audit_type'] == 'EVENT' and state in TRIGGERED_FROM
    if deed is ARCHIVE:
        return state in AUDIT_DELETABLE
    if deed is RESUME and state is not AuditState.SUSPENDED:
        return False        # the engines begin what waits
    return deed.state is not None and may_become(state, deed.state, AUDIT_BY_USER)

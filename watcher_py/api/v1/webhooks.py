# SPDX-License-Identifier: Apache-2.0
"""/v1/webhooks: something has happened that an EVENT audit waits for."""

import falcon

from watcher_py.api import bodies
from watcher_py.api.desk import Desk
from watcher_py.api.hints import hint
from watcher_py.api.operation import operation
from watcher_py.api.v1.new_audit import EVENT
from watcher_py.core.errors import Invalid
from watcher_py.core.states import AuditState
from watcher_py.db.columns import now
from watcher_py.db.models import Audit

WAITING = (AuditState.PENDING, AuditState.SUCCEEDED)


class Webhooks:
    def __init__(self, desk: Desk):
        self._desk = desk

    @operation(202, body={}, refuses=(409,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """Have the audit carried out; what the body says is for others, such as Aodh's alarms."""
        audit = self._desk.store.get(Audit, key)
        if self._desk.are_webhooks_guarded:
            self._desk.guard.check(req.context.caller, 'webhook:trigger')
        bodies.read(req)
        if audit.audit_type != EVENT:
            raise Invalid(f'Audit {audit.uuid} is of type {audit.audit_type}: only {EVENT} audits are '
                          'triggered')
        self._note(audit)
        hint(self._desk.engine.trigger_audit, req.context.caller, audit.uuid)
        resp.status = falcon.HTTP_202

    def _note(self, audit: Audit) -> None:
        """Store the event; what comes before an engine has seen to the one before is the same event."""
        is_this = (Audit.id == audit.id, Audit.state.in_(WAITING))
        if self._desk.store.touch(Audit, *is_this, Audit.triggered_at.is_(None), triggered_at=now()):
            return
        if not self._desk.store.count(Audit, *is_this):
            state = self._desk.store.get(Audit, audit.id, with_deleted=True).state
            raise Invalid(f'Couldn\'t trigger when state is \'{state}\'; it is one of {", ".join(WAITING)}')

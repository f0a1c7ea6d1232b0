# SPDX-License-Identifier: Apache-2.0
"""/v1/webhooks: something has happened that an EVENT audit waits for."""

import falcon

from watcher_py.api import bodies
from watcher_py.api.desk import Desk
from watcher_py.api.operation import operation
from watcher_py.api.v1.new_audit import EVENT
from watcher_py.core.errors import Invalid
from watcher_py.core.states import AuditState
from watcher_py.db.models import Audit

WAITING = (AuditState.PENDING, AuditState.SUCCEEDED)


class Webhooks:
    def __init__(self, desk: Desk):
        self._desk = desk

    @operation(202, body={}, refuses=(409, 500))
    def on_post(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """Have the audit carried out; what the body says is for others, such as Aodh's alarms."""
        audit = self._desk.store.get(Audit, key)
        if self._desk.are_webhooks_guarded:
            self._desk.guard.check(req.context.caller, 'webhook:trigger')
        bodies.read(req)
        _check(audit)
        self._desk.engine.trigger_audit(req.context.caller, audit.uuid)
        resp.status = falcon.HTTP_202


def _check(audit: Audit) -> None:
    if audit.audit_type != EVENT:
        raise Invalid(f'Audit {audit.uuid} is of type {audit.audit_type}: only {EVENT} audits are triggered')
    if audit.state not in WAITING:
        raise Invalid(f'Couldn\'t trigger when state is \'{audit.state}\'; it is one of {", ".join(WAITING)}')

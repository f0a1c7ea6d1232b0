# SPDX-License-Identifier: Apache-2.0
"""/audits/new: a form made of what the strategy takes; what it asks for is made by POST."""

import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import falcon

from watcher_py.core.errors import Conflict, Invalid, WatcherError
from watcher_py.dashboard.audits import request
from watcher_py.dashboard.audits.draft import Draft, draft
from watcher_py.dashboard.audits.places import places
from watcher_py.dashboard.audits.request import Wanted
from watcher_py.dashboard.posted import Posted
from watcher_py.dashboard.rest import Rest
from watcher_py.dashboard.site import Site


class NewAuditPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rest: Rest = req.context.visit.rest
        strategy, template = req.get_param('strategy'), req.get_param('template')
        if not strategy and not template:
            self.site.show(req, resp, 'choose_strategy.html', to='/audits/new', heading='New audit',
                           strategies=rest.get('/v1/strategies')['strategies'])
            return
        chosen = draft(rest, strategy, template, req.get_param('like'))
        self._show(req, resp, chosen, Posted(chosen.sent()), {})

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        form: Posted = req.context.form
        rest: Rest = req.context.visit.rest
        chosen = draft(rest, form.one('strategy'), form.one('template'))
        wanted = request.audit(form, chosen.fields)
        faults = wanted.faults
        if not faults:
            try:
                audit = _made(rest, chosen, wanted)
            except (Invalid, Conflict) as error:
                faults = request.complaint(str(error), chosen.fields)
            else:
                self.site.see_other(req, resp, f'/audits/{audit["uuid"]}')
                return
        resp.status = falcon.HTTP_400
        self._show(req, resp, chosen, form, faults)

    def _show(self, req: falcon.Request, resp: falcon.Response, chosen: Draft, sent: Posted,
              faults: Mapping[str, str]) -> None:
        self.site.show(req, resp, 'audit_new.html', draft=chosen, sent=sent, faults=faults,
                       prefix=request.PARAMETER, places=places(req.context.visit.rest))


def _made(rest: Rest, chosen: Draft, wanted: Wanted) -> dict[str, Any]:
    """The audit, once the API has it."""
    if chosen.template is not None:
        return _posted(rest, {**wanted.body, 'audit_template_uuid': chosen.template['uuid']})
    if not wanted.scope:
        return _posted(rest, {**wanted.body, **chosen.aim()})
    # By Watcher's contract only a template brings a scope: this one is there as long as it takes.
    template = rest.post('/v1/audit_templates', {
        'name': f'console-{uuid4()}', 'scope': wanted.scope, **chosen.aim()})
    try:
        return _posted(rest, {**wanted.body, 'audit_template_uuid': template['uuid']})
    finally:
        with contextlib.suppress(WatcherError):
            rest.delete(f'/v1/audit_templates/{template["uuid"]}')


def _posted(rest: Rest, body: dict[str, Any]) -> dict[str, Any]:
    audit: dict[str, Any] = rest.post('/v1/audits', body)
    return audit

# SPDX-License-Identifier: Apache-2.0
"""/templates: audits that are made again and again."""

from collections.abc import Mapping
from typing import Any

import falcon

from watcher_py.core.errors import Conflict, Invalid
from watcher_py.dashboard.audits import request
from watcher_py.dashboard.audits.draft import Draft, draft
from watcher_py.dashboard.audits.listed import newest
from watcher_py.dashboard.audits.places import places
from watcher_py.dashboard.audits.scope import sentences
from watcher_py.dashboard.posted import Posted
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.site import Site

ON_A_PAGE = 50


class TemplatesPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        listed = newest(req.context.visit.rest, '/v1/audit_templates/detail', 'audit_templates', ON_A_PAGE,
                        req.get_param('marker'))
        scopes = {row['uuid']: sentences(row['scope']) for row in listed.rows}
        self.site.show(req, resp, 'templates.html', listed=listed, scopes=scopes)


class NewTemplatePage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rest: Rest = req.context.visit.rest
        strategy = req.get_param('strategy')
        if not strategy:
            self.site.show(req, resp, 'choose_strategy.html', to='/templates/new', heading='New template',
                           strategies=rest.get('/v1/strategies')['strategies'])
            return
        chosen = draft(rest, strategy)
        self._show(req, resp, chosen, Posted(chosen.sent()), {})

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        form: Posted = req.context.form
        rest: Rest = req.context.visit.rest
        chosen = draft(rest, form.one('strategy')).for_presets()
        wanted = request.template(form, chosen.fields, chosen.defaults)
        faults = wanted.faults
        if not faults:
            try:
                rest.post('/v1/audit_templates', {**wanted.body, **chosen.aim()})
            except (Invalid, Conflict) as error:
                faults = request.complaint(str(error), chosen.fields)
            else:
                self.site.see_other(req, resp, '/templates')
                return
        resp.status = falcon.HTTP_400
        self._show(req, resp, chosen, form, faults)

    def _show(self, req: falcon.Request, resp: falcon.Response, chosen: Draft, sent: Posted,
              faults: Mapping[str, str]) -> None:
        self.site.show(req, resp, 'template_new.html', draft=chosen.for_presets(), sent=sent, faults=faults,
                       prefix=request.PARAMETER, places=places(req.context.visit.rest))


class DeleteTemplate:
    """/templates/{uuid}/delete: asks first."""

    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        found: dict[str, Any] = req.context.visit.rest.get(f'/v1/audit_templates/{segment(uuid)}')
        self.site.show(
            req, resp, 'confirm.html', heading=f'Delete: {found["name"]}', label='Delete', kind='danger',
            question='Delete the template? Audits that were made from it stay.',
            action=f'/templates/{found["uuid"]}/delete', back='/templates')

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        req.context.visit.rest.delete(f'/v1/audit_templates/{segment(uuid)}')
        self.site.see_other(req, resp, '/templates')

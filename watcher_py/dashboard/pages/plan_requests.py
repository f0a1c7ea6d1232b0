# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}/actions/{action}/{wish}: asks something of an action that runs; on a page first."""

import falcon

from watcher_py.core.errors import NotFound
from watcher_py.dashboard.plan.asking import find_plan
from watcher_py.dashboard.plan.deed import Deed
from watcher_py.dashboard.plan.request import REQUESTS, Request
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.site import Site


class ActionRequest:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str, action: str, wish: str) -> None:
        request = _request(wish)
        deed = _deed(req.context.visit.rest, uuid, action)
        back = f'/plans/{segment(uuid)}'
        self.site.show(req, resp, 'confirm.html', heading=f'{request.label}: {deed.sentence}',
                       question=request.question, label=request.label, kind=request.kind,
                       action=f'{back}/actions/{segment(action)}/{wish}', back=back)

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str, action: str, wish: str) -> None:
        rest, request = req.context.visit.rest, _request(wish)
        deed = _deed(rest, uuid, action)
        rest.post(f'/v2/actions/{segment(deed.uuid)}/{request.wish}')
        self.site.see_other(req, resp, f'/plans/{segment(uuid)}')


def _request(wish: str) -> Request:
    if wish not in REQUESTS:
        raise NotFound(f'An action can not be asked to {wish}')
    return REQUESTS[wish]


def _deed(rest: Rest, uuid: str, action: str) -> Deed:
    found = next((deed for deed in find_plan(rest, uuid).deeds if deed.uuid == action), None)
    if found is None:
        raise NotFound(f'The plan has no action {action}')
    return found

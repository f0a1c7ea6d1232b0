# SPDX-License-Identifier: Apache-2.0
"""/audits/{uuid}: an audit, what came of it, and what may be done to it now."""

from typing import Any

import falcon

from watcher_py.core.errors import NotFound
from watcher_py.core.states import AUDIT_ENDED
from watcher_py.dashboard.audits.deeds import ARCHIVE, DEEDS, Deed, do, possible
from watcher_py.dashboard.audits.listed import newest
from watcher_py.dashboard.audits.scope import sentences
from watcher_py.dashboard.rest import Forbidden, Rest, segment
from watcher_py.dashboard.site import Site

PLANS = 20


class AuditPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        visit = req.context.visit
        audit = _audit(visit.rest, uuid)
        deeds = [deed for deed in possible(audit) if visit.may(deed.rule)]
        self.site.show(req, resp, 'audit.html', audit=audit, plans=_plans(visit.rest, audit['uuid']),
                       deeds=deeds, scope=sentences(audit['scope']))

    def on_get_state(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        """How far it is; the whole page has news once it has ended."""
        audit = _audit(req.context.visit.rest, uuid)
        if audit['state'] in AUDIT_ENDED:
            resp.set_header('X-Live', 'end')
        self.site.show_fragment(req, resp, 'audit_state.html', audit=audit)


class AuditDeed:
    """/audits/{uuid}/{deed}: asks first, and does it then."""

    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str, deed: str) -> None:
        asked = _deed(deed)
        audit = _audit(req.context.visit.rest, uuid)
        self.site.show(
            req, resp, 'confirm.html', heading=f'{asked.label}: {audit["name"]}', question=asked.question,
            label=asked.label, kind=asked.kind, action=f'/audits/{audit["uuid"]}/{deed}',
            back=f'/audits/{audit["uuid"]}')

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str, deed: str) -> None:
        asked = _deed(deed)
        do(asked, req.context.visit.rest, segment(uuid))
        self.site.see_other(req, resp, '/audits' if asked is ARCHIVE else f'/audits/{segment(uuid)}')


def _audit(rest: Rest, uuid: str) -> dict[str, Any]:
    audit: dict[str, Any] = rest.get(f'/v1/audits/{segment(uuid)}')
    return audit


def _plans(rest: Rest, uuid: str) -> list[dict[str, Any]] | None:
    """None when this user may not see plans."""
    try:
        return newest(rest, '/v1/action_plans/detail', 'action_plans', PLANS, None, audit_uuid=uuid).rows
    except Forbidden:
        return None


def _deed(name: str) -> Deed:
    if name not in DEEDS:
        raise NotFound(f'An audit can not be asked to {name}')
    return DEEDS[name]

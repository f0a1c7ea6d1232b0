# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}/start, /cancel and /archive: asked for on a page first, then done."""

from collections.abc import Mapping
from typing import Any

import falcon

from watcher_py.core.errors import Invalid
from watcher_py.core.execution import OnFailure
from watcher_py.core.states import PlanState
from watcher_py.dashboard.plan.asking import FoundPlan, find_plan
from watcher_py.dashboard.plan.view import PlanView
from watcher_py.dashboard.posted import Posted
from watcher_py.dashboard.rest import Forbidden, Rest, segment
from watcher_py.dashboard.site import Site

COUNTS = ('parallel', 'parallel_per_host')


class PlanStart:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        rest = req.context.visit.rest
        plan = find_plan(rest, uuid)
        self.site.show(req, resp, 'plan_start.html', execution=plan.promise['execution'], usual=_usual(rest),
                       policies=list(OnFailure),
                       view=PlanView(plan))

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        rest = req.context.visit.rest
        before = find_plan(rest, uuid).promise['execution']
        execution = _execution(before, req.context.form)
        if execution != before:
            rest.put(f'/v2/action_plans/{segment(uuid)}/execution', execution)
        rest.post(f'/v1/action_plans/{segment(uuid)}/start')
        self.site.see_other(req, resp, f'/plans/{uuid}')


class PlanCancel:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        _ask(self.site, req, resp, uuid, 'cancel')

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        rest = req.context.visit.rest
        plan = find_plan(rest, uuid)
        new = PlanState.CANCELLING if plan.state == PlanState.ONGOING else PlanState.CANCELLED
        rest.patch(f'/v1/action_plans/{segment(uuid)}', [{'op': 'replace', 'path': '/state', 'value': new}])
        self.site.see_other(req, resp, f'/plans/{uuid}')


class PlanArchive:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        _ask(self.site, req, resp, uuid, 'archive')

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        req.context.visit.rest.delete(f'/v1/action_plans/{segment(uuid)}')
        self.site.see_other(req, resp, '/plans')


def _ask(site: Site, req: falcon.Request, resp: falcon.Response, uuid: str, order: str) -> None:
    plan: FoundPlan = find_plan(req.context.visit.rest, uuid)
    site.show(req, resp, 'plan_ask.html', plan=plan, order=order)


def _usual(rest: Rest) -> Mapping[str, Any] | None:
    """How plans are carried out at this moment; None where this user may not see it."""
    try:
        usual: Mapping[str, Any] = rest.get('/v2/execution')
    except Forbidden:
        return None
    return usual


def _execution(before: Mapping[str, Any], form: Posted) -> dict[str, Any]:
    """As the form says it, where it says anything; an empty field is as usual."""
    asked = {name: form.one(name) for name in ('on_failure', *COUNTS) if name in form}
    given = {name: _count(name, text) if name in COUNTS else text for name, text in asked.items() if text}
    return {**{name: value for name, value in before.items() if name not in asked}, **given}


def _count(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Invalid(f'{name.replace("_", " ")} is a whole number from 1 on, not {text!r}') from None

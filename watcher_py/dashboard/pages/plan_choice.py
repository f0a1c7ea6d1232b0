# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}/skip: choose what of a plan is not to be carried out, and see what that means."""

from collections.abc import Iterable
from typing import Any

import falcon

from watcher_py.core.errors import Conflict
from watcher_py.dashboard.plan.asking import FoundPlan, find_course, find_plan
from watcher_py.dashboard.plan.choice import after_best, falling, ticked
from watcher_py.dashboard.plan.deed import Deed
from watcher_py.dashboard.plan.view import PlanView
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.site import Site

# Together with what the API puts before it, short enough for a status message.
LONGEST_REASON = 200


class PlanChoice:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        """The choice; and what it means, once something is chosen."""
        rest = req.context.visit.rest
        plan = find_plan(rest, uuid)
        keep = req.get_param('keep') or ''
        left_out = _left_out(rest, plan, req.get_param_as_list('skip') or (), keep)
        if left_out:
            self.site.show(req, resp, 'plan_preview.html', keep=keep, longest=LONGEST_REASON,
                           **_preview(rest, plan, left_out))
        else:
            self.site.show(req, resp, 'plan_choice.html', plan=plan, is_empty='asked' in req.params,
                           sentence=PlanView(plan).sentence)

    def on_post(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        rest, form = req.context.visit.rest, req.context.form
        plan = find_plan(rest, uuid)
        left_out = _left_out(rest, plan, form.all('skip'), form.one('keep'))
        preview = _preview(rest, plan, left_out)
        _skip(rest, plan, [*left_out, *preview['falling']], form.one('reason'))
        self.site.see_other(req, resp, f'/plans/{uuid}')


def _left_out(rest: Rest, plan: FoundPlan, numbers: Iterable[str], keep: str) -> list[Deed]:
    """What is ticked; or else all but the moves that are to be kept."""
    if not keep:
        return ticked(plan.deeds, numbers)
    course = find_course(rest, plan.uuid)
    if course.row is None:
        raise Conflict(course.why_not)
    return after_best(plan.deeds, [move['action'] for move in course.row['by_worth']], keep)


def _preview(rest: Rest, plan: FoundPlan, left_out: list[Deed]) -> dict[str, Any]:
    """The plan as it is, and without these."""
    now, then = find_course(rest, plan.uuid), find_course(rest, plan.uuid, left_out)
    dropped = then.row['dropped'] if then.row else []
    return {'plan': plan, 'left_out': left_out, 'falling': falling(plan.deeds, dropped, left_out),
            'now': now.row, 'view': PlanView(plan, then)}


def _skip(rest: Rest, plan: FoundPlan, deeds: list[Deed], reason: str) -> None:
    rest.post(f'/v2/action_plans/{segment(plan.uuid)}/skip',
              {'actions': [deed.uuid for deed in deeds], 'reason': reason or None})

# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}/steps/{n}: where the servers stand after so many actions of a plan."""

import falcon

from watcher_py.core.errors import NotFound
from watcher_py.dashboard.plan.asking import Row, find_course, find_plan
from watcher_py.dashboard.plan.deed import Deed
from watcher_py.dashboard.plan.view import PlanView
from watcher_py.dashboard.rest import segment
from watcher_py.dashboard.site import Site


class PlanSteps:
    def __init__(self, site: Site):
        self.site = site

    def on_get_chosen(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        """The form to jump to a step."""
        number = req.get_param_as_int('n', required=True, min_value=0)
        self.site.see_other(req, resp, f'/plans/{segment(uuid)}/steps/{number}')

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str, number: int) -> None:
        visit = req.context.visit
        plan = find_plan(visit.rest, uuid)
        if number > len(plan.deeds):
            raise NotFound(f'The plan has {len(plan.deeds)} steps: there is no step {number}')
        course = find_course(visit.rest, uuid, step=number)
        if course.row is None:
            raise NotFound(course.why_not)
        deed = plan.deeds[number - 1] if number else None
        self.site.show(req, resp, 'plan_step.html', view=PlanView(plan, course), number=number,
                       count=len(plan.deeds), deed=deed, step=deed and _step(course.row, deed))


def _step(course: Row, deed: Deed) -> Row | None:
    """None of what is left out."""
    return next((step for step in course['steps'] if step['action'] == deed.uuid), None)

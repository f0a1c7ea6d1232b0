# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}/report.html: a plan as one file that needs nothing else, to be kept or sent."""

from datetime import UTC, datetime
from importlib.resources import files

import falcon

from watcher_py.core.states import PLAN_ENDED
from watcher_py.dashboard.plan.asking import find_course, find_plan
from watcher_py.dashboard.plan.view import PlanView
from watcher_py.dashboard.site import Site

SHEETS = ('console.css', 'plan.css')


class PlanReport:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        rest = req.context.visit.rest
        plan = find_plan(rest, uuid)
        view = PlanView(plan, find_course(rest, uuid))
        resp.downloadable_as = f'plan-{uuid}.html'
        self.site.show(req, resp, 'plan_report.html', view=view, style=_style(),
                       made_at=datetime.now(UTC).isoformat(), has_ended=view.state in PLAN_ENDED)


def _style() -> str:
    """The console's own style sheets, which are in the file itself."""
    folder = files('watcher_py.dashboard') / 'static'
    return '\n'.join((folder / name).read_text() for name in SHEETS)

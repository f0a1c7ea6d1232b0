# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}/why/{about}: why a plan does with a server or node what it does."""

import falcon

from watcher_py.dashboard.plan.asking import find_plan
from watcher_py.dashboard.plan.objective import teller
from watcher_py.dashboard.rest import segment
from watcher_py.dashboard.site import Site


class PlanWhy:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str, about: str) -> None:
        rest = req.context.visit.rest
        why = rest.get(f'/v2/action_plans/{segment(uuid)}/explanations/{segment(about)}')
        plan = find_plan(rest, uuid)
        deeds = [deed for deed in plan.deeds if why['uuid'] == deed.resource
                 or (why['kind'] == 'node' and why['name'] in (deed.source, deed.target))]
        self.site.show(req, resp, 'plan_why.html', plan=plan, why=why, deeds=deeds, teller=teller)

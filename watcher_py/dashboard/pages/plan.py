# SPDX-License-Identifier: Apache-2.0
"""/plans/{uuid}: what a plan promises, how it goes, and why it is as it is."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import falcon

from watcher_py.core.states import PLAN_DELETABLE, PLAN_ENDED, PlanState
from watcher_py.dashboard.part import Part, part
from watcher_py.dashboard.pictures.state_bar import state_bar
from watcher_py.dashboard.plan.asking import FoundPlan, find_course, find_frozen, find_plan
from watcher_py.dashboard.plan.progress import progress_of
from watcher_py.dashboard.plan.request import REQUESTS
from watcher_py.dashboard.plan.sift import KINDS, sift_of
from watcher_py.dashboard.plan.view import PlanView
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.site import Site
from watcher_py.dashboard.visit import Visit

MOVES = 50              # on one page
HOSTS = 12              # that are shown without being asked for
LARGE = 500             # actions of a plan of which not all is told at once
RUNNING = (PlanState.PENDING, PlanState.ONGOING, PlanState.CANCELLING)
# In which states, under which rule of the policy, each deed is offered.
OFFERS = {'start': ((PlanState.RECOMMENDED,), 'action_plan:start'),
          'skip': ((PlanState.RECOMMENDED,), 'action:update'),
          'cancel': ((PlanState.RECOMMENDED, PlanState.PENDING, PlanState.ONGOING), 'action_plan:update'),
          'archive': (tuple(PLAN_DELETABLE), 'action_plan:delete')}


class PlanPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        visit = req.context.visit
        plan = find_plan(visit.rest, uuid)
        is_large = len(plan.deeds) > LARGE and not {'whole', 'hosts'} & req.params.keys()
        told = _outline(visit, plan) if is_large else _whole(visit, plan)
        is_running = plan.state in RUNNING
        sift = sift_of(req.get_param('kind'), req.get_param('name'))
        listed = sift.of(plan.deeds)
        self.site.show(
            req, resp, 'plan.html', is_large=is_large, is_running=is_running, few=_few(req),
            has_ended=plan.state in PLAN_ENDED, sift=sift, kinds=KINDS, listed=listed, moves=MOVES,
            first=_first(req.get_param_as_int('from', min_value=1, default=1), len(listed)),
            **told, **(_live(visit, uuid) if is_running else {}))

    def on_get_placement(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        """What takes the longest to find out."""
        visit = req.context.visit
        self.site.show_fragment(req, resp, 'plan_placement.html', few=HOSTS,
                                **_whole(visit, find_plan(visit.rest, uuid)))

    def on_get_progress(self, req: falcon.Request, resp: falcon.Response, uuid: str) -> None:
        rules = req.get_param_as_list('may') or []
        told = _progress(req.context.visit.rest, uuid, rules.__contains__)
        if told['progress'].has_ended:
            resp.set_header('X-Live', 'end')
        self.site.show_fragment(req, resp, 'plan_progress.html', **told)


def _outline(visit: Visit, plan: FoundPlan) -> dict[str, Any]:
    return {'view': PlanView(plan), 'offers': _offers(visit.may, plan.state)}


def _whole(visit: Visit, plan: FoundPlan) -> dict[str, Any]:
    """With what the engine has to be asked for; without an engine that is waited for once."""
    course = find_course(visit.rest, plan.uuid)
    is_asked = course.row is not None and plan.state == PlanState.RECOMMENDED
    return {**_outline(visit, plan), 'view': PlanView(plan, course),
            'frozen': part(find_frozen, visit.rest) if is_asked else Part([])}


def _live(visit: Visit, uuid: str) -> dict[str, Any]:
    # What the user may do is asked for once: the fragment only has to know what to offer.
    rules = [('may', request.rule) for request in REQUESTS.values() if visit.may(request.rule)]
    return {'query': f'?{urlencode(rules)}' if rules else '', **_progress(visit.rest, uuid, visit.may)}


def _progress(rest: Rest, uuid: str, may: Callable[[str], bool]) -> dict[str, Any]:
    row = rest.get(f'/v2/action_plans/{segment(uuid)}/progress')
    progress = progress_of(row, datetime.now(UTC), may)
    return {'uuid': uuid, 'progress': progress, 'bar': state_bar(progress.counts)}


def _offers(may: Callable[[str], bool], state: str) -> frozenset[str]:
    """What this user can do with a plan in this state."""
    return frozenset(deed for deed, (states, rule) in OFFERS.items() if state in states and may(rule))


def _few(req: falcon.Request) -> int:
    """The hosts to be shown."""
    return sys.maxsize if req.get_param('hosts') == 'all' else HOSTS


def _first(asked: int, count: int) -> int:
    """Of the moves on the page with this one; the last page if there are not so many."""
    return (min(asked, max(count, 1)) - 1) // MOVES * MOVES

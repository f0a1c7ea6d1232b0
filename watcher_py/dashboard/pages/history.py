# SPDX-License-Identifier: Apache-2.0
"""/history: what plans promised and what came of them, over time."""

from typing import Any

import falcon
from markupsafe import Markup

from watcher_py.dashboard.audits.listed import newest
from watcher_py.dashboard.audits.outcomes import Series, series
from watcher_py.dashboard.pictures.outcomes import outcomes
from watcher_py.dashboard.rest import Rest
from watcher_py.dashboard.site import Site

PLANS = 60


class HistoryPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rest: Rest = req.context.visit.rest
        goal = req.get_param('goal') or None
        strategy = req.get_param('strategy') or (None if goal else _latest(rest))
        plans = _plans(rest, PLANS, strategy=strategy, goal=goal)
        drawn = [(each, _picture(each, f'{req.root_path}/plans/')) for each in series(plans)]
        rows = rest.get('/v1/strategies')['strategies']
        self.site.show(req, resp, 'history.html', drawn=drawn, plans=plans, strategy=strategy, goal=goal,
                       strategies=sorted(row['name'] for row in rows),
                       goals=sorted({row['goal_name'] for row in rows if row['goal_name']}))


def _latest(rest: Rest) -> str | None:
    """The strategy of the last plan, best of one that was measured: those of several do not compare."""
    plans = _plans(rest, 1, measured='true') or _plans(rest, 1)
    return str(plans[0]['strategy_name']) if plans else None


def _plans(rest: Rest, limit: int, **filters: str | None) -> list[dict[str, Any]]:
    return newest(rest, '/v2/efficacy', 'efficacy', limit, None, **filters).rows


def _picture(each: Series, link: str) -> Markup:
    label = f'{each.title}: promised and measured, of {len(each.outcomes)} plans'
    return outcomes(each.outcomes, each.unit, label, link)

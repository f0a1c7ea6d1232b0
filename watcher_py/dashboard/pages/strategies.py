# SPDX-License-Identifier: Apache-2.0
"""/strategies: the ways to goals, and whether what each needs is there."""

from itertools import groupby
from operator import itemgetter

import falcon

from watcher_py.dashboard.audits.needs import needs
from watcher_py.dashboard.forms.fields import fields
from watcher_py.dashboard.rest import Rest, segment
from watcher_py.dashboard.site import Site


class StrategiesPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        rest: Rest = req.context.visit.rest
        titles = {goal['name']: goal['display_name'] for goal in rest.get('/v1/goals')['goals']}
        rows = sorted(rest.get('/v1/strategies')['strategies'], key=itemgetter('goal_name', 'name'))
        goals = [(titles.get(goal, goal), list(group))
                 for goal, group in groupby(rows, itemgetter('goal_name'))]
        self.site.show(req, resp, 'strategies.html', goals=goals)


class StrategyPage:
    def __init__(self, site: Site):
        self.site = site

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        rest: Rest = req.context.visit.rest
        row = rest.get(f'/v1/strategies/{segment(name)}')
        self.site.show(req, resp, 'strategy.html', strategy=row, fields=fields(row['parameters_spec'] or {}),
                       needs=needs(rest, row['name']))

    def on_get_needs(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """In short, for the list: to ask for all strategies before it is shown would take seconds."""
        self.site.show_fragment(req, resp, 'strategy_needs.html', needs=needs(req.context.visit.rest, name))

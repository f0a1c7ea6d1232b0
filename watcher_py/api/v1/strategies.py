# SPDX-License-Identifier: Apache-2.0
"""/v1/strategies: the ways to goals."""

import falcon

from watcher_py.api.bodies import LIST
from watcher_py.api.desk import Desk
from watcher_py.api.keys import refers_to
from watcher_py.api.operation import operation
from watcher_py.api.resource import Resource
from watcher_py.api.view import Field, View, of, orders
from watcher_py.db.models import Goal, Strategy

VIEW = View(
    'strategies', Strategy, 'strategy',
    (Field('uuid'), Field('name'), Field('display_name'), of('goal', 'uuid'), of('goal', 'name'),
     Field('parameters_spec', in_list=False)),
    sort_keys=orders('goal_uuid', 'goal_name'),
    filters={'goal': refers_to(Strategy.goal_id, Goal)})


class Strategies(Resource):
    def __init__(self, desk: Desk):
        super().__init__(VIEW, desk)

    @operation(gives=LIST, refuses=(500,))
    def on_get_state(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """Whether the sources, metrics and models that the strategy needs are there."""
        strategy = self.allowed_row(req, key, 'state')
        needs = self.desk.engine.strategy_info(req.context.caller, strategy.name)
        name = {'type': 'Name', 'state': strategy.name, 'mandatory': '', 'comment': ''}
        resp.media = [*needs, name]

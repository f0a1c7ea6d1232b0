# SPDX-License-Identifier: Apache-2.0
"""/v2/actions/{action}/abort and /force_complete: what an operator asks of an action that runs."""

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.core.errors import Conflict
from watcher_py.core.states import ActionState, Wish
from watcher_py.db.models import Action

TAKEN = {'type': 'object', 'required': ['uuid', 'wish'], 'additionalProperties': False,
         'properties': {'uuid': TEXT, 'wish': {'enum': [wish.value for wish in Wish]}}}


class Wishes:
    """The applier that carries the action out hears of it within a second or so."""

    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(202, gives=TAKEN, refuses=(409,))
    def on_post_abort(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        self._take(resp, self._action(req, key, Wish.ABORT), Wish.ABORT)

    @operation(202, gives=TAKEN, refuses=(409,))
    def on_post_force_complete(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        action = self._action(req, key, Wish.FORCE_COMPLETE)
        if (action.action_type, action.input_parameters.get('migration_type')) != ('migrate', 'live'):
            raise Conflict('Only a live migration can be forced to its end')
        self._take(resp, action, Wish.FORCE_COMPLETE)

    def _action(self, req: falcon.Request, key: str, wish: Wish) -> Action:
        arguments(req, ())
        action = self.desk.store.get(Action, require_uuid(key, 'id in actions'))
        self.desk.guard.check(req.context.caller, f'action:{wish}')
        return action

    def _take(self, resp: falcon.Response, action: Action, wish: Wish) -> None:
        runs = (Action.id == action.id, Action.state == ActionState.ONGOING)
        if not self.desk.store.touch(Action, *runs, wish=wish.value):
            state = self.desk.store.get(Action, action.id, with_deleted=True).state
            raise Conflict(f'This can be asked of an action that runs; the action is {state}')
        resp.status = falcon.HTTP_202
        resp.media = {'uuid': action.uuid, 'wish': wish.value}

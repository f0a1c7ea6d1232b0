# SPDX-License-Identifier: Apache-2.0
"""/v2/me: who asks, and what they may do; for all who are let in."""

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import FLAG, rows, shape
from watcher_py.api.view import TEXT_OR_NULL

ME = shape(user=TEXT_OR_NULL, project=TEXT_OR_NULL, is_authenticated=FLAG, allowed=rows(TEXT))


class Me:
    """Where authentication is off nobody has a name, and everybody may do everything."""

    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=ME)
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        arguments(req, ())
        caller = req.context.caller
        resp.media = {
            'user': caller.user_name or caller.user_id, 'project': caller.project_name or caller.project_id,
            'is_authenticated': caller.user_id is not None, 'allowed': self.desk.guard.allowed(caller)}

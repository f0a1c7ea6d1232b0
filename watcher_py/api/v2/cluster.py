# SPDX-License-Identifier: Apache-2.0
"""/v2/cluster: the cluster as the decision engine sees it now, as a document."""

import falcon

from watcher_py.api.bodies import OBJECT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation


class Cluster:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=OBJECT, refuses=(500,))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'cluster:get')
        arguments(req, ())
        resp.media = self.desk.engine.cluster(req.context.caller)

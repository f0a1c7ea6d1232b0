# SPDX-License-Identifier: Apache-2.0
"""/v2/servers/{server}: a server, where it may go, and what keeps it off the other hosts."""

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, FLAG, NUMBER_OR_NULL, rows, shape
from watcher_py.api.view import TEXT_OR_NULL

GROUP = {'uuid': TEXT, 'name': TEXT, 'policy': TEXT}
SERVER = {
    'uuid': TEXT, 'name': TEXT, 'project': TEXT, 'state': TEXT, 'vcpus': NUMBER_OR_NULL,
    'memory_mb': NUMBER_OR_NULL, 'disk_gb': NUMBER_OR_NULL, 'cpu_used': NUMBER_OR_NULL,
    'memory_used': NUMBER_OR_NULL, 'locked': FLAG, 'excluded': FLAG, 'stays': TEXT_OR_NULL,
    'groups': rows(shape(**GROUP)), 'may_go_to': COUNT}
SHOWN = shape(**{
    **SERVER, 'host': TEXT,
    'targets': rows(shape(node=TEXT, is_possible=FLAG, why_not=TEXT_OR_NULL)),
    'groups': rows(shape(**GROUP, members=rows(shape(uuid=TEXT, name=TEXT, host=TEXT))))})


class Servers:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=SHOWN, refuses=(409, 500))
    def on_get_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        self.desk.guard.check(req.context.caller, 'server:get')
        arguments(req, ())
        resp.media = self.desk.engine.server(req.context.caller, key)

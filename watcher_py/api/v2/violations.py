# SPDX-License-Identifier: Apache-2.0
"""/v2/violations: the rules that are broken in the cloud, and the server groups."""

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, FLAG, rows, shape
from watcher_py.api.view import TEXT_OR_NULL
from watcher_py.core.cluster import Policy
from watcher_py.core.violations import Kind

VIOLATIONS = shape(
    taken_at=TEXT_OR_NULL, gaps=rows(TEXT),
    violations=rows(shape(kind={'enum': [kind.value for kind in Kind]}, what=TEXT, servers=rows(TEXT),
                          hosts=rows(TEXT), sentence=TEXT)),
    groups=rows(shape(uuid=TEXT, name=TEXT, policy={'enum': [policy.value for policy in Policy]},
                      limit={**COUNT, 'type': ['integer', 'null']},
                      members=rows(shape(uuid=TEXT, server=TEXT, host=TEXT)),
                      is_kept=FLAG)))


class Violations:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=VIOLATIONS, refuses=(500,))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'violation:get_all')
        arguments(req, ())
        resp.media = self.desk.engine.violations(req.context.caller)

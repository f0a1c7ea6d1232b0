# SPDX-License-Identifier: Apache-2.0
"""/v2/what_if: what would become of the cloud if hosts were lost or emptied, or servers added."""

import falcon

from watcher_py.api import bodies
from watcher_py.api.bodies import TEXT, checked, read
from watcher_py.api.desk import Desk
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, FLAG, NUMBER_OR_NULL, rows, shape
from watcher_py.api.view import TEXT_OR_NULL
from watcher_py.core.errors import Invalid

MOST_SERVERS, MOST_SIZES = 100_000, 20
HOSTS = {'type': 'array', 'maxItems': 10_000, 'items': {'type': 'string', 'minLength': 1, 'maxLength': 255}}
LEAST, MOST = {'vcpus': 1, 'memory_mb': 0, 'disk_gb': 0}, 1_000_000_000
SIZE = {name: {'type': 'integer', 'minimum': least, 'maximum': MOST} for name, least in LEAST.items()}
ADDITION = {'type': 'object', 'additionalProperties': False, 'required': ['count', *SIZE],
            'properties': {'count': {'type': 'integer', 'minimum': 1, 'maximum': MOST_SERVERS}, **SIZE}}
QUESTION = bodies.schema(lost_hosts=HOSTS, emptied_hosts=HOSTS,
                         add={'type': 'array', 'maxItems': MOST_SIZES, 'items': ADDITION})

TOTAL = shape(capacity=NUMBER_OR_NULL, allocated=NUMBER_OR_NULL)
FIGURES = shape(hosts=COUNT, hosts_in_use=COUNT, servers=COUNT, cpu_mean=NUMBER_OR_NULL,
                cpu_deviation=NUMBER_OR_NULL, cpu_max=NUMBER_OR_NULL, vcpus=TOTAL, memory_mb=TOTAL)
ADDED = shape(count=COUNT, **dict.fromkeys(SIZE, COUNT), placed=COUNT,
              hosts={'type': 'object', 'additionalProperties': COUNT})
ANSWER = shape(
    taken_at=TEXT_OR_NULL, gaps=rows(TEXT), fits=FLAG, placed=COUNT,
    unplaced=rows(shape(name=TEXT, why=TEXT)),
    moves=rows(shape(**dict.fromkeys(('server', 'from', 'to'), TEXT), starts_anew=FLAG)), added=rows(ADDED),
    before=FIGURES, after=FIGURES)


class WhatIf:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(body=QUESTION, gives=ANSWER, refuses=(404, 409, 500))
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'what_if:ask')
        asked = checked(read(req), QUESTION)
        if not any(asked.values()):
            raise Invalid('Nothing is supposed: give lost_hosts, emptied_hosts or add')
        resp.media = self.desk.engine.what_if(req.context.caller, asked)

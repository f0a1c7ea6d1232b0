# SPDX-License-Identifier: Apache-2.0
"""/v2/hosts: the hosts of the cloud with their load, and one with what stands on it."""

import falcon

from watcher_py.api.bodies import OBJECT, TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.servers import SERVER
from watcher_py.api.v2.shapes import COUNT, FLAG, NUMBER_OR_NULL, rows, shape
from watcher_py.api.view import TEXT_OR_NULL

ROOM = {'capacity': NUMBER_OR_NULL, 'allocated': NUMBER_OR_NULL}
REAL = {'total': NUMBER_OR_NULL, 'used': NUMBER_OR_NULL}         # of the hardware
HOST = {
    'uuid': TEXT, 'name': TEXT, 'zone': TEXT, 'aggregates': rows(TEXT), 'state': {'enum': ['up', 'down']},
    'enabled': FLAG, 'disabled_reason': TEXT_OR_NULL, 'known': FLAG, 'why_frozen': TEXT_OR_NULL,
    'servers': COUNT, 'vcpus': shape(**ROOM, **REAL), 'memory_mb': shape(**ROOM, **REAL),
    'disk_gb': shape(**ROOM)}
HOSTS = shape(
    taken_at=TEXT_OR_NULL, gaps=rows(TEXT),
    figures=shape(hosts=COUNT, hosts_in_use=COUNT, servers=COUNT, cpu_mean=NUMBER_OR_NULL,
                  cpu_deviation=NUMBER_OR_NULL, cpu_max=NUMBER_OR_NULL),
    hosts=rows(shape(**HOST)))
SHOWN = shape(**{
    **HOST, 'hypervisor': TEXT, 'hypervisor_type': TEXT_OR_NULL, 'hypervisor_version': NUMBER_OR_NULL,
    'cpu_model': TEXT_OR_NULL, 'traits': rows(TEXT), 'metadata': OBJECT, 'servers': rows(shape(**SERVER))})


class Hosts:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=HOSTS, refuses=(500,))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'host:get_all')
        arguments(req, ())
        resp.media = self.desk.engine.hosts(req.context.caller)

    @operation(gives=SHOWN, refuses=(409, 500))
    def on_get_one(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        self.desk.guard.check(req.context.caller, 'host:get')
        arguments(req, ())
        resp.media = self.desk.engine.host(req.context.caller, key)

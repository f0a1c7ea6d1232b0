# SPDX-License-Identifier: Apache-2.0
"""/v2/capacity: how many more servers there is room for, of one size or of each that is common."""

import falcon

from watcher_py.api.bodies import TEXT
from watcher_py.api.desk import Desk
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.shapes import COUNT, rows, shape
from watcher_py.api.v2.what_if import LEAST, MOST, SIZE
from watcher_py.api.view import TEXT_OR_NULL
from watcher_py.core.errors import Invalid

COUNT_OR_NULL = {**COUNT, 'type': ['integer', 'null']}
BY_NAME = {'type': 'object', 'additionalProperties': COUNT}
CAPACITY = shape(
    taken_at=TEXT_OR_NULL, gaps=rows(TEXT), largest_host=TEXT_OR_NULL, unplaced_after_loss=COUNT_OR_NULL,
    sizes=rows(shape(**dict.fromkeys(SIZE, COUNT), servers=COUNT, slots=COUNT, by_zone=BY_NAME,
                     limited_by=BY_NAME, closed_hosts=COUNT,
                     slots_after_loss_of_largest_host=COUNT_OR_NULL)))


class Capacity:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=CAPACITY, query=SIZE, refuses=(500,))
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        self.desk.guard.check(req.context.caller, 'capacity:get')
        resp.media = self.desk.engine.capacity(req.context.caller, _size(arguments(req, tuple(SIZE))))


def _size(given: dict[str, str]) -> dict[str, int] | None:
    if not given:
        return None
    if 'vcpus' not in given:
        raise Invalid('A size has vcpus; memory_mb and disk_gb may be left out')
    return {name: _amount(name, given.get(name, '0')) for name in SIZE}


def _amount(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 11 and LEAST[name] <= int(text) <= MOST):
        raise Invalid(f'{name} must be a whole number from {LEAST[name]} to {MOST}, not {text!r}')
    return int(text)

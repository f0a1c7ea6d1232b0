# SPDX-License-Identifier: Apache-2.0
"""/v2/action_plans/{plan}/course: what a plan comes to, action after action, also without some of them."""

from collections.abc import Iterable

import falcon

from watcher_py.api import bodies
from watcher_py.api.bodies import TEXT, checked, read
from watcher_py.api.desk import Desk
from watcher_py.api.keys import require_uuid
from watcher_py.api.listing import arguments
from watcher_py.api.operation import operation
from watcher_py.api.v2.hosts import REAL, ROOM
from watcher_py.api.v2.shapes import COUNT, NUMBER_OR_NULL, rows, shape
from watcher_py.api.view import TEXT_OR_NULL
from watcher_py.core.errors import Invalid
from watcher_py.db.models import ActionPlan

NODES = rows(shape(node=TEXT, zone=TEXT, servers=COUNT, vcpus=shape(**ROOM, **REAL),
                   memory_mb=shape(**ROOM, **REAL), disk_gb=shape(**ROOM)))
STEP = shape(action=TEXT, begin_s=NUMBER_OR_NULL, end_s=NUMBER_OR_NULL, value=NUMBER_OR_NULL,
             hosts_in_use=COUNT, refused=TEXT_OR_NULL)
COURSE = shape(
    objective=TEXT, bound=NUMBER_OR_NULL, start=NUMBER_OR_NULL, end=NUMBER_OR_NULL, makespan_s=NUMBER_OR_NULL,
    in_use_before=COUNT, in_use_after=COUNT, steps=rows(STEP),
    by_worth=rows(shape(action=TEXT, value=NUMBER_OR_NULL)), left_out=rows(TEXT), dropped=rows(TEXT),
    before=NODES, after=NODES, names={'type': 'object', 'additionalProperties': TEXT},
    # Who has moved by the step that is asked for; null where none is.
    moved={**rows(shape(**dict.fromkeys(('server', 'name', 'from', 'to'), TEXT))), 'type': ['array', 'null']})

MOST_STEPS = 999_999_999
QUESTION = bodies.schema(without=rows(TEXT), step={**COUNT, 'maximum': MOST_STEPS})


class PlanCourse:
    def __init__(self, desk: Desk):
        self.desk = desk

    @operation(gives=COURSE, query={'without': TEXT, 'step': COUNT}, refuses=(500,))
    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        given = arguments(req, ('without', 'step'))
        plan = self._plan(req, key)
        without = [uuid for uuid in given.get('without', '').split(',') if uuid]
        self._tell(req, resp, plan, without, _step(given.get('step')))

    @operation(body=QUESTION, gives=COURSE, refuses=(500,))
    def on_post(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        """The same for more actions than a URL has room for."""
        plan = self._plan(req, key)
        asked = checked(read(req), QUESTION)
        self._tell(req, resp, plan, asked.get('without', ()), asked.get('step'))

    def _plan(self, req: falcon.Request, key: str) -> ActionPlan:
        plan = self.desk.store.get(ActionPlan, require_uuid(key, 'id in action_plans'), depth=0)
        self.desk.guard.check(req.context.caller, 'action_plan:course')
        return plan

    def _tell(self, req: falcon.Request, resp: falcon.Response, plan: ActionPlan, without: Iterable[str],
              step: int | None) -> None:
        left_out = [require_uuid(uuid, 'an action in without') for uuid in without]
        resp.media = self.desk.engine.course(req.context.caller, plan.uuid, left_out, step)


def _step(text: str | None) -> int | None:
    if text is not None and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(f'step is the number of actions from the first one on, not {text!r}')
    return None if text is None else int(text)

# SPDX-License-Identifier: Apache-2.0
"""What a plan looks like to those who read documents."""

import json

from watcher_py.core.changes import Migrate, Nop, SetService
from watcher_py.core.plan_document import write_plan
from watcher_py.core.schedule import Plan, PlannedAction
from watcher_py.core.solution import Proposal

PLAN = Plan(
    (PlannedAction(SetService('a-id', 'a', False), 'it is to be empty'),
     PlannedAction(Migrate('vm', 'web', 'a', 'c'), 'parked', (0,), 0.0, 12.34, is_parking=True),
     PlannedAction(Migrate('vm', 'web', 'c', 'b', is_live=False), 'goes on', (0, 1), 12.34, 12.34),
     PlannedAction(Nop('done'), 'at last')),
    24.68, 20.0, (Proposal(Migrate('vm2', 'db', 'b', 'a'), 'no room'),))


def test_actions_stand_in_order_with_their_waits_and_times():
    actions = write_plan(PLAN)['actions']
    assert actions[0] == {'type': 'host_state', 'host': 'a', 'state': 'disabled',
                          'reason': 'it is to be empty', 'parents': [], 'starts_in_s': 0.0, 'lasts_s': 0.0}
    assert actions[2] == {'type': 'migrate', 'instance': 'vm', 'from': 'c', 'to': 'b', 'mode': 'cold',
                          'reason': 'goes on', 'parents': [0, 1], 'starts_in_s': 12.3, 'lasts_s': 12.3}
    assert actions[3]['params'] == {'message': 'done'}


def test_only_parking_moves_are_called_so():
    marks = [action.get('parking', False) for action in write_plan(PLAN)['actions']]
    assert marks == [False, True, False, False]


def test_what_is_left_out_says_why():
    assert write_plan(PLAN)['left_out'] == [{
        'type': 'migrate', 'instance': 'vm2', 'from': 'b', 'to': 'a', 'mode': 'live', 'reason': 'no room'}]


def test_the_whole_is_json_with_the_promise():
    written = json.loads(json.dumps(write_plan(PLAN)))
    assert (written['makespan_s'], written['makespan_bound_s']) == (24.68, 20.0)

# SPDX-License-Identifier: Apache-2.0
"""Plans that this applier was carrying out when it went down: nobody will finish them."""

import logging

from watcher_py.applier.revert import revert_vain
from watcher_py.applier.run_action import RUNNING
from watcher_py.applier.tools import Tools
from watcher_py.core.states import ActionState, PlanState
from watcher_py.db.models import Action, ActionPlan

LOG = logging.getLogger(__name__)

UNFINISHED = (PlanState.ONGOING, PlanState.CANCELLING)


def give_up(tools: Tools) -> None:
    """Cancel them, and take back what was done in vain."""
    store = tools.store
    message = f'The applier on {tools.host} was restarted while the action plan ran.'
    for plan in store.find(ActionPlan, ActionPlan.state.in_(UNFINISHED), hostname=tools.host):
        store.change_where(
            Action, Action.action_plan_id == plan.id, Action.state.in_((ActionState.PENDING, *RUNNING)),
            state=ActionState.CANCELLED, status_message=message)
        revert_vain(tools, plan, {})
        store.claim(plan, UNFINISHED, PlanState.CANCELLED, status_message=message)
        LOG.warning('Action plan %s: cancelled. %s', plan.uuid, message)

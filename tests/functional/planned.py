# SPDX-License-Identifier: Apache-2.0
"""Plans of chosen actions, put before the services of a real OpenStack."""

from dataclasses import dataclass
from typing import Any

from oslo_config.cfg import ConfigOpts

from tests.functional.conftest import wait_for
from watcher_py import conf as options
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.session import connect
from watcher_py.db.store import Store

ENDED = ('SUCCEEDED', 'FAILED', 'CANCELLED')


def store_of(folder) -> Store:
    """The services' own store."""
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(folder / 'watcher.conf')], project='watcher')
    return Store(connect(conf))


@dataclass(frozen=True)
class Planned:
    """Stores plans, and has the services carry them out as an operator would."""

    stack: Any
    store: Store

    def plan(self, *steps, **execution):
        """A plan of these (type, parameters), each after the one before; its uuid."""
        goal, strategy = (self.store.get_by(kind, name='dummy') for kind in (Goal, Strategy))
        audit = Audit(audit_type='ONESHOT', state='SUCCEEDED', goal_id=goal.id, strategy_id=strategy.id)
        self.store.add(audit)
        plan = ActionPlan(audit_id=audit.id, strategy_id=strategy.id, state='RECOMMENDED',
                          execution=execution)
        self.store.add(plan)
        before = []
        for kind, parameters in steps:
            row = Action(action_plan_id=plan.id, action_type=kind, input_parameters=parameters,
                         state='PENDING', parents=before)
            self.store.add(row)
            before = [row.uuid]
        return plan.uuid

    def start(self, plan):
        self.stack.command('optimize', 'actionplan', 'start', plan)
        return plan

    def ended(self, plan, seconds=300):
        """The plan and its actions once it is over."""
        wait_for('the end of the plan', lambda: self.store.get(ActionPlan, plan).state in ENDED, seconds)
        found = self.store.get(ActionPlan, plan)
        return found, self.actions(plan)

    def run(self, *steps, **execution):
        return self.ended(self.start(self.plan(*steps, **execution)))

    def actions(self, plan):
        return self.store.find(Action, action_plan_id=self.store.get(ActionPlan, plan).id)


def move(server, source, target, how='live'):
    return 'migrate', {'resource_id': server.id, 'resource_name': server.name, 'migration_type': how,
                       'source_node': source, 'destination_node': target}


def on(server):
    return {'resource_id': server.id, 'resource_name': server.name}

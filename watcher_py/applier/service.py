# SPDX-License-Identifier: Apache-2.0
"""The applier: what it hears, what it looks for, and its threads."""

import logging
from collections.abc import Mapping
from functools import partial

from oslo_config.cfg import ConfigOpts

from watcher_py.applier import descriptions
from watcher_py.applier.actions.contract import Action, Cloud, Settings
from watcher_py.applier.drift import Drift
from watcher_py.applier.gate import Gate
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.run_plan import UNFINISHED, run_plan, take_over
from watcher_py.applier.tools import Tools
from watcher_py.bus import rpc
from watcher_py.bus.context import RequestContext
from watcher_py.bus.jobs import Jobs
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.rounds import Rounds
from watcher_py.bus.rpc import Transport
from watcher_py.core.execution import OnFailure
from watcher_py.core.states import PlanState
from watcher_py.db.lease import Leases
from watcher_py.db.models import ActionPlan
from watcher_py.db.store import Store
from watcher_py.monitor.deeds import Deeds

LOG = logging.getLogger(__name__)

NAME = 'watcher-applier'
LOOK = 1.0              # seconds between two looks for plans that nobody carries out
LAST_WORDS = 5.0        # seconds that threads get to let go of their plans


class Applier:
    """Carries out action plans, a few at once, and those that another applier has left behind."""

    def __init__(self, store: Store, transport: Transport, conf: ConfigOpts, cloud: Cloud,
                 actions: Mapping[str, type[Action]], announcer: Announcer = SILENT,
                 drift: Drift | None = None, gate: Gate | None = None, deeds: Deeds | None = None,
                 leases: Leases | None = None):
        options = conf.watcher_applier
        self.deeds, self.gate = deeds or Deeds(), gate
        self.leases = leases or Leases(store, conf.host)
        self._tools = Tools(
            store, self.leases, cloud, actions, conf.host,
            Lanes(options.parallel_migrations, options.parallel_migrations_per_host,
                  options.parallel_migrations_per_link, options.parallel_migrations_per_pool),
            Settings(conf.nova.migration_interval,
                     conf.nova.migration_interval * conf.nova.migration_max_retries),
            announcer=announcer, drift=drift, gate=gate, deeds=self.deeds,
            on_failure=OnFailure(conf.execution.on_failure))
        self._drain_seconds: float = options.drain_seconds
        self.jobs = Jobs(NAME, store, conf, options.workers, lambda uuid: run_plan(self._tools, uuid))
        self.rounds = (Rounds('look for plans', LOOK, self._look),)
        self._server = rpc.serve(transport, options.conductor_topic, conf.host, [_Endpoint(self.jobs)])

    @property
    def actions_running(self) -> int:
        return self._tools.underway.running

    @property
    def actions_waiting(self) -> int:
        """Those that are next, and may not begin yet."""
        return self._tools.underway.waiting

    def start(self) -> None:
        """Serve; also while the message bus is away, for plans are looked for in the database."""
        descriptions.align(self._tools.store, self._tools.actions)
        self.leases.start()
        for rounds in self.rounds:
            rounds.start()
        self.jobs.start(self._server)

    def stop(self) -> None:
        """Begin nothing more, let running actions end, and leave the plans to others or the next start."""
        self._tools.stopping.set()
        for rounds in self.rounds:
            rounds.stop()
        self.jobs.close()
        if not self.jobs.drained(self._drain_seconds):
            self._let_go()
        self.leases.stop()
        self._tools.announcer.close()
        self.jobs.stop(LAST_WORDS)

    def wait(self) -> None:
        """Return once stop() is through."""
        self.jobs.wait()

    def _look(self) -> None:
        """Plans whose message was lost, and plans whose owner has gone."""
        store = self._tools.store
        for plan in store.find(ActionPlan, state=PlanState.PENDING, depth=0):
            self.jobs.submit(plan.uuid)
        for plan in self.leases.expired(ActionPlan, ActionPlan.state.in_(UNFINISHED)):
            self.jobs.at_once(f'plan {plan.uuid}', partial(take_over, self._tools, plan))

    def _let_go(self) -> None:
        """Actions run on in the cloud, and whoever takes their plans over follows them."""
        LOG.warning('Actions still run after %g s; they are left to another applier', self._drain_seconds)
        for hold in self.leases.holds:
            hold.lost.set()
        if not self.jobs.drained(LAST_WORDS):
            # A request may be on its way: nobody may take over before the lease is over by itself.
            for hold in self.leases.holds:
                self.leases.release(hold)


class _Endpoint:
    """What can be said to the applier over the bus, by the names on the wire."""

    def __init__(self, jobs: Jobs):
        self._jobs = jobs

    def launch_action_plan(self, context: RequestContext, action_plan_uuid: str) -> None:
        self._jobs.submit(action_plan_uuid)

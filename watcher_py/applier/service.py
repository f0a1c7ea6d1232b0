# SPDX-License-Identifier: Apache-2.0
"""The applier: what it hears, and its threads."""

from collections.abc import Mapping

from oslo_config.cfg import ConfigOpts

from watcher_py.applier import descriptions, interrupted
from watcher_py.applier.actions.contract import Action, Settings
from watcher_py.applier.run_plan import run_plan
from watcher_py.applier.tools import Tools
from watcher_py.applier.walk import Lanes
from watcher_py.bus import rpc
from watcher_py.bus.context import RequestContext
from watcher_py.bus.jobs import Jobs
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.rpc import Transport
from watcher_py.cloud.compute import Compute
from watcher_py.core.states import PlanState
from watcher_py.db.models import ActionPlan
from watcher_py.db.store import Store

NAME = 'watcher-applier'


class Applier:
    """Carries out action plans, a few at once."""

    def __init__(self, store: Store, transport: Transport, conf: ConfigOpts, compute: Compute,
                 actions: Mapping[str, type[Action]], announcer: Announcer = SILENT):
        options = conf.watcher_applier
        self._tools = Tools(
            store, compute, actions, conf.host,
            Lanes(options.parallel_migrations, options.parallel_migrations_per_host),
            Settings(conf.nova.migration_interval,
                     conf.nova.migration_interval * conf.nova.migration_max_retries),
            announcer=announcer)
        self._jobs = Jobs(NAME, store, conf, options.workers, lambda uuid: run_plan(self._tools, uuid))
        self._server = rpc.serve(transport, options.conductor_topic, conf.host, [_Endpoint(self._jobs)])

    def start(self) -> None:
        """Serve; plans that were left behind are taken care of."""
        descriptions.align(self._tools.store, self._tools.actions)
        interrupted.give_up(self._tools)
        self._jobs.start(self._server)
        self._pick_up_waiting()

    def stop(self) -> None:
        """Hear no more, and let running plans finish; those that wait are picked up at the next start."""
        self._jobs.stop()
        self._tools.announcer.close()

    def wait(self) -> None:
        """Return once stop() is through."""
        self._jobs.wait()

    def _pick_up_waiting(self) -> None:
        """Plans whose message was lost, or that were launched while no applier was there."""
        for plan in self._tools.store.find(ActionPlan, state=PlanState.PENDING):
            self._jobs.submit(plan.uuid)


class _Endpoint:
    """What can be said to the applier over the bus, by the names on the wire."""

    def __init__(self, jobs: Jobs):
        self._jobs = jobs

    def launch_action_plan(self, context: RequestContext, action_plan_uuid: str) -> None:
        self._jobs.submit(action_plan_uuid)

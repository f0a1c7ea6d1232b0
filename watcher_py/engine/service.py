# SPDX-License-Identifier: Apache-2.0
"""The decision engine: what it is made of, and its threads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from oslo_config.cfg import ConfigOpts

from watcher_py.bus import rpc
from watcher_py.bus.jobs import Jobs
from watcher_py.bus.listener import Listener
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.rounds import Rounds
from watcher_py.bus.rpc import ApplierClient, Transport
from watcher_py.core.pace import Pace
from watcher_py.core.scoring import ScoringEngine
from watcher_py.core.strategy import Schema, Strategy
from watcher_py.datasources.configured import Sources
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store
from watcher_py.engine import catalogue, outdated
from watcher_py.engine.auto_trigger import TriggerLimit
from watcher_py.engine.collector.health import Health
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.cron import zone_named
from watcher_py.engine.endpoint import Endpoint
from watcher_py.engine.intervals import Rhythm
from watcher_py.engine.outcome import Outcomes
from watcher_py.engine.run_audit import run_audit
from watcher_py.engine.timetable import Timetable
from watcher_py.engine.tools import Tools
from watcher_py.engine.waiting import waiting
from watcher_py.engine.watch import Watch
from watcher_py.monitor.deeds import Deeds

NAME = 'watcher-decision-engine'
KEEP_UP_INTERVAL = 5.0          # seconds between two looks at what was heard of the cloud
LOOK_INTERVAL = 3.0             # seconds between two looks for audits that nobody carries out
OUTCOME_INTERVAL = 60.0         # seconds between two looks for plans that are to be measured, at most


@dataclass(frozen=True)
class Senses:
    """What an engine sees the cloud with."""

    collector: Collector
    sources: Sources = field(default_factory=Sources)
    listener: Listener | None = None    # None: nobody tells what changes
    health: Health | None = None        # knows how well it sees

    def start(self) -> None:
        if self.listener:
            self.listener.start()

    def stop(self) -> None:
        if self.listener:
            self.listener.stop()


class DecisionEngine:
    """Carries out audits, a few at once, and answers questions about the cloud."""

    def __init__(self, store: Store, transport: Transport, conf: ConfigOpts, senses: Senses,
                 strategies: Mapping[str, Strategy], scoring_engines: Collection[ScoringEngine] = (),
                 announcer: Announcer = SILENT, deeds: Deeds | None = None, leases: Leases | None = None,
                 actions: Mapping[str, Schema] | None = None):
        options = conf.watcher_decision_engine
        self._scoring_engines = scoring_engines
        self._senses = senses
        self.deeds = deeds or Deeds()
        self.leases = leases or Leases(store, conf.host)
        self._tools = _tools(store, transport, conf, senses, strategies, announcer, self.leases, self.deeds,
                             actions or {})
        self.jobs = Jobs(NAME, store, conf, options.max_audit_workers, self._carry_out)
        self._timetable = Rounds('timetable', options.continuous_audit_interval, Timetable(
            store, self._tools.rhythm, self.jobs.submit, self._tools.clock).look)
        watch = Watch(store, announcer, NAME, conf.host, timedelta(seconds=conf.service_down_time),
                      self._tools.clock)
        self.rounds = (
            self._timetable,
            Rounds('look for audits that wait', LOOK_INTERVAL, self._pick_up_waiting),
            Rounds('picture of the cloud', KEEP_UP_INTERVAL, senses.collector.keep_up),
            Rounds('watch over services', conf.periodic_interval, watch.look),
            Rounds('outcomes of plans', min(OUTCOME_INTERVAL, max(1, options.efficacy_delay)),
                   Outcomes(self._tools, options.efficacy_delay).look),
            Rounds('expiry of plans', options.check_periodic_interval,
                   lambda: outdated.supersede_aged(store, options.action_plan_expiry, self._tools.clock())))
        endpoint = Endpoint(self._tools, self.jobs)
        self._server = rpc.serve(transport, options.conductor_topic, conf.host, [endpoint])

    def start(self) -> None:
        """Serve, once the catalogue is aligned; also while the message bus is away.

        Audits that wait, or were left behind, are looked for in the database.
        """
        catalogue.align(self._tools.store, self._tools.strategies, self._scoring_engines)
        self.leases.start()
        self._senses.start()
        for rounds in self.rounds:
            rounds.start()
        # It returns once the bus is there.
        self.jobs.start(self._server)

    def stop(self) -> None:
        """Hear no more, and let running audits finish; those that wait are another engine's, or wait."""
        self._tools.stopped.set()
        for rounds in self.rounds:
            rounds.stop()
        self.jobs.stop()
        self.leases.stop()
        self._senses.stop()
        self._tools.announcer.close()

    def wait(self) -> None:
        """Return once stop() is through."""
        self.jobs.wait()

    def _carry_out(self, audit_uuid: str) -> None:
        run_audit(self._tools, audit_uuid)
        # A continuous audit knows by now when it runs next.
        self._timetable.hurry()

    def _pick_up_waiting(self) -> None:
        for uuid in waiting(self._tools.store, self.leases):
            self.jobs.submit(uuid)


def _tools(store: Store, transport: Transport, conf: ConfigOpts, senses: Senses,
           strategies: Mapping[str, Strategy], announcer: Announcer, leases: Leases, deeds: Deeds,
           actions: Mapping[str, Schema]) -> Tools:
    options, applier = conf.watcher_decision_engine, conf.watcher_applier
    return Tools(
        store, senses.collector, senses.sources, strategies, ApplierClient(transport, conf), conf.host,
        leases=leases, announcer=announcer, explained_plans=options.explained_plans, deeds=deeds,
        pace=Pace(applier.parallel_migrations_per_host, applier.parallel_migrations,
                  per_pool=applier.parallel_migrations_per_pool),
        rhythm=Rhythm(zone_named(options.cron_timezone), options.continuous_audit_jitter),
        trigger_limit=TriggerLimit(options.auto_trigger_max_moves, options.auto_trigger_minimum_gain),
        actions=actions)

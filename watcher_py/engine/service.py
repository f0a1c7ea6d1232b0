# SPDX-License-Identifier: Apache-2.0
"""The decision engine: what it hears, and its threads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from oslo_config.cfg import ConfigOpts

from watcher_py.bus import rpc
from watcher_py.bus.context import RequestContext
from watcher_py.bus.jobs import Jobs
from watcher_py.bus.listener import Listener
from watcher_py.bus.notifications import SILENT, Announcer
from watcher_py.bus.rpc import ApplierClient, Transport, answers
from watcher_py.core.errors import NotFound
from watcher_py.core.pace import Pace
from watcher_py.core.scoring import ScoringEngine
from watcher_py.core.states import AuditState
from watcher_py.core.strategy import Strategy
from watcher_py.datasources.configured import Sources
from watcher_py.db.models import Audit
from watcher_py.db.store import Store
from watcher_py.engine import catalogue, explained, inquiries, interrupted, outdated
from watcher_py.engine.collector.health import Health
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.rounds import Rounds
from watcher_py.engine.run_audit import Tools, run_audit
from watcher_py.engine.timetable import Timetable
from watcher_py.engine.turns import ONESHOT
from watcher_py.engine.watch import Watch

NAME = 'watcher-decision-engine'
KEEP_UP_INTERVAL = 5.0          # seconds between two looks at what was heard of the cloud


@dataclass(frozen=True)
class Senses:
    """What an engine sees the cloud with."""

    collector: Collector
    sources: Sources = field(default_factory=Sources)
    listener: Listener | None = None    # None: nobody tells what changes
    health: Health | None = None        # tells how well it sees

    def start(self) -> None:
        for sense in (self.health, self.listener):
            if sense:
                sense.start()

    def stop(self) -> None:
        for sense in (self.listener, self.health):
            if sense:
                sense.stop()


class DecisionEngine:
    """Carries out audits, a few at once, and answers questions about the cloud."""

    def __init__(self, store: Store, transport: Transport, conf: ConfigOpts, senses: Senses,
                 strategies: Mapping[str, Strategy], scoring_engines: Collection[ScoringEngine] = (),
                 announcer: Announcer = SILENT):
        options = conf.watcher_decision_engine
        self._scoring_engines = scoring_engines
        self._senses = senses
        self._tools = Tools(store, senses.collector, senses.sources, strategies,
                            ApplierClient(transport, conf), conf.host,
                            announcer=announcer, explained_plans=options.explained_plans,
                            pace=Pace(conf.watcher_applier.parallel_migrations_per_host,
                                      conf.watcher_applier.parallel_migrations))
        self._jobs = Jobs(NAME, store, conf, options.max_audit_workers, self._carry_out)
        down_after = timedelta(seconds=conf.service_down_time)
        timetable = Timetable(store, NAME, conf.host, down_after, self._jobs.submit, self._tools.clock)
        watch = Watch(store, announcer, NAME, conf.host, down_after, self._tools.clock)
        self._timetable = Rounds('timetable', options.continuous_audit_interval, timetable.look)
        self._rounds = (
            self._timetable,
            Rounds('picture of the cloud', KEEP_UP_INTERVAL, senses.collector.keep_up),
            Rounds('watch over services', conf.periodic_interval, watch.look),
            Rounds('expiry of plans', options.check_periodic_interval,
                   lambda: outdated.supersede_aged(store, options.action_plan_expiry, self._tools.clock())))
        endpoint = _Endpoint(self._tools, self._jobs)
        self._server = rpc.serve(transport, options.conductor_topic, conf.host, [endpoint])

    def start(self) -> None:
        """Serve, once the catalogue is aligned; audits that were left behind are taken care of."""
        catalogue.align(self._tools.store, self._tools.strategies, self._scoring_engines)
        tools = self._tools
        interrupted.give_up(tools.store, [tools.host], tools.clock(), 'was restarted')
        self._senses.start()
        self._jobs.start(self._server)
        self._pick_up_waiting()
        for rounds in self._rounds:
            rounds.start()

    def stop(self) -> None:
        """Hear no more, and let running audits finish; those that wait are picked up at the next start."""
        for rounds in self._rounds:
            rounds.stop()
        self._jobs.stop()
        self._senses.stop()
        self._tools.announcer.close()

    def wait(self) -> None:
        """Return once stop() is through."""
        self._jobs.wait()

    def _carry_out(self, audit_uuid: str) -> None:
        run_audit(self._tools, audit_uuid)
        # A continuous audit knows by now when it runs next.
        self._timetable.hurry()

    def _pick_up_waiting(self) -> None:
        """Audits whose message was lost, or that came while no engine was there."""
        for audit in self._tools.store.find(Audit, audit_type=ONESHOT, state=AuditState.PENDING):
            self._jobs.submit(audit.uuid)


class _Endpoint:
    """What can be said to the engine over the bus, by the names on the wire."""

    def __init__(self, tools: Tools, jobs: Jobs):
        self._tools = tools
        self._jobs = jobs

    def trigger_audit(self, context: RequestContext, audit_uuid: str) -> None:
        self._jobs.submit(audit_uuid)

    @answers
    def get_strategy_info(self, context: RequestContext, strategy_name: str) -> list[dict[str, Any]]:
        strategy = self._tools.strategies.get(strategy_name)
        if strategy is None:
            raise NotFound(f'strategy {strategy_name} is not installed on this decision engine')
        return inquiries.strategy_info(strategy, self._tools.sources.of(strategy_name), self._tools.collector)

    @answers
    def get_data_model_info(self, context: RequestContext, data_model_type: str,
                            audit_uuid: str | None = None) -> dict[str, Any]:
        scope = self._tools.store.get(Audit, audit_uuid).scope if audit_uuid else []
        return inquiries.data_model(self._tools.collector, data_model_type, scope)

    @answers
    def get_cluster(self, context: RequestContext) -> dict[str, Any]:
        return inquiries.cluster_document(self._tools.collector, self._tools.sources.usual)

    @answers
    def get_explanation(self, context: RequestContext, plan_uuid: str, about: str) -> dict[str, Any]:
        return explained.explanation(self._tools.store, self._tools.strategies, plan_uuid, about)

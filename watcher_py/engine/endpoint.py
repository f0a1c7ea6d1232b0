# SPDX-License-Identifier: Apache-2.0
"""What can be said to the engine over the bus, by the names on the wire."""

from typing import Any

from watcher_py.bus.context import RequestContext
from watcher_py.bus.jobs import Jobs
from watcher_py.bus.rpc import answers
from watcher_py.core.capacity import Size
from watcher_py.core.errors import NotFound
from watcher_py.core.metrics import Metric
from watcher_py.db.models import Audit
from watcher_py.engine import (
    capacity,
    explained,
    health,
    hosts,
    inquiries,
    load_history,
    servers,
    supposition,
    violations,
)
from watcher_py.engine.another_target import AnotherTarget
from watcher_py.engine.course import Courses
from watcher_py.engine.present import OF_HOSTS, Present
from watcher_py.engine.tools import Tools


class Endpoint:
    def __init__(self, tools: Tools, jobs: Jobs):
        self._tools = tools
        self._jobs = jobs
        self._present = Present(tools.collector, tools.sources)
        self._courses = Courses(tools.store, tools.strategies)
        self._elsewhere = AnotherTarget(tools.store, tools.collector, tools.sources, tools.strategies)

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
    def get_hosts(self, context: RequestContext) -> dict[str, Any]:
        return hosts.listed(self._present.look(OF_HOSTS))

    @answers
    def get_host(self, context: RequestContext, key: str) -> dict[str, Any]:
        return hosts.shown(self._present.look(), key)

    @answers
    def get_server(self, context: RequestContext, key: str) -> dict[str, Any]:
        return servers.shown(self._present.look(), key)

    @answers
    def get_series(self, context: RequestContext, metric: str, key: str, hours: int) -> dict[str, Any]:
        return load_history.series(self._present, Metric(metric), key, hours)

    @answers
    def get_history(self, context: RequestContext, hours: int) -> dict[str, Any]:
        return load_history.history(self._present, hours)

    @answers
    def get_health(self, context: RequestContext) -> dict[str, Any]:
        return health.told(self._present, self._tools.strategies, self._tools.host)

    @answers
    def get_explanation(self, context: RequestContext, plan_uuid: str, about: str) -> dict[str, Any]:
        return explained.explanation(self._tools.store, self._tools.strategies, plan_uuid, about)

    @answers
    def get_violations(self, context: RequestContext) -> dict[str, Any]:
        return violations.listed(self._present.look(()))

    @answers
    def get_what_if(self, context: RequestContext, asked: dict[str, Any]) -> dict[str, Any]:
        return supposition.told(self._present.look(), asked)

    @answers
    def get_capacity(self, context: RequestContext, size: dict[str, int] | None) -> dict[str, Any]:
        return capacity.told(self._present.look(()), None if size is None else Size(**size))

    @answers
    def get_course(self, context: RequestContext, plan_uuid: str, without: list[str],
                   step: int | None) -> dict[str, Any]:
        return self._courses.answer(plan_uuid, without, step)

    @answers
    def another_target(self, context: RequestContext, plan_uuid: str, action_uuid: str, besides: list[str],
                       promised: dict[str, str]) -> dict[str, Any]:
        return self._elsewhere.answer(plan_uuid, action_uuid, besides, promised)

# SPDX-License-Identifier: Apache-2.0
"""The REST API: the table of its routes, and the layers around it."""

from collections.abc import Iterator
from typing import Any

import falcon
from oslo_config.cfg import ConfigOpts
from oslo_middleware import CORS, HTTPProxyToWSGI, RequestId, cors
from prometheus_client import CollectorRegistry

from watcher_py.api import errors
from watcher_py.api.auth import Callers, Guard, Wsgi, behind_keystone
from watcher_py.api.desk import Desk
from watcher_py.api.health import Healthz, Readyz
from watcher_py.api.limits import Limits
from watcher_py.api.meter import Meter, Routed
from watcher_py.api.openapi import PATH, Description, Route
from watcher_py.api.paths import Tidy
from watcher_py.api.resource import Resource
from watcher_py.api.v1.action_plans import ActionPlans
from watcher_py.api.v1.actions import Actions
from watcher_py.api.v1.audit_templates import AuditTemplates
from watcher_py.api.v1.audits import Audits
from watcher_py.api.v1.data_model import DataModel
from watcher_py.api.v1.goals import Goals
from watcher_py.api.v1.root import Root, Version1
from watcher_py.api.v1.scoring_engines import ScoringEngines
from watcher_py.api.v1.services import Services
from watcher_py.api.v1.strategies import Strategies
from watcher_py.api.v1.webhooks import Webhooks
from watcher_py.api.v2.capacity import Capacity
from watcher_py.api.v2.cluster import Cluster
from watcher_py.api.v2.course import PlanCourse
from watcher_py.api.v2.efficacy import Efficacy
from watcher_py.api.v2.execution import Execution
from watcher_py.api.v2.explanations import Explanations
from watcher_py.api.v2.health import Health
from watcher_py.api.v2.hosts import Hosts
from watcher_py.api.v2.load_history import LoadHistory, MeasuredSeries
from watcher_py.api.v2.me import Me
from watcher_py.api.v2.plan_execution import PlanExecution
from watcher_py.api.v2.plans import ExplainedPlans
from watcher_py.api.v2.progress import PlanProgress
from watcher_py.api.v2.servers import Servers
from watcher_py.api.v2.skip import PlanSkip
from watcher_py.api.v2.violations import Violations
from watcher_py.api.v2.what_if import WhatIf
from watcher_py.api.v2.wishes import Wishes
from watcher_py.api.versions import HEADER, RANGE, Negotiation
from watcher_py.bus import notifications, rpc
from watcher_py.bus.reach import reach
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.db import session
from watcher_py.db.store import Store
from watcher_py.monitor.checks import Check, database, kept

Falcon = falcon.App[Any, Any]


def open_app(conf: ConfigOpts, registry: CollectorRegistry | None = None) -> Wsgi:
    """The API on the database and the bus that the configuration names; its metrics go to the registry."""
    bus = rpc.connect(conf)
    announcer = notifications.connect(conf)
    store = Store(session.connect(conf), announcer.listener())
    app = make_app(store, EngineClient(bus, conf), ApplierClient(bus, conf), conf)
    return app if registry is None else Meter(registry, announcer).around(app)


def make_app(store: Store, engine: EngineClient, applier: ApplierClient, conf: ConfigOpts) -> Wsgi:
    desk = Desk(store, Guard(conf), engine, applier, conf.api.max_limit, conf.service_down_time,
                conf.api.enable_webhooks_auth, conf.execution)
    app = Falcon(middleware=[
        Limits(conf.api.max_request_body_size), Tidy(), Callers(conf.enable_authentication), Negotiation(),
        Routed()])
    errors.install(app)
    routes = [*_routes(desk), *_for_watchers(store, conf)]
    for path, noun, suffix in [*routes, (PATH, Description(routes), None)]:
        app.add_route(path, noun, suffix=suffix)
    inner: Wsgi = behind_keystone(app, conf) if conf.enable_authentication else app
    return HTTPProxyToWSGI(_shared_across_origins(RequestId(inner, conf), conf), conf)


def _routes(desk: Desk) -> Iterator[Route]:
    strategies, plans, wishes, hosts = Strategies(desk), ActionPlans(desk), Wishes(desk), Hosts(desk)
    yield '/', Root(), None
    yield '/v1', Version1(), None
    yield from _collection(Goals(desk))
    yield from _collection(strategies)
    yield '/v1/strategies/{key}/state', strategies, 'state'
    yield from _collection(AuditTemplates(desk))
    yield from _collection(Audits(desk))
    yield from _collection(plans)
    yield '/v1/action_plans/{key}/start', plans, 'start'
    yield from _collection(Actions(desk))
    yield from _collection(ScoringEngines(desk))
    yield from _collection(Services(desk))
    yield '/v1/data_model', DataModel(desk), None
    yield '/v1/webhooks/{key}', Webhooks(desk), None
    yield '/v2/me', Me(desk), None
    yield '/v2/hosts', hosts, None
    yield '/v2/hosts/{key}', hosts, 'one'
    yield '/v2/servers/{key}', Servers(desk), 'one'
    yield '/v2/series', MeasuredSeries(desk), None
    yield '/v2/history', LoadHistory(desk), None
    yield '/v2/health', Health(desk), None
    yield '/v2/cluster', Cluster(desk), None
    yield '/v2/efficacy', Efficacy(desk), None
    yield '/v2/execution', Execution(desk), None
    yield '/v2/violations', Violations(desk), None
    yield '/v2/what_if', WhatIf(desk), None
    yield '/v2/capacity', Capacity(desk), None
    yield '/v2/action_plans/{key}', ExplainedPlans(desk), None
    yield '/v2/action_plans/{key}/execution', PlanExecution(desk), None
    yield '/v2/action_plans/{key}/course', PlanCourse(desk), None
    yield '/v2/action_plans/{key}/skip', PlanSkip(desk), None
    yield '/v2/action_plans/{key}/progress', PlanProgress(desk), None
    yield '/v2/action_plans/{key}/explanations/{about}', Explanations(desk), None
    yield '/v2/actions/{key}/abort', wishes, 'abort'
    yield '/v2/actions/{key}/force_complete', wishes, 'force_complete'


def _for_watchers(store: Store, conf: ConfigOpts) -> Iterator[Route]:
    # Without a bus the API still takes what comes: the services find it in the database.
    bus = Check('message bus', reach(conf), decides=False)
    yield '/healthz', Healthz(), None
    yield '/readyz', Readyz([database(store), kept(bus)]), None


def _collection(noun: Resource) -> Iterator[Route]:
    path = f'/v1/{noun.view.collection}'
    yield path, noun, None
    yield f'{path}/detail', noun, 'detail'
    yield f'{path}/{{key}}', noun, 'one'


def _shared_across_origins(app: Wsgi, conf: ConfigOpts) -> Wsgi:
    """For web pages of other hosts, those that [cors] names."""
    ids = ['X-OpenStack-Request-Id', HEADER]
    cors.set_defaults(
        allow_headers=['X-Auth-Token', 'X-Identity-Status', 'X-Roles', 'X-Project-Id', 'X-User-Id', *ids],
        expose_headers=['X-Auth-Token', 'X-Subject-Token', *RANGE, *ids],
        allow_methods=['GET', 'POST', 'PUT', 'DELETE', 'PATCH'])
    return CORS(app, conf)

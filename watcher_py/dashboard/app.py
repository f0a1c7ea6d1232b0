# SPDX-License-Identifier: Apache-2.0
"""The web console: the table of its pages, and the layers around them."""

from collections.abc import Iterator
from typing import Any

import falcon

from watcher_py.dashboard.compression import Compression
from watcher_py.dashboard.door import Door
from watcher_py.dashboard.failures import Failures
from watcher_py.dashboard.headers import Headers
from watcher_py.dashboard.login import Login, Logout
from watcher_py.dashboard.pages.audit import AuditDeed, AuditPage
from watcher_py.dashboard.pages.audits import AuditsPage
from watcher_py.dashboard.pages.cloud import CloudPage
from watcher_py.dashboard.pages.health import HealthPage
from watcher_py.dashboard.pages.history import HistoryPage
from watcher_py.dashboard.pages.host import HostPage
from watcher_py.dashboard.pages.load import LoadPage
from watcher_py.dashboard.pages.new_audit import NewAuditPage
from watcher_py.dashboard.pages.plan import PlanPage
from watcher_py.dashboard.pages.plan_choice import PlanChoice
from watcher_py.dashboard.pages.plan_orders import PlanArchive, PlanCancel, PlanStart
from watcher_py.dashboard.pages.plan_report import PlanReport
from watcher_py.dashboard.pages.plan_requests import ActionRequest
from watcher_py.dashboard.pages.plan_steps import PlanSteps
from watcher_py.dashboard.pages.plan_why import PlanWhy
from watcher_py.dashboard.pages.plans import Plans
from watcher_py.dashboard.pages.rules import RulesPage
from watcher_py.dashboard.pages.server import ServerPage
from watcher_py.dashboard.pages.strategies import StrategiesPage, StrategyPage
from watcher_py.dashboard.pages.templates import DeleteTemplate, NewTemplatePage, TemplatesPage
from watcher_py.dashboard.pages.what_if import WhatIfPage
from watcher_py.dashboard.settings import Settings
from watcher_py.dashboard.site import Site
from watcher_py.dashboard.static_files import StaticFiles
from watcher_py.dashboard.visitors import Visitors

Falcon = falcon.App[Any, Any]
Route = tuple[str, object, str | None]      # path, responders, suffix of them


def make_console(door: Door, settings: Settings) -> Falcon:
    """A WSGI application; what it shows it asks for at this door, with the user's own token."""
    app = Falcon(middleware=[Compression(), Headers(), Visitors(door, settings)])
    app.req_options.strip_url_path_trailing_slash = True
    files = StaticFiles()
    site = Site(files, settings.asks_for_login)
    Failures(site).install(app)
    app.add_route('/static/{stamp}/{name}', files)
    app.add_route('/login', Login(site, settings))
    app.add_route('/logout', Logout(site, settings))
    for path, page, suffix in _pages(site):
        app.add_route(path, page, suffix=suffix)
    return app


def _pages(site: Site) -> Iterator[Route]:
    yield '/', CloudPage(site), None
    yield '/cloud/figures', CloudPage(site), 'figures'
    yield '/cloud/hosts', CloudPage(site), 'hosts'
    yield '/load', LoadPage(site), None
    yield '/load/now', LoadPage(site), 'now'
    yield '/hosts/{name}', HostPage(site), None
    yield '/hosts/{name}/panel', HostPage(site), 'panel'
    yield '/servers/{key}', ServerPage(site), None
    yield '/what-if', WhatIfPage(site), None
    yield '/rules', RulesPage(site), None
    yield '/health', HealthPage(site), None
    yield '/plans', Plans(site), None
    yield '/plans/{uuid}', PlanPage(site), None
    yield '/plans/{uuid}/progress', PlanPage(site), 'progress'
    yield '/plans/{uuid}/placement', PlanPage(site), 'placement'
    yield '/plans/{uuid}/steps', PlanSteps(site), 'chosen'
    yield '/plans/{uuid}/steps/{number:int(min=0)}', PlanSteps(site), None
    yield '/plans/{uuid}/why/{about}', PlanWhy(site), None
    yield '/plans/{uuid}/skip', PlanChoice(site), None
    yield '/plans/{uuid}/start', PlanStart(site), None
    yield '/plans/{uuid}/cancel', PlanCancel(site), None
    yield '/plans/{uuid}/archive', PlanArchive(site), None
    yield '/plans/{uuid}/actions/{action}/{wish}', ActionRequest(site), None
    yield '/plans/{uuid}/report.html', PlanReport(site), None
    yield '/audits', AuditsPage(site), None
    yield '/audits/new', NewAuditPage(site), None
    yield '/audits/{uuid}', AuditPage(site), None
    yield '/audits/{uuid}/state', AuditPage(site), 'state'
    yield '/audits/{uuid}/{deed}', AuditDeed(site), None
    yield '/templates', TemplatesPage(site), None
    yield '/templates/new', NewTemplatePage(site), None
    yield '/templates/{uuid}/delete', DeleteTemplate(site), None
    yield '/strategies', StrategiesPage(site), None
    yield '/strategies/{name}', StrategyPage(site), None
    yield '/strategies/{name}/needs', StrategyPage(site), 'needs'
    yield '/history', HistoryPage(site), None

# SPDX-License-Identifier: Apache-2.0
"""The whole house in one process: an emulated cloud, API, decision engine and applier."""

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.api.app import make_app
from watcher_py.api.auth import Wsgi
from watcher_py.applier.actions.contract import Cloud as Hands
from watcher_py.applier.drift import Drift
from watcher_py.applier.service import Applier
from watcher_py.applier.traffic import Traffic
from watcher_py.bus import rpc
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.session import connect_with
from watcher_py.cloud.volumes import Volumes
from watcher_py.cmd import settings
from watcher_py.cmd.mounting import with_console
from watcher_py.core.errors import Unavailable
from watcher_py.core.snapshot import Snapshot
from watcher_py.datasources.configured import Sources
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite
from watcher_py.db import schema
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.machines import MachineCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.storage import StorageCollector
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.service import DecisionEngine, Senses
from watcher_py.sim.clock import Clock
from watcher_py.sim.http_server import HttpServer
from watcher_py.sim.server import Cloud

LOOPBACK = '127.0.0.1'
USUAL_PORT = 9322
# Emulated seconds that pass in a second: a migration of half a minute takes half a second.
SPEED = 60.0
API_THREADS = 4
LOOK = 0.25             # seconds between two looks at a migration


@dataclass(frozen=True)
class House:
    """What the demo talks to."""

    cloud: Cloud
    url: str                    # of the API


@contextlib.contextmanager
def open_house(snapshot: Snapshot, port: int | None) -> Iterator[House]:
    """Everything up and serving; taken down again at the end."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='watcher-demo-')))
        stack.enter_context(_logging_restored())
        cloud = stack.enter_context(Cloud(snapshot, clock=Clock(SPEED)))
        conf = _configuration(folder)
        store = _store(folder)
        bus = rpc.connect(conf)
        app = with_console(make_app(store, EngineClient(bus, conf), ApplierClient(bus, conf), conf), conf)
        url = stack.enter_context(_serving(app, port))
        connection = connect_with(cloud.credentials('watcher'))
        compute, volumes, machines = Compute(connection), Volumes(connection), Baremetal(connection)
        collector = Collector(ComputeCollector(Reader(compute, Placement(connection))),
                              StorageCollector(volumes), MachineCollector(machines))
        senses = Senses(collector, Sources((Prometheus(WebSite('prometheus', cloud.prometheus_url)),)))
        hands = Hands(compute, volumes, machines, Traffic(compute, LOOK))
        engine = DecisionEngine(store, bus, conf, senses, plugins.strategies(), plugins.scoring_engines(),
                                actions=plugins.action_schemas())
        applier = Applier(store, bus, conf, hands, plugins.actions(),
                          drift=Drift(compute, Placement(connection), EngineClient(bus, conf)))
        for service in (engine, applier):
            service.start()
            stack.callback(service.stop)
        yield House(cloud, url)


def _configuration(folder: Path) -> ConfigOpts:
    path = folder / 'watcher.conf'
    path.write_text('\n'.join([
        '[DEFAULT]', 'transport_url = fake://', 'enable_authentication = false', 'use_stderr = false',
        f'log_file = {folder / "watcher.log"}', 'host = demo',
        # The bus is the process's: two houses in it don't answer for each other.
        '[watcher_decision_engine]', 'efficacy_delay = 1', f'conductor_topic = {folder.name}.decision',
        '[nova]', f'migration_interval = {LOOK}',
        '[watcher_applier]', f'conductor_topic = {folder.name}.applier',
        'parallel_migrations = 16', 'parallel_migrations_per_host = 4',
        '']))
    return settings.load(['--config-file', str(path)], 'watcher-demo')


@contextlib.contextmanager
def _logging_restored() -> Iterator[None]:
    """The log goes with the house: nothing may write to its file later."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)


def _store(folder: Path) -> Store:
    sessions = connect_url(f'sqlite:///{folder / "watcher.sqlite"}')
    schema.create_schema(engine_of(sessions))
    return Store(sessions)


@contextlib.contextmanager
def _serving(app: Wsgi, port: int | None) -> Iterator[str]:
    """The API on loopback; without a port, on Watcher's usual one, or any when that is taken."""
    server = _on_usual_port(app) if port is None else _on_port(app, port)
    try:
        yield server.url
    finally:
        server.stop()


def _on_usual_port(app: Wsgi) -> HttpServer:
    try:
        return _on_port(app, USUAL_PORT)
    except Unavailable:
        return _on_port(app, 0)


def _on_port(app: Wsgi, port: int) -> HttpServer:
    try:
        return HttpServer(app, 'watcher-api', LOOPBACK, port, API_THREADS)
    except Unavailable as error:
        raise Unavailable(f'{error}; choose another with --port, 0 for any that is free') from None

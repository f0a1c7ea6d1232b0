# SPDX-License-Identifier: Apache-2.0
"""Two engines, two appliers, an API and an emulated cloud, each a process, on a database of their own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import create_engine, make_url

from storm.line import Line
from storm.programs import Program, free_port, serves, wait_for
from storm.servers import OWN_DATABASES, Server, own_rabbit
from watcher_py import plugins
from watcher_py.db import schema
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store

SERVERS = {
    'mariadb': (os.environ.get('TEST_MARIADB_URL', 'mysql+pymysql://root:@127.0.0.1:3306/'),
                'CREATE DATABASE {}', 'DROP DATABASE {}'),
    'postgresql': (os.environ.get('TEST_POSTGRESQL_URL', 'postgresql+psycopg://postgres@127.0.0.1:5432/postgres'),
                   'CREATE DATABASE {} TEMPLATE template0', 'DROP DATABASE {} WITH (FORCE)'),
}
HOSTS, VMS, SPEED = 60, 600, 4.0

# How a service logs in to the emulated cloud.
ACCOUNT = '''[watcher_clients_auth]
auth_type = password
auth_url = {cloud}/identity/v3
username = watcher
password = emulated
project_name = service
user_domain_id = default
project_domain_id = default
region_name = RegionOne
'''
CONFIGURATION = '''[DEFAULT]
host = {host}
transport_url = {bus}
control_exchange = {name}
enable_authentication = false
use_stderr = true
[oslo_messaging_rabbit]
amqp_auto_delete = true
[api]
host = 127.0.0.1
port = {port}
[database]
connection = {database}
''' + ACCOUNT + '''[watcher_decision_engine]
conductor_topic = {name}-engine
notification_topics =
continuous_audit_interval = 2
[watcher_applier]
conductor_topic = {name}-applier
workers = 3
[watcher_datasources]
datasources = aetos
[execution]
breaker_failures = 0
[nova]
migration_interval = 0.5
'''


@dataclass(frozen=True)
class Site:
    """What a storm goes over."""

    store: Store
    api: str
    cloud: str                          # the emulated cloud itself, past every line
    services: tuple[Program, ...]       # that are killed
    others: tuple[Program, ...]
    lines: dict[str, Line]              # to nova, and to the machine's rabbit and database if used
    servers: dict[str, Server]          # else a rabbit and a database of the storm's own

    def journal(self, since: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f'{self.cloud}/sim/journal?since={since}', timeout=60).json()
        return found

    def order(self, deed: str, **arguments: Any) -> None:
        """Something is to go wrong in the cloud, or to be right again."""
        answer = requests.post(f'{self.cloud}/sim/faults', json={'deed': deed, **arguments}, timeout=60)
        answer.raise_for_status()


@contextlib.contextmanager
def open_site(folder: Path, kind: str, seed: int, with_servers: bool = False) -> Iterator[Site]:
    """All is up, and taken down again at the end; on servers of its own, or on the machine's."""
    with contextlib.ExitStack() as stack:
        name = f'storm_{uuid4().hex[:12]}'
        servers = stack.enter_context(_own_servers(folder, kind)) if with_servers else {}
        url = stack.enter_context(database(kind, name, servers['database'].url if servers else None))
        sessions = connect_url(url)
        stack.callback(engine_of(sessions).dispose)
        schema.create_schema(sessions)
        cloud = stack.enter_context(_cloud(folder, seed))
        lines = {'nova': Line('127.0.0.1', int(cloud.rsplit(':', 1)[1]))}
        bus, database_url = (servers['rabbit'].url, url) if servers else _lines_to_servers(lines, kind, url)
        for line in lines.values():
            stack.callback(line.close)
        port = free_port()
        programs: list[Program] = []
        stack.callback(_stop, programs)

        def program(command: str, host: str) -> Program:
            path = folder / f'{host}.conf'
            path.write_text(CONFIGURATION.format(
                host=host, name=name, port=port, bus=bus, cloud=f'http://127.0.0.1:{lines["nova"].port}',
                database=database_url.replace('%', '%%')))
            made = Program(host, [command, '--config-file', str(path)], folder / f'{host}.log')
            programs.append(made)
            made.start()
            return made

        api = program('watcher-api', 'api')
        services = tuple(program(command, f'{kind}-{number}') for command, kind in (
            ('watcher-decision-engine', 'engine'), ('watcher-applier', 'applier')) for number in (1, 2))
        site = Site(Store(sessions), f'http://127.0.0.1:{port}/v1', cloud, services, (api,), lines, servers)
        wait_for('the API', lambda: serves(port))
        wait_for('the strategies', lambda: len(_strategies(site)) == len(plugins.strategies()))
        yield site


@contextlib.contextmanager
def database(kind: str, name: str, server: str | None = None) -> Iterator[str]:
    """The URL of a new database on the server at that URL, or on the machine's."""
    url, create, drop = SERVERS[kind]
    url = server or url
    admin = create_engine(url, isolation_level='AUTOCOMMIT', pool_pre_ping=True)
    with admin.connect() as connection:
        connection.exec_driver_sql(create.format(name))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(drop.format(name))
        admin.dispose()


def _stop(programs: list[Program]) -> None:
    """All at once, for each takes its time."""
    with ThreadPoolExecutor(len(programs) or 1) as pool:
        list(pool.map(Program.stop, programs))


@contextlib.contextmanager
def _own_servers(folder: Path, kind: str) -> Iterator[dict[str, Server]]:
    with own_rabbit(folder / 'rabbit.log') as rabbit, OWN_DATABASES[kind](folder / 'database.log') as records:
        yield {'rabbit': rabbit, 'database': records}


def _lines_to_servers(lines: dict[str, Line], kind: str, url: str) -> tuple[str, str]:
    """The URLs of the machine's bus and of the database at that URL, through lines that are added."""
    lines['rabbit'] = Line('127.0.0.1', 5672)
    lines['database'] = Line('127.0.0.1', make_url(url).port or {'mariadb': 3306}.get(kind, 5432))
    through = make_url(url).set(host='127.0.0.1', port=lines['database'].port)
    return (f'rabbit://guest:guest@127.0.0.1:{lines["rabbit"].port}/',
            through.render_as_string(hide_password=False))


@contextlib.contextmanager
def _cloud(folder: Path, seed: int) -> Iterator[str]:
    """The address of the emulated cloud."""
    port = free_port()
    words = ['--hosts', str(HOSTS), '--servers', str(VMS), '--seed', str(seed), '--speed', str(SPEED),
             '--port', str(port), '--late-refusals']
    program = Path(sys.executable).parent / 'watcher-sim'
    with (folder / 'cloud.log').open('wb') as log:
        process = subprocess.Popen([program, *words], stdout=log, stderr=log)  # noqa: S603 - our program
    try:
        wait_for('the cloud', lambda: serves(port))
        yield f'http://127.0.0.1:{port}'
    finally:
        process.terminate()
        process.wait()


def _strategies(site: Site) -> list[Any]:
    found: list[Any] = requests.get(f'{site.api}/strategies', timeout=30).json()['strategies']
    return found

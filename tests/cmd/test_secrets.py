# SPDX-License-Identifier: Apache-2.0
"""All services at work with debug on: nothing that they write holds a password, a token or a DSN."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url

from tests.conftest import RABBIT, need_rabbit
from watcher_py.core import document
from watcher_py.db import schema
from watcher_py.db.session import connect_url, engine_of
from watcher_py.sim import keystone, server
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud

PATIENCE = 120
PROGRAMS = ('api', 'decision_engine', 'applier')
SECRET, WRONG = (f'{word}-{uuid4().hex}' for word in ('secret', 'wrong'))
DATABASE_USER = f'w{uuid4().hex[:12]}'

Run = Callable[[str, Path], 'Program']


class Program:
    """A service in a process and a session of its own, and all that it has written."""

    def __init__(self, name: str, settings: Path):
        self._file = settings.parent / f'{name}-{uuid4().hex}.log'
        call = f'import sys; from watcher_py.cmd.{name} import main; sys.exit(main())'
        with self._file.open('w') as output:
            self._process = subprocess.Popen(
                [sys.executable, '-u', '-c', call, '--config-file', str(settings)], text=True,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True)

    def written(self) -> str:
        return self._file.read_text()

    def says(self, pattern: str) -> str:
        """Wait until it has written this."""
        found = eventually(lambda: re.search(pattern, self.written()), lambda: f'{pattern}: {self.written()}')
        return str(found[0])

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def run() -> Iterator[Run]:
    running: list[Program] = []

    def start(name: str, settings: Path) -> Program:
        running.append(program := Program(name, settings))
        return program

    yield start
    for program in running:
        program.end()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An emulated cloud whose users have a password that can't be mistaken for a word."""
    monkeypatch.setattr(keystone, 'PASSWORD', SECRET)
    monkeypatch.setattr(server, 'PASSWORD', SECRET)
    with Cloud(document.read(generate(hosts=3, servers=5, seed=1))) as cloud:
        yield cloud


@pytest.fixture
def database(any_database_url: str) -> Iterator[str]:
    """A database, for a user of its own who has a password."""
    sessions = connect_url(any_database_url)
    schema.create_schema(sessions)
    engine_of(sessions).dispose()
    url = make_url(any_database_url)
    admin = create_engine(url, isolation_level='AUTOCOMMIT')
    with admin.connect() as connection:
        for host in ('%', 'localhost'):
            who = f"'{DATABASE_USER}'@'{host}'"
            connection.exec_driver_sql(f"CREATE USER {who} IDENTIFIED BY '{SECRET}'".replace('%', '%%'))
            connection.exec_driver_sql(f'GRANT ALL ON {url.database}.* TO {who}'.replace('%', '%%'))
    yield url.set(username=DATABASE_USER, password=SECRET).render_as_string(hide_password=False)
    with admin.connect() as connection:
        for host in ('%', 'localhost'):
            connection.exec_driver_sql(f"DROP USER '{DATABASE_USER}'@'{host}'".replace('%', '%%'))
    admin.dispose()


@pytest.fixture
def settings(tmp_path: Path, cloud: Cloud, database: str) -> Path:
    need_rabbit()
    who, metrics, own = cloud.credentials('watcher'), urlsplit(cloud.prometheus_url), f'secrets-{uuid4().hex}'
    account = '\n'.join(f'{name} = {value}' for name, value in {'auth_type': 'password', **who}.items())
    file = tmp_path / 'watcher.conf'
    file.write_text(dedent("""\
        [DEFAULT]
        debug = True
        default_log_levels = amqp=DEBUG
        transport_url = {rabbit}
        rpc_response_timeout = 5
        control_exchange = {own}
        [oslo_messaging_rabbit]
        amqp_auto_delete = true
        [database]
        connection = {database}
        max_retries = 1
        [watcher_decision_engine]
        conductor_topic = {own}.engine
        notification_topics = {own}.notifications
        [watcher_applier]
        conductor_topic = {own}.applier
        [api]
        port = 0
        [watcher_datasources]
        datasources = prometheus
        [prometheus_client]
        host = {metrics.hostname}
        port = {metrics.port}
        base_path = {metrics.path}
        [keystone_authtoken]
        {account}
        www_authenticate_uri = {who[auth_url]}
        [watcher_clients_auth]
        {account}
        """).format(rabbit=RABBIT, own=own, database=database, metrics=metrics, account=account, who=who))
    return file


@pytest.mark.parametrize('any_database_url', ['mariadb'], indirect=True)
def test_services_at_work_write_no_secrets(settings: Path, cloud: Cloud, run: Run) -> None:
    programs = {name: run(name, settings) for name in PROGRAMS}
    url = programs['api'].says(r'http://[\d.]+:\d+')
    token = cloud.identity.issue(cloud.identity.user('admin'), 'password').id
    assert _asked(url, '/v1/goals', WRONG)[0] == 401
    state = '/v1/strategies/vm_workload_consolidation/state'
    eventually(lambda: _asked(url, state, token)[0] == 200)
    eventually(lambda: len(_asked(url, '/v1/services', token)[1]['services']) == 2)
    body = {'audit_type': 'ONESHOT', 'goal': 'server_consolidation', 'auto_trigger': True}
    status, audit = _asked(url, '/v1/audits', token, body)
    assert status == 201
    plans = f'/v1/action_plans?audit_uuid={audit["uuid"]}'
    eventually(lambda: [plan for plan in _asked(url, plans, token)[1]['action_plans']
                        if plan['state'] in ('SUCCEEDED', 'FAILED')],
               lambda: str([_asked(url, path, token) for path in ('/v1/audits/detail', plans)]))
    for path in ('/v1/data_model', '/v2/cluster', '/v1/nothing'):
        _asked(url, path, token)
    written = ''.join(program.written() for program in programs.values())
    assert 'DEBUG' in written
    assert _held(written, [SECRET, WRONG, 'guest:guest', *cloud.identity._tokens]) == []


@pytest.mark.parametrize('any_database_url', ['mariadb'], indirect=True)
def test_services_that_are_refused_write_no_secrets(settings: Path, run: Run) -> None:
    right = settings.read_text()
    settings.write_text(right.replace(f'{DATABASE_USER}:{SECRET}', f'{DATABASE_USER}:{WRONG}'))
    api = run('api', settings)
    api.says('does not answer')
    settings.write_text(right.replace('guest:guest', f'guest:{WRONG}'))
    engine = run('decision_engine', settings)
    engine.says('(?i)access.refused')
    assert _held(api.written() + engine.written(), [SECRET, WRONG]) == []


def eventually(truth: Callable[[], Any], told: Callable[[], str] = lambda: 'it never came') -> Any:
    """What it gives as soon as that is true."""
    deadline, nothing = time.monotonic() + PATIENCE, Event()
    while not (found := truth()):
        assert time.monotonic() < deadline, told()
        nothing.wait(0.1)
    return found


def _held(written: str, secrets: list[str]) -> list[str]:
    """The lines that hold one of them."""
    return [line for line in written.splitlines() if any(secret in line for secret in secrets)]


def _asked(url: str, path: str, token: str, body: object = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url + path, data, {'X-Auth-Token': token, 'Content-Type': 'application/json'})
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, {}

# SPDX-License-Identifier: Apache-2.0
"""watcher-decision-engine runs as a process: it carries out audits, and ends cleanly on SIGTERM."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import dedent
from threading import Timer
from urllib.parse import urlsplit

import pytest

from watcher_py import plugins
from watcher_py.core import document
from watcher_py.db.models import ActionPlan, Audit, Goal, ScoringEngine
from watcher_py.db.store import Store
from watcher_py.engine.catalogue import align
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud

PATIENCE = 60


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(document.read(generate(hosts=3, servers=5, seed=1))) as cloud:
        yield cloud


@pytest.fixture
def settings(tmp_path: Path, store: Store, cloud: Cloud) -> Path:
    who, metrics = cloud.credentials('watcher'), urlsplit(cloud.prometheus_url)
    file = tmp_path / 'watcher.conf'
    file.write_text(dedent(f"""\
        [DEFAULT]
        host = me
        transport_url = fake://
        [database]
        connection = sqlite:///{tmp_path}/watcher.sqlite
        [watcher_clients_auth]
        auth_type = password
        auth_url = {who['auth_url']}
        username = {who['username']}
        password = {who['password']}
        project_name = {who['project_name']}
        user_domain_id = {who['user_domain_id']}
        project_domain_id = {who['project_domain_id']}
        [watcher_datasources]
        datasources = prometheus
        [prometheus_client]
        host = {metrics.hostname}
        port = {metrics.port}
        base_path = {metrics.path}
        """))
    return file


@contextmanager
def running(settings: Path) -> Iterator['subprocess.Popen[str]']:
    """The program and its children, in a session of their own that is ended in any case."""
    program = 'import sys; from watcher_py.cmd.decision_engine import main; sys.exit(main())'
    process = subprocess.Popen(
        [sys.executable, '-c', program, '--config-file', str(settings)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    too_long = Timer(PATIENCE, end)
    too_long.start()
    try:
        yield process
    finally:
        too_long.cancel()
        end()
        process.wait()


def said(process: subprocess.Popen[str], words: str) -> list[str]:
    """The lines that the program says until one has these words."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    pytest.fail(f'never said {words!r}, but:\n' + ''.join(lines))


def test_a_waiting_audit_is_carried_out_and_sigterm_ends_the_program(settings: Path, store: Store) -> None:
    align(store, plugins.strategies())
    goal = store.get(Goal, 'server_consolidation')
    audit = Audit(audit_type='ONESHOT', state='PENDING', goal_id=goal.id)
    store.add(audit)
    with running(settings) as process:
        lines = said(process, f'Audit {audit.uuid}: done')
        process.send_signal(signal.SIGTERM)
        lines += said(process, 'has stopped')
        assert process.wait(PATIENCE) == 0
    assert store.get(Audit, audit.uuid).state == 'SUCCEEDED'
    assert store.count(ActionPlan) == 1
    assert store.get(ScoringEngine, 'dummy_scorer')
    assert not [line for line in lines if 'Traceback' in line or 'password' in line.lower()]


def test_a_program_that_cannot_reach_its_database_says_so(settings: Path) -> None:
    settings.write_text(settings.read_text().replace('sqlite:///', 'sqlite:////nowhere'))
    with running(settings) as process:
        lines = said(process, 'Not started')
    assert 'does not answer' in lines[-1]
    assert not [line for line in lines if 'Traceback' in line]

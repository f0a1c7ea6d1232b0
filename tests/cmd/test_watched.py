# SPDX-License-Identifier: Apache-2.0
"""The three programs, as operators watch over them: metrics, health and a state dump of each."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from textwrap import dedent
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
import requests

from watcher_py.core import document
from watcher_py.db.store import Store
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud

PATIENCE = 60
PROGRAMS = ('api', 'decision_engine', 'applier')
# What a program tells of itself alone.
OWN = {'api': 'watcher_api_requests_open', 'decision_engine': 'watcher_picture_age_seconds',
       'applier': 'watcher_breaker_open'}


@pytest.fixture(scope='module')
def cloud() -> Iterator[Cloud]:
    with Cloud(document.read(generate(hosts=3, servers=5, seed=1))) as cloud:
        yield cloud


@pytest.fixture
def ports() -> dict[str, int]:
    with ExitStack() as stack:
        free = [stack.enter_context(socket.socket()) for _ in range(4)]
        for each in free:
            each.bind(('127.0.0.1', 0))
        return dict(zip((*PROGRAMS, 'rest'), (each.getsockname()[1] for each in free), strict=True))


@pytest.fixture
def settings(tmp_path: Path, store: Store, cloud: Cloud, ports: dict[str, int]) -> Path:
    who = cloud.credentials('watcher')
    file = tmp_path / 'watcher.conf'
    file.write_text(dedent(f"""\
        [DEFAULT]
        host = me
        transport_url = fake://guest:hidden@/
        enable_authentication = False
        [database]
        connection = sqlite:///{tmp_path}/watcher.sqlite
        [watcher_clients_auth]
        auth_type = password
        """) + ''.join(f'{key} = {value}\n' for key, value in who.items()) + dedent(f"""\
        [watcher_datasources]
        datasources =
        [api]
        port = {ports['rest']}
        metrics_port = {ports['api']}
        [watcher_decision_engine]
        metrics_port = {ports['decision_engine']}
        [watcher_applier]
        metrics_port = {ports['applier']}
        """))
    return file


@contextmanager
def running(program: str, settings: Path) -> Iterator[tuple['subprocess.Popen[bytes]', Path]]:
    """The program in a session of its own, and the file of what it writes."""
    call = f'import sys; from watcher_py.cmd.{program} import main; sys.exit(main())'
    file = settings.parent / f'{program}-{uuid4().hex}.log'
    with file.open('w') as output:
        process = subprocess.Popen([sys.executable, '-u', '-c', call, '--config-file', str(settings)],
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process, file
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def eventually(truth: Callable[[], Any], told: Callable[[], str]) -> Any:
    for _ in range(PATIENCE * 20):
        if found := truth():
            return found
        sleep(0.05)
    pytest.fail(f'it never came: {told()}')


def get(port: int, path: str, log: Path) -> requests.Response:
    """The answer, once there is somebody who is well."""
    def asked() -> requests.Response | None:
        with suppress(requests.ConnectionError):
            answer = requests.get(f'http://127.0.0.1:{port}{path}', timeout=PATIENCE)
            return answer if answer.status_code == 200 else None
        return None

    return eventually(asked, log.read_text)  # type: ignore[no-any-return]


def dumped(process: 'subprocess.Popen[bytes]', log: Path) -> str:
    """What the program writes when it is sent the signal."""
    process.send_signal(signal.SIGUSR2)
    eventually(lambda: 'that is all' in log.read_text(), log.read_text)
    assert process.poll() is None
    return log.read_text()


def test_each_program_tells_how_it_fares(settings: Path, ports: dict[str, int]) -> None:
    with ExitStack() as stack:
        # Side by side, for each needs seconds to start.
        programs = {name: stack.enter_context(running(name, settings)) for name in PROGRAMS}
        for name, (process, log) in programs.items():
            ready = get(ports['rest'] if name == 'api' else ports[name], '/readyz', log)
            assert ready.json()['checks']['database'] == 'ok'
            metrics = get(ports[name], '/metrics', log).text
            assert OWN[name] in metrics
            assert f'service="watcher-{name.replace("_", "-")}"' in metrics
            told = dumped(process, log)
            assert 'transport_url' in told
            assert 'hidden' not in told
        for name in ('decision_engine', 'applier'):
            checks = get(ports[name], '/healthz', programs[name][1]).json()['checks']
            assert set(checks.values()) == {'ok'}
            assert 'leases' in checks
        counted = get(ports['applier'], '/metrics', programs['applier'][1]).text
        assert re.search(r'watcher_service_up\{host="me",name="watcher-applier"\} 1\.0', counted)
        assert 'watcher_action_plans{state="ONGOING"} 0.0' in counted

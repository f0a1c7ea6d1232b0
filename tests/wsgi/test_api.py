# SPDX-License-Identifier: Apache-2.0
"""The API as WSGI servers and operators start it: in processes of their own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from watcher_py.db import schema
from watcher_py.db.session import connect_url, engine_of

PROGRAM = 'import sys; from watcher_py.cmd.api import main; sys.exit(main(sys.argv[1:]))'
APPLICATION = '''
import io, json
from watcher_py.wsgi.api import application
from wsgiref.util import setup_testing_defaults
environ = {}
setup_testing_defaults(environ)
print(b''.join(application(environ, lambda status, headers: None)).decode())
'''


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    url = f'sqlite:///{tmp_path}/watcher.sqlite'
    sessions = connect_url(url)
    schema.create_schema(sessions)
    engine_of(sessions).dispose()
    file = tmp_path / 'watcher.conf'
    file.write_text(f'[DEFAULT]\ntransport_url = fake://\nenable_authentication = False\n'
                    f'[database]\nconnection = {url}\n[api]\nport = 0\n'
                    '[oslo_middleware]\nenable_proxy_headers_parsing = True\n')
    return file


@pytest.fixture
def program(configuration: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, '-c', PROGRAM, '--config-file', str(configuration)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_the_application_reads_the_files_that_the_environment_names(configuration: Path) -> None:
    environment = {**os.environ, 'OS_WATCHER_CONFIG_FILES': str(configuration)}
    told = subprocess.run(
        [sys.executable, '-c', APPLICATION], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout.splitlines()[-1])['versions'][0]['id'] == 'v1'


def test_the_program_serves_until_it_is_told_to_stop(program: subprocess.Popen[str]) -> None:
    assert program.stdout is not None
    address = next(found[0] for line in program.stdout if (found := re.search(r'http://[\d.]+:\d+', line)))
    with urlopen(f'{address}/v1/goals', timeout=30) as answer:
        assert json.load(answer) == {'goals': []}
    with urlopen(f'{address}/dashboard/audits', timeout=30) as answer:
        assert answer.headers['Content-Type'].startswith('text/html')
    # What a proxy in front of it tells reaches the application, which is configured to take it.
    behind = Request(f'{address}/', headers={'X-Forwarded-Proto': 'https'})
    with urlopen(behind, timeout=30) as answer:
        assert json.load(answer)['versions'][0]['links'][0]['href'].startswith('https://')
    program.terminate()
    assert program.wait(30) == 0


def test_the_program_says_in_a_sentence_why_it_can_not_start(tmp_path: Path) -> None:
    file = tmp_path / 'watcher.conf'
    file.write_text('[DEFAULT]\ntransport_url = fake://\n[database]\nconnection = nonsense\n')
    ended = subprocess.run([sys.executable, '-c', PROGRAM, '--config-file', str(file)], capture_output=True,
                           text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith('watcher-api: ')
    assert 'Traceback' not in ended.stderr

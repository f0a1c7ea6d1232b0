# SPDX-License-Identifier: Apache-2.0
"""watcher-status upgrade check tells whether the services will find what they need."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from watcher_py.cmd.status import run
from watcher_py.core import document
from watcher_py.db import schema
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud

DATABASE, NOVA, POLICY = range(3)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(document.read(generate(hosts=2, servers=2, seed=1))) as cloud:
        yield cloud


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f'sqlite:///{tmp_path}/watcher.sqlite'


@pytest.fixture
def check(tmp_path: Path, url: str, cloud: Cloud, capsys):
    """Runs the program: (exit status, the checks with their results)."""
    who = cloud.credentials('watcher')
    file = tmp_path / 'watcher.conf'
    file.write_text(dedent(f"""\
        [database]
        connection = {url}
        [oslo_policy]
        policy_file = {tmp_path}/policy.yaml
        [watcher_clients_auth]
        auth_type = password
        auth_url = {who['auth_url']}
        username = {who['username']}
        password = {who['password']}
        project_name = {who['project_name']}
        user_domain_id = {who['user_domain_id']}
        project_domain_id = {who['project_domain_id']}
        """))

    def check() -> tuple[int, list[dict]]:
        status = run(['--config-file', str(file), 'upgrade', 'check', '--json'])
        return status, json.loads(capsys.readouterr().out)['checks']

    return check


def results(checks: list[dict]) -> list[int]:
    return [one['result'] for one in checks]


def test_all_is_well(check, url):
    schema.upgrade(url)
    status, checks = check()
    assert (status, results(checks)) == (0, [0, 0, 0]), checks


def test_tables_that_are_not_there_are_told_with_the_way_out(check):
    status, checks = check()
    assert (status, results(checks)) == (2, [2, 0, 0])
    assert 'watcher-db-manage upgrade' in checks[DATABASE]['details']


def test_a_nova_that_is_too_old_is_told(check, url, monkeypatch):
    schema.upgrade(url)
    monkeypatch.setattr('watcher_py.cloud.compute.MINIMUM', (2, 999))
    status, checks = check()
    assert (status, results(checks)) == (2, [0, 2, 0])
    assert '2.999 or newer is needed' in checks[NOVA]['details']


def test_a_nova_that_does_not_answer_is_told(check, url, cloud):
    schema.upgrade(url)
    cloud.stop()
    status, checks = check()
    assert (status, results(checks)) == (2, [0, 2, 0])


def test_a_policy_in_json_is_told(check, url, tmp_path):
    schema.upgrade(url)
    (tmp_path / 'policy.yaml').write_text('{"admin_api": "role:admin"}')
    status, checks = check()
    assert (status, results(checks)) == (2, [0, 0, 2])
    assert 'YAML' in checks[POLICY]['details']


def test_a_configuration_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert run(['--config-file', f'{tmp_path}/none.conf', 'upgrade', 'check']) == 255
    assert capsys.readouterr().err.startswith('watcher-status: ')

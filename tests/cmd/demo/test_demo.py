# SPDX-License-Identifier: Apache-2.0
"""watcher-demo as a newcomer meets it."""

import functools
import json
import logging
import os
import re
import socket
import subprocess
import sys

import pytest
import requests

from tests.core.clusters import document, host, instance
from watcher_py.cmd.demo import house
from watcher_py.cmd.demo.program import main
from watcher_py.sim.faults import Faults
from watcher_py.sim.server import Cloud

UUIDS = [f'00000000-0000-4000-8000-00000000000{number}' for number in range(3)]
SMALL = document([host('a'), host('b'), host('c')],
                 [instance(UUIDS[0], 'a'), instance(UUIDS[1], 'b'), instance(UUIDS[2], 'b')])


@pytest.fixture
def demo(tmp_path):
    """Run the demo once; its exit status and its figures."""
    def run(*arguments):
        report = tmp_path / 'report.json'
        status = main(['--once', '--port', '0', '--json', str(report), *arguments])
        return status, json.loads(report.read_text()) if report.exists() else None
    return run


@pytest.fixture
def small(tmp_path):
    path = tmp_path / 'cluster.json'
    path.write_text(json.dumps(SMALL))
    return str(path)


def test_the_promised_placement_is_reached_without_a_refusal(demo, capsys):
    status, report = demo('--hosts', '10', '--servers', '60', '--seed', '3')
    assert status == 0
    assert {'hosts', 'servers', 'active_before', 'active_after', 'promised_active', 'bound', 'migrations',
            'refused', 'seconds'} <= set(report)
    assert (report['hosts'], report['servers'], report['refused']) == (10, 60, 0)
    assert report['bound'] <= report['active_after'] == report['promised_active'] < report['active_before']
    assert report['migrations'] > 0
    printed = capsys.readouterr().out
    assert 'can end below' in printed
    assert 'empties' in printed
    assert 'headroom' in printed
    assert 'as promised' in printed


def test_it_starts_from_a_cluster_document(demo, small):
    status, report = demo('--cluster', small)
    assert status == 0
    assert (report['hosts'], report['active_before'], report['active_after']) == (3, 2, 1)


@pytest.mark.parametrize(('strategy', 'active_after'), [('dummy', 2), ('host_maintenance', 2)])
def test_other_strategies_run_too(demo, small, strategy, active_after):
    status, report = demo('--cluster', small, '--strategy', strategy)
    assert status == 0
    assert report['active_after'] == report['promised_active'] == active_after


def test_a_promise_that_is_not_kept_gives_status_1(demo, small, monkeypatch, capsys):
    faults = Faults()
    faults.fail_migrations(UUIDS[0], 'the link is broken')
    monkeypatch.setattr(house, 'Cloud', functools.partial(Cloud, faults=faults))
    status, report = demo('--cluster', small)
    assert status == 1
    assert (report['active_after'], report['promised_active']) == (2, 1)
    assert 'not as promised' in capsys.readouterr().out


def test_an_unknown_strategy_is_told(demo, small, capsys):
    assert demo('--cluster', small, '--strategy', 'guesswork') == (2, None)
    assert 'there is no strategy guesswork' in capsys.readouterr().err


def test_a_document_that_is_no_cluster_is_told(demo, tmp_path, capsys):
    path = tmp_path / 'cluster.json'
    path.write_text('{}')
    assert demo('--cluster', str(path)) == (2, None)
    told = capsys.readouterr().err
    assert '"format" is None' in told
    assert told.count('\n') == 1


def test_a_port_that_is_taken_is_told(small, capsys):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        assert main(['--once', '--cluster', small, '--port', str(taken.getsockname()[1])]) == 1
    assert '--port, 0 for any that is free' in capsys.readouterr().err


def test_it_goes_on_serving_until_it_is_ended_and_leaves_nothing_behind(small, tmp_path):
    program = [sys.executable, '-m', 'watcher_py.cmd.demo.program', '--cluster', small, '--port', '0']
    environment = {**os.environ, 'TMPDIR': str(tmp_path), 'PYTHONUNBUFFERED': '1'}
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment) as demo:
        told = ''
        while 'The services go on' not in told:
            line = demo.stdout.readline()
            assert line, told
            told += line
        url = re.search(r'serves at (\S+),', told)[1]
        assert f'{url}/dashboard' in told
        assert '<title>Cloud' in requests.get(f'{url}/dashboard', timeout=10).text
        assert requests.get(f'{url}/v1/action_plans', timeout=10).json()['action_plans']
        demo.terminate()
        assert demo.wait(30) == 0
    assert [path.name for path in tmp_path.iterdir()] == ['cluster.json']


def test_the_log_goes_with_the_house(demo, small):
    handlers = logging.getLogger().handlers[:]
    demo('--cluster', small, '--strategy', 'dummy')
    assert logging.getLogger().handlers == handlers

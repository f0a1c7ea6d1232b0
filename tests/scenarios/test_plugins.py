# SPDX-License-Identifier: Apache-2.0
"""The example of the documents is installed as anyone's plug-in is, and used over REST."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from threading import Timer

import pytest

from tests.core.clusters import document, host, instance
from tests.scenarios import plugged_in
from tests.scenarios.conftest import Town
from watcher_py.cmd.demo.house import House
from watcher_py.core.document import read
from watcher_py.sim.clock import Clock
from watcher_py.sim.server import Cloud

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / 'doc' / 'source' / 'contributor' / 'example_plugin'
PATIENCE = 300
CALM, BUSY, UNKNOWN, AWAKE = (f'{number:032x}' for number in range(1, 5))


@pytest.fixture(scope='module')
def installed(tmp_path_factory):
    """The folder that pip has installed the example in."""
    source, target = tmp_path_factory.mktemp('source') / 'example', tmp_path_factory.mktemp('installed')
    # Where it is built it leaves files behind.
    shutil.copytree(EXAMPLE, source)
    subprocess.run([sys.executable, '-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps',
                    '--no-build-isolation', '--target', target, source], check=True, timeout=PATIENCE)
    return target


@pytest.fixture(scope='module')
def cloud():
    """Three nodes with a server each that is off, and one on the first that is on."""
    servers = [instance(uuid, node, state='stopped')
               for uuid, node in ((CALM, 'calm'), (BUSY, 'busy'), (UNKNOWN, 'unknown'))]
    doc = document([host('calm'), host('busy'), host('unknown')], [*servers, instance(AWAKE, 'calm')])
    with Cloud(read(doc), clock=Clock(60.0)) as cloud:
        yield cloud


@pytest.fixture(scope='module')
def town(installed, cloud, tmp_path_factory):
    """The services with the example installed, and a file for its datasource."""
    folder = tmp_path_factory.mktemp('town')
    metrics, settings = folder / 'metrics.json', folder / 'watcher.conf'
    metrics.write_text(json.dumps({'host_cpu_usage': {'calm': 10.0, 'busy': 80.0}}))
    settings.write_text(configuration(cloud, folder, metrics))
    with services(settings, installed) as url:
        yield Town(House(cloud, url))


def configuration(cloud, folder, metrics):
    who = cloud.credentials('watcher')
    return dedent(f"""\
        [DEFAULT]
        host = me
        transport_url = fake://
        enable_authentication = false
        log_file = {folder}/watcher.log
        [database]
        connection = sqlite:///{folder}/watcher.sqlite
        [watcher_clients_auth]
        auth_type = password
        """) + '\n'.join(f'{name} = {value}' for name, value in who.items()) + dedent(f"""
        [nova]
        migration_interval = 0.25
        [watcher_decision_engine]
        efficacy_delay = 1
        [watcher_datasources]
        datasources = json_file
        [json_file_client]
        path = {metrics}
        """)


def environment(installed):
    path = os.pathsep.join((str(installed), str(ROOT)))
    return {**os.environ, 'PYTHONPATH': path, 'PYTHONDONTWRITEBYTECODE': '1'}


@contextmanager
def services(settings, installed):
    """The URL of their API."""
    command = [sys.executable, plugged_in.__file__, '--config-file', str(settings)]
    with subprocess.Popen(command, env=environment(installed), text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        too_long = Timer(PATIENCE, process.kill)
        too_long.start()
        try:
            url = process.stdout.readline().strip()
            assert url, 'the services did not start'
            yield url
            process.communicate()
            assert process.returncode == 0
        finally:
            too_long.cancel()
            process.kill()


def measured(town, plan):
    """The indicators as they came out, once that is known."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := town.get(f'/v2/action_plans/{plan["uuid"]}'))['measured']:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return {row['name']: row['measured'] for row in seen['efficacy']}


def state_of(cloud, uuid):
    with cloud.world.lock:
        return next(server.vm_state for server in cloud.world.servers.values() if server.name == uuid)


def test_the_example_s_own_tests_pass(installed):
    command = [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-c', os.devnull,
               EXAMPLE / 'test_wake_up.py']
    done = subprocess.run(command, env={**environment(installed), 'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'},
                          capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout


def test_an_audit_with_a_plug_in_s_strategy_goal_datasource_scorer_and_action(town):
    [strategy] = [row for row in town.client.strategies() if row['name'] == 'wake_up']
    assert town.get(f'/v1/goals/{strategy["goal_uuid"]}')['name'] == strategy['goal_name'] == 'awake'
    assert 'free_cpu' in [row['name'] for row in town.get('/v1/scoring_engines')['scoring_engines']]

    plan = town.plan('wake_up', least_free=50, period=1)
    [action] = plan['actions']
    assert action['action_type'] == 'start'
    assert action['reason'] == 'its node has 90 % of its CPU free'
    assert plan['efficacy'][0] == {'name': 'woken_count', 'description': 'Servers that the plan switches on',
                                   'unit': None, 'predicted': 1, 'measured': None}
    assert set(plan['stayed'].values()) == {
        'its node has 20 % of its CPU free, less than 50 %', 'the load of its node is unknown'}

    ended = town.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert measured(town, plan) == {'woken_count': 1}
    assert {uuid: state_of(town.cloud, uuid) for uuid in (CALM, BUSY, UNKNOWN)} == {
        CALM: 'active', BUSY: 'stopped', UNKNOWN: 'stopped'}


def test_the_actuator_knows_a_plug_in_s_action_and_what_it_takes(town):
    actions = [{'action_type': 'start', 'input_parameters': {'colour': 'red'}, 'resource_id': CALM}]
    audit = town.audit('actuator', actions=actions)
    assert audit['state'] == 'FAILED'
    assert 'action 1 of 1, start: ' in audit['status_message']
    assert "'colour' was unexpected" in audit['status_message']


def test_the_state_of_a_plug_in_s_strategy_tells_of_its_datasource(town):
    found = {row['type']: row for row in town.get('/v1/strategies/wake_up/state')}
    assert found['Datasource']['state'] == 'json_file: available'
    assert found['Metrics']['state'] == [{'host_cpu_usage': 'available'}]

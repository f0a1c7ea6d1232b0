# SPDX-License-Identifier: Apache-2.0
"""A real OpenStack, and the three services of watcher_py running against it."""

import contextlib
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import kombu
import openstack
import pymysql
import pytest

PASSWORD = 'ministack'
HOSTS = ('host1', 'host2', 'host3', 'host4')
BIN = Path(sys.executable).parent


def wait_for(what, read, seconds=120):
    """Poll until `read` gives something true; bringing servers up may take a while."""
    deadline = time.monotonic() + seconds
    while not (value := read()):
        if time.monotonic() > deadline:
            pytest.fail(f'{what} did not come within {seconds} s')
        time.sleep(1)
    return value


@dataclass(frozen=True)
class Stack:
    """The running OpenStack: the environment of its clients, and an administrator's connection."""

    environment: dict
    cloud: openstack.connection.Connection
    ministack: list                 # the command that manages it

    def program(self, name):
        """Where one of the programs that came with the stack is."""
        return shutil.which(name, path=self.environment['PATH'])

    def command(self, *words):
        """What an `openstack` command prints; the test fails with its errors when it fails."""
        done = self.attempt(*words)
        assert done.returncode == 0, f'openstack {shlex.join(words)}: {done.stderr}'
        return done.stdout

    def attempt(self, *words, user='admin'):
        """An `openstack` command that has ended, well or not; users act in the project of their name."""
        environment = {**self.environment, 'OS_USERNAME': user, 'OS_PROJECT_NAME': user}
        return subprocess.run(['openstack', *words], env=environment, capture_output=True, text=True)

    def attempts(self, commands, user='admin'):
        """The same for commands that don't need each other, in their order; some run at once."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda words: self.attempt(*words, user=user), commands))

    def rows(self, *words):
        return json.loads(self.command(*words, '-f', 'json'))

    def placed(self):
        return {server.name: server.compute_host for server in self.cloud.compute.servers(all_projects=True)}

    def services(self):
        return {service.host: service for service in self.cloud.compute.services(binary='nova-compute')}


@pytest.fixture(scope='session')
def stack():
    """Bring the stack up, in a cache that lasts, and leave it up for the next run."""
    program = os.environ.get('MINISTACK')
    if not program or not Path(program).exists():
        pytest.fail('MINISTACK does not name the program that brings a real OpenStack up')
    cache = Path(os.environ.get('WATCHER_PY_CACHE', '~/.cache/watcher_py')).expanduser() / 'stack'
    ministack = [program, '--venv', str(cache / 'venv'), '--state', str(cache / 'state')]
    if not (cache / 'venv' / 'bin' / 'openstack').exists():
        subprocess.run([*ministack, 'install'], check=True)
    for attempt in range(2):
        done = subprocess.run([*ministack, '--with', 'prometheus', 'up'], check=attempt == 1)
        if done.returncode == 0:
            break
    environment = _environment(ministack)
    cloud = openstack.connect(
        load_yaml_config=False, load_envvars=False, auth_url=environment['OS_AUTH_URL'],
        username='admin', password=PASSWORD, project_name='admin', user_domain_id='default',
        project_domain_id='default', region_name=environment['OS_REGION_NAME'])
    cloud.compute.default_microversion = '2.96'
    for service in cloud.compute.services(binary='nova-compute'):
        cloud.compute.enable_service(service)
    for server in list(cloud.compute.servers(all_projects=True)):
        cloud.compute.delete_server(server, force=True)
    wait_for('an empty cloud', lambda: not list(cloud.compute.servers(all_projects=True)))
    _forget_groups(cloud)
    subprocess.run([*ministack, 'seed'], check=True)
    return Stack(environment, cloud, ministack)


def _forget_groups(cloud):
    """Remove the server groups, with the members they had.

    Nova's scheduler goes on counting a live-migrated server at its source until the hosts report their
    servers again (`scheduler_instance_sync_interval`, 120 s), also when it is deleted meanwhile. A group
    keeps its deleted members, so a new member would be refused that host.
    """
    for group in list(cloud.compute.server_groups(all_projects=True)):
        cloud.compute.delete_server_group(group)


@pytest.fixture(scope='module')
def gnocchi(stack):
    """Gnocchi with Ceilometer's types of resources, for no longer than it is needed: it never rests."""
    subprocess.run([*stack.ministack, '--with', 'prometheus,gnocchi', 'up'], check=True)
    subprocess.run([*stack.ministack, 'seed'], check=True)
    # The first time, it came into the catalog after the token was given that is in use.
    stack.cloud.session.invalidate()
    yield
    subprocess.run([*stack.ministack, 'down', '--only', 'gnocchi'], check=True)


def _environment(ministack):
    exports = subprocess.run([*ministack, 'env'], check=True, capture_output=True, text=True).stdout
    script = f'{exports}\nenv -0'
    printed = subprocess.run(['bash', '-c', script], check=True, capture_output=True, text=True).stdout
    return dict(line.split('=', 1) for line in printed.split('\0') if '=' in line)


@pytest.fixture(scope='session')
def watcher(stack, tmp_path_factory):
    """API, decision engine and applier as processes, on RabbitMQ and MariaDB; in the catalog."""
    folder = tmp_path_factory.mktemp('watcher')
    port = _free_port()
    _account(stack.cloud)
    _endpoint(stack.cloud, f'http://127.0.0.1:{port}')
    with _database() as url:
        settings = folder / 'watcher.conf'
        settings.write_text(_configuration(stack.environment['OS_AUTH_URL'], port, url))
        subprocess.run([BIN / 'watcher-db-manage', '--config-file', settings, 'upgrade'], check=True)
        with contextlib.ExitStack() as running:
            for program in ('watcher-api', 'watcher-decision-engine', 'watcher-applier'):
                running.enter_context(_process(program, settings, folder))
            wait_for('the API', lambda: _answers(port))
            wait_for('the goals', lambda: stack.rows('optimize', 'goal', 'list'))
            yield folder
        _forget_queue(f'watcher.{socket.gethostname()}')


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


def _account(cloud):
    identity = cloud.identity
    user = identity.find_user('watcher') or identity.create_user(
        name='watcher', domain_id='default', password=PASSWORD)
    project = identity.find_project('service')
    for role in ('admin', 'service'):
        identity.assign_project_role_to_user(project, user, identity.find_role(role))


def _endpoint(cloud, url):
    identity = cloud.identity
    service = next(identity.services(type='infra-optim'), None) or identity.create_service(
        type='infra-optim', name='watcher')
    for endpoint in list(identity.endpoints(service_id=service.id)):
        identity.delete_endpoint(endpoint)
    for interface in ('public', 'internal'):
        identity.create_endpoint(service_id=service.id, interface=interface, url=url,
                                 region_id='RegionOne')


def _forget_queue(name):
    """Nobody is there any more to read what Nova goes on to put there."""
    with kombu.Connection('amqp://guest:guest@127.0.0.1:5672/') as rabbit:
        rabbit.channel().queue_delete(name)


@contextlib.contextmanager
def _database():
    name = f'watcher_py_{uuid.uuid4().hex[:12]}'
    with pymysql.connect(host='127.0.0.1', user='root') as server:
        server.cursor().execute(f'CREATE DATABASE {name} CHARACTER SET utf8mb4')
        try:
            yield f'mysql+pymysql://root:@127.0.0.1:3306/{name}?charset=utf8mb4'
        finally:
            server.cursor().execute(f'DROP DATABASE {name}')


def _configuration(auth_url, port, database):
    account = f'''auth_type = password
auth_url = {auth_url}
username = watcher
password = {PASSWORD}
project_name = service
user_domain_id = default
project_domain_id = default
region_name = RegionOne
'''
    # A virtual host would need a server's administrator; topics of one's own do as well.
    unique = uuid.uuid4().hex[:8]
    return f'''[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1:5672/
[api]
host = 127.0.0.1
port = {port}
[database]
connection = {database}
[keystone_authtoken]
{account}interface = internal
service_token_roles = service
service_token_roles_required = true
[watcher_clients_auth]
{account}
[watcher_decision_engine]
conductor_topic = watcher.decision.control.{unique}
[collector]
collector_plugins = compute,storage,baremetal
[watcher_applier]
conductor_topic = watcher.applier.control.{unique}
[watcher_datasources]
datasources = prometheus
[prometheus_client]
host = 127.0.0.1
port = 9090
[nova]
migration_interval = 1.0
'''


@contextlib.contextmanager
def _process(program, settings, folder):
    with (folder / f'{program}.log').open('wb') as log:
        process = subprocess.Popen([BIN / program, '--config-file', settings], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                pytest.fail(f'{program} did not end within 30 s of SIGTERM')

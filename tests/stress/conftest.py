# SPDX-License-Identifier: Apache-2.0
"""The API as a process on MariaDB and on PostgreSQL, with an engine and an applier that are quick."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from uuid import uuid4

import pytest
from oslo_config.cfg import ConfigOpts

from tests.conftest import a_database_on, missing, store_at
from watcher_py import conf as options
from watcher_py.bus import rpc
from watcher_py.core.states import AuditState, PlanState
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.store import Store

CONFIGURATION = '''
[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1:5672/
control_exchange = watcher-{unique}
enable_authentication = False
[oslo_messaging_rabbit]
amqp_auto_delete = True
[api]
host = 127.0.0.1
port = {port}
[database]
connection = {database}
[watcher_decision_engine]
conductor_topic = engine-{unique}
[watcher_applier]
conductor_topic = applier-{unique}
'''


class QuickEngine:
    """Finds a plan of two actions at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def trigger_audit(self, context, audit_uuid):
        audit = self._store.get(Audit, audit_uuid, with_deleted=True)
        if self._store.claim(audit, AuditState.PENDING, AuditState.ONGOING):
            plan = ActionPlan(audit_id=audit.id, strategy_id=audit.strategy_id, state=PlanState.RECOMMENDED)
            actions = [Action(action_plan=plan, action_type='nop', state='PENDING') for _ in range(2)]
            self._store.claim(audit, AuditState.ONGOING, AuditState.SUCCEEDED, adding=[plan, *actions])


class QuickApplier:
    """Carries plans out at once; keeps which ones it was told of, each time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.launched: SimpleQueue[str] = SimpleQueue()

    def launch_action_plan(self, context, action_plan_uuid):
        self.launched.put(action_plan_uuid)
        plan = self._store.get(ActionPlan, action_plan_uuid, with_deleted=True)
        if self._store.claim(plan, PlanState.PENDING, PlanState.ONGOING):
            (self._store.claim(plan, PlanState.ONGOING, PlanState.SUCCEEDED)
             or self._store.claim(plan, PlanState.CANCELLING, PlanState.CANCELLED))


@pytest.fixture(params=['mariadb', 'postgresql'])
def database(request) -> Iterator[str]:
    yield from a_database_on(request.param)


@pytest.fixture
def store(database) -> Iterator[Store]:
    for store in store_at(database):
        store.add(Goal(id=1, name='dummy', display_name='Dummy'))
        store.add(Strategy(id=1, name='dummy', display_name='Dummy', goal_id=1))
        yield store


@pytest.fixture
def conf(database, tmp_path) -> ConfigOpts:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    file = tmp_path / 'watcher.conf'
    file.write_text(CONFIGURATION.format(port=port, database=database.replace('%', '%%'), unique=uuid4()))
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)], project='watcher')
    return conf


@pytest.fixture
def applier(conf, store) -> Iterator[QuickApplier]:
    transport = rpc.connect(conf)
    applier = QuickApplier(store)
    ends = ((conf.watcher_decision_engine, QuickEngine(store)), (conf.watcher_applier, applier))
    served = [rpc.serve(transport, group.conductor_topic, 'here', [endpoint]) for group, endpoint in ends]
    try:
        for server in served:
            server.start()
    except OSError as error:
        missing('rabbitmq', error)
    yield applier
    for server in served:
        server.stop()
        server.wait()
    transport.cleanup()


@pytest.fixture
def url(conf, applier, tmp_path) -> Iterator[str]:
    """Where the API serves; what it logged is shown when the test fails."""
    log = tmp_path / 'api.log'
    program = [Path(sys.executable).parent / 'watcher-api', '--config-file', tmp_path / 'watcher.conf']
    with log.open('wb') as sink:
        process = subprocess.Popen(program, stdout=sink, stderr=sink)
    try:
        wait_until_it_answers(conf.api.port, process)
        yield f'http://127.0.0.1:{conf.api.port}/v1'
    finally:
        process.terminate()
        process.wait(30)
        print(log.read_text()[-20_000:])


def wait_until_it_answers(port, process, patience=60):
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return
        assert process.poll() is None, 'the API has ended'
        assert time.monotonic() < deadline, 'the API does not answer'
        time.sleep(0.1)

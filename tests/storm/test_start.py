# SPDX-License-Identifier: Apache-2.0
"""Clients that start the same plan at the same moment: one of them does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
import requests
from oslo_config.cfg import ConfigOpts

from watcher_py import conf as options
from watcher_py.api.app import make_app
from watcher_py.bus import rpc
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.db.models import ActionPlan, Audit, Goal, Strategy
from watcher_py.db.store import Store
from watcher_py.sim.http_server import HttpServer

CLIENTS, PLANS = 8, 6
CONFIGURATION = '''
[DEFAULT]
transport_url = fake://
enable_authentication = False
[watcher_applier]
conductor_topic = applier-{unique}
'''


@pytest.fixture
def url(any_store: Store, tmp_path: Path) -> Iterator[str]:
    """Where the API serves, with a thread for each client."""
    file = tmp_path / 'watcher.conf'
    file.write_text(CONFIGURATION.format(unique=uuid4()))
    conf = ConfigOpts()
    options.register(conf)
    conf(['--config-file', str(file)], project='watcher')
    bus = rpc.connect(conf)
    app = make_app(any_store, EngineClient(bus, conf), ApplierClient(bus, conf), conf)
    server = HttpServer(app, 'api', '127.0.0.1', 0, CLIENTS)
    yield f'{server.url}/v1'
    server.stop()
    bus.cleanup()


def test_of_clients_that_start_a_plan_at_once_one_wins(url: str, any_store: Store) -> None:
    any_store.add(Goal(id=1, name='dummy', display_name='Dummy'))
    any_store.add(Strategy(id=1, name='dummy', display_name='Dummy', goal_id=1))
    any_store.add(Audit(id=1, name='nightly', audit_type='ONESHOT', state='SUCCEEDED', goal_id=1))
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(PLANS):
            plan = ActionPlan(audit_id=1, strategy_id=1, state='RECOMMENDED')
            any_store.add(plan)
            line = Barrier(CLIENTS)

            def start(client: int, path: str = f'{url}/action_plans/{plan.uuid}/start',
                      line: Barrier = line) -> int:
                line.wait()
                return requests.post(path, json={}, timeout=60).status_code

            statuses = sorted(pool.map(start, range(CLIENTS)))
            assert statuses == [200] + [400] * (CLIENTS - 1)
            assert any_store.get(ActionPlan, plan.id).state == 'PENDING'

# SPDX-License-Identifier: Apache-2.0
"""The console as visitors meet it: over HTTP, beside the API, on an emulated cloud."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.core.clusters import document, host, instance
from tests.dashboard.visitor import Visitor
from watcher_py.api.app import make_app
from watcher_py.bus import rpc
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.cmd import settings
from watcher_py.cmd.demo.house import House, open_house
from watcher_py.cmd.mounting import with_console
from watcher_py.core import document as documents
from watcher_py.db.store import Store
from watcher_py.sim.http_server import HttpServer
from watcher_py.sim.server import Cloud

UUIDS = [f'00000000-0000-4000-8000-00000000000{number}' for number in range(4)]
# Two servers on one of three hosts, so that there is something to be moved.
SMALL = document([host('a'), host('b', zone='az-2'), host('c')],
                 [instance(UUIDS[0], 'a'), instance(UUIDS[1], 'b'), instance(UUIDS[2], 'b')])

GUARDED = '''
[DEFAULT]
transport_url = fake://
rpc_response_timeout = 1
enable_authentication = True
[watcher_decision_engine]
conductor_topic = engine-{unique}
[watcher_applier]
conductor_topic = applier-{unique}
[keystone_authtoken]
www_authenticate_uri = {auth_url}
auth_type = password
auth_url = {auth_url}
username = watcher
password = emulated
project_name = service
user_domain_id = default
project_domain_id = default
[oslo_policy]
policy_file = {policy}
'''


@pytest.fixture(scope='module')
def cluster() -> dict[str, Any]:
    """The document of what the house of these tests looks after."""
    return SMALL


@pytest.fixture(scope='module')
def house(cluster: dict[str, Any]) -> Iterator[House]:
    """All services, where nobody logs in; what one test carries out is there for the others of its module."""
    with open_house(documents.read(cluster), 0) as opened:
        yield opened


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Somebody at the console of the house."""
    return Visitor(f'{house.url}/dashboard')


@dataclass
class Guarded:
    """An API behind Keystone, with its console; `policy` is the operator's file."""

    url: str
    application: Any
    cloud: Cloud
    policy: Path

    def visitor(self) -> Visitor:
        return Visitor(f'{self.url}/dashboard')


@pytest.fixture
def guarded(tmp_path: Path, store: Store) -> Iterator[Callable[..., Guarded]]:
    """Opens such an API, with more lines of configuration if need be; no engine is there."""
    with Cloud(documents.read(SMALL)) as cloud:
        policy = tmp_path / 'policy.yaml'
        policy.touch()
        stops = []

        def opened(more: str = '') -> Guarded:
            file = tmp_path / 'watcher.conf'
            file.write_text(GUARDED.format(unique=uuid4(), auth_url=cloud.auth_url, policy=policy) + more)
            conf = settings.load(['--config-file', str(file)], 'watcher-test')
            bus = rpc.connect(conf)
            app = with_console(make_app(store, EngineClient(bus, conf), ApplierClient(bus, conf), conf), conf)
            server = HttpServer(app, 'watcher-api', '127.0.0.1', 0, 4)
            stops.extend([bus.cleanup, server.stop])
            return Guarded(server.url, app, cloud, policy)

        yield opened
        for stop in reversed(stops):
            stop()

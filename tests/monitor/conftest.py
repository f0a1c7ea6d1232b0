# SPDX-License-Identifier: Apache-2.0
"""A configuration, a port to listen on, and a way to ask there."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests
from oslo_config.cfg import ConfigOpts

from tests.db.conftest import Seed
from watcher_py import conf as options
from watcher_py.db.store import Store
from watcher_py.monitor.exporter import Port

LOOPBACK = '127.0.0.1'


@pytest.fixture
def port() -> Port:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return Port(free.getsockname()[1], LOOPBACK, '[watcher_applier] metrics_port')


@pytest.fixture
def get(port: Port) -> Callable[[str], Any]:
    """Asks at the port."""
    return lambda path: requests.get(f'http://{port.address}:{port.number}{path}', timeout=30)


@pytest.fixture
def conf() -> ConfigOpts:
    conf = ConfigOpts()
    options.register(conf)
    conf([])
    return conf


@pytest.fixture
def seed(store: Store) -> Seed:
    return Seed(store)

# SPDX-License-Identifier: Apache-2.0
"""The emulated cloud, and what plans are carried out with on it."""

from collections.abc import Iterator

import pytest

from tests.applier.plans import Plans
from tests.applier.site import INTERVAL, PATIENCE, Site, a_site
from watcher_py import plugins
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.lanes import Lanes
from watcher_py.applier.tools import Tools
from watcher_py.db.lease import Leases
from watcher_py.db.store import Store


@pytest.fixture
def site() -> Iterator[Site]:
    """A cloud in which time passes quickly, until it is held."""
    with a_site() as found:
        yield found


@pytest.fixture
def settings() -> Settings:
    return Settings(interval=INTERVAL, timeout=PATIENCE)


@pytest.fixture
def leases(store: Store) -> Iterator[Leases]:
    found = Leases(store, 'applier-1')
    found.start()
    yield found
    found.stop()


@pytest.fixture
def tools(store: Store, leases: Leases, site: Site, settings: Settings) -> Tools:
    return Tools(store, leases, site.hands, plugins.actions(), 'applier-1', Lanes(8, 2), settings, INTERVAL)


@pytest.fixture
def plans(store: Store, tools: Tools) -> Plans:
    return Plans(store, tools)

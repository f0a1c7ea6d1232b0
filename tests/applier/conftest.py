# SPDX-License-Identifier: Apache-2.0
"""The emulated cloud, and what plans are carried out with on it."""

from collections.abc import Iterator

import pytest

from tests.applier.plans import Plans
from tests.applier.site import INTERVAL, PATIENCE, Site, a_site
from watcher_py import plugins
from watcher_py.applier.actions.contract import Settings
from watcher_py.applier.tools import Tools
from watcher_py.applier.walk import Lanes
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
def tools(store: Store, site: Site, settings: Settings) -> Tools:
    return Tools(store, site.compute, plugins.actions(), 'applier-1', Lanes(8, 2), settings, INTERVAL)


@pytest.fixture
def plans(store: Store, tools: Tools) -> Plans:
    return Plans(store, tools)

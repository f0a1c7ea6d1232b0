# SPDX-License-Identifier: Apache-2.0
"""A village of which two hosts can be emptied into a third, on which a server is locked."""

from typing import Any
from uuid import uuid4

import pytest

from tests.core.clusters import document, host
from tests.dashboard.pages.conftest import MARKUP, server
from watcher_py.cmd.demo.client import Client
from watcher_py.cmd.demo.house import House

VILLAGE = document(
    [host('a'), host('b', zone='az-2'), host('c')],
    [server(0, MARKUP, 'a'), server(1, 'db', 'b'), server(2, 'app', 'b'),
     server(3, 'pinned', 'c', locked=True)])
CONSOLIDATION = 'vm_workload_consolidation'


@pytest.fixture(scope='module')
def cluster() -> dict[str, Any]:
    return VILLAGE


@pytest.fixture
def client(house: House) -> Client:
    return Client(house.url)


@pytest.fixture
def plan(client: Client) -> str:
    """The uuid of a plan that was just made."""
    goals = {row['name']: row['goal_name'] for row in client.strategies()}
    template = client.create_template(str(uuid4()), goals[CONSOLIDATION], CONSOLIDATION)
    audit = client.create_audit(template, {})
    client.wait_for_audit(audit)
    return str(client.plan_of(audit)['uuid'])

# SPDX-License-Identifier: Apache-2.0
"""A town of one's own: an emulated cloud with all services around it, spoken to over REST."""

import contextlib
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from watcher_py.cmd.demo.client import Client
from watcher_py.cmd.demo.house import House, open_house
from watcher_py.core import document
from watcher_py.sim.server import Cloud

Body = dict[str, Any]


@dataclass
class Town:
    """Audits, plans, and what came of them."""

    house: House

    @property
    def cloud(self) -> Cloud:
        return self.house.cloud

    @property
    def client(self) -> Client:
        return Client(self.house.url)

    def audit(self, strategy: str, **parameters: Any) -> Body:
        """The audit, once it has ended."""
        client = self.client
        row = next(row for row in client.strategies() if row['name'] == strategy)
        body = {'goal': row['goal_uuid'], 'strategy': row['uuid'], 'audit_type': 'ONESHOT',
                'parameters': parameters}
        answer = requests.post(f'{self.house.url}/v1/audits', json=body, timeout=60)
        assert answer.ok, answer.text
        return client.wait_for_audit(answer.json()['uuid'])

    def plan(self, strategy: str, **parameters: Any) -> Body:
        """The plan of an audit, with its reasons."""
        audit = self.audit(strategy, **parameters)
        assert audit['state'] == 'SUCCEEDED', audit['status_message']
        return self.client.plan_of(audit['uuid'])

    def carry_out(self, plan: Body) -> Body:
        """The plan as it stands at its end."""
        client = self.client
        client.start(plan['uuid'])
        *_, last = client.follow(plan['uuid'])
        return last

    def get(self, path: str) -> Body:
        answer = requests.get(f'{self.house.url}{path}', timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def standing(self) -> dict[str, str]:
        """By server its host, both by name, as the cloud has it."""
        world = self.cloud.world
        with world.lock:
            return {server.name: world.hosts[server.host].name for server in world.servers.values()
                    if server.host in world.hosts}


@pytest.fixture
def town():
    """Opens a town for a cluster document; it goes with the test."""
    with contextlib.ExitStack() as stack:
        def open_town(doc: Body) -> Town:
            return Town(stack.enter_context(open_house(document.read(doc), 0)))

        yield open_town

# SPDX-License-Identifier: Apache-2.0
"""The demo's way to the API: plain REST, as any client would speak it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

from watcher_py.core.errors import Refused
from watcher_py.core.states import AUDIT_ENDED, PLAN_ENDED

Body = dict[str, Any]

VERSION = {'OpenStack-API-Version': 'infra-optim 1.7'}
SECONDS_BETWEEN_LOOKS = 0.2


class Client:
    """Watcher's REST API at a URL, without authentication."""

    def __init__(self, url: str):
        self._url = url
        self._session = requests.Session()
        self._session.headers.update(VERSION)

    def create_template(self, name: str, goal: str, strategy: str) -> str:
        body = {'name': name, 'goal': goal, 'strategy': strategy}
        return str(self._ask('POST', '/v1/audit_templates', body)['uuid'])

    def create_audit(self, template: str, parameters: Body) -> str:
        body = {'audit_template_uuid': template, 'audit_type': 'ONESHOT', 'parameters': parameters}
        return str(self._ask('POST', '/v1/audits', body)['uuid'])

    def wait_for_audit(self, uuid: str) -> Body:
        return self._watch(lambda: self._ask('GET', f'/v1/audits/{uuid}'), AUDIT_ENDED)

    def plan_of(self, audit: str) -> Body:
        """The audit's plan with the reasons of its actions and its bound."""
        plans = self._ask('GET', f'/v1/action_plans?audit_uuid={audit}')['action_plans']
        return self.explained(plans[0]['uuid'])

    def explained(self, plan: str) -> Body:
        return self._ask('GET', f'/v2/action_plans/{plan}')

    def start(self, plan: str) -> None:
        self._ask('POST', f'/v1/action_plans/{plan}/start')

    def follow(self, plan: str) -> Iterator[Body]:
        """The plan, looked at again and again, up to its end."""
        while True:
            seen = self.explained(plan)
            yield seen
            if seen['state'] in PLAN_ENDED:
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def cluster(self) -> Body:
        return self._ask('GET', '/v2/cluster')

    def strategies(self) -> list[Body]:
        return list(self._ask('GET', '/v1/strategies')['strategies'])

    def _watch(self, look: Callable[[], Body], ended: frozenset[Any]) -> Body:
        while (seen := look())['state'] not in ended:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return seen

    def _ask(self, method: str, path: str, body: Body | None = None) -> Body:
        answer = self._session.request(method, self._url + path, json=body, timeout=120)
        if not answer.ok:
            raise Refused(f'{method} {path}: {answer.status_code} {answer.text}')
        return dict(answer.json()) if answer.content else {}

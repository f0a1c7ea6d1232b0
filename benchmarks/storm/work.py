# SPDX-License-Identifier: Apache-2.0
"""Operators at work: audits are asked for, plans started, now and then one cancelled; some always run."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import requests

from storm.site import Site
from watcher_py.core.errors import Unavailable
from watcher_py.core.states import ActionState, AuditState, PlanState
from watcher_py.db.models import Action, ActionPlan, Audit

AT_ONCE = 5                         # audits and plans that are under way
CLIENTS = 8                         # that start a plan at the same moment
BUSY = (PlanState.PENDING, PlanState.ONGOING, PlanState.CANCELLING)
MOST_DISABLED = 4
ROLLED_BACK = 0.3                   # of the plans
CANCELLED, FAILING = 0.02, 0.05     # of the looks: a plan is cancelled, a server can't be moved any more
MOST_FAILING = 12
STEADY = 'steady'                   # the name of an audit that goes on all the time
HEADERS = {'OpenStack-API-Version': 'infra-optim latest'}
ACCOUNT = {'auth': {
    'identity': {'methods': ['password'], 'password': {'user': {
        'name': 'admin', 'domain': {'id': 'default'}, 'password': 'emulated'}}},
    'scope': {'project': {'name': 'admin', 'domain': {'id': 'default'}}}}}


class Work:
    """A thread that gives the services something to do, until it is told to stop."""

    def __init__(self, site: Site, dice: Random):
        self._site, self._dice = site, dice
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._starts = ThreadPoolExecutor(CLIENTS)
        self.accepted: list[int] = []       # how many of the clients of a plan were told that they started it
        self._failing = 0
        self.refused: Counter[str] = Counter()
        self.unanswered = 0

    def start(self) -> None:
        self._ask('POST', '/audits', {
            'audit_type': 'CONTINUOUS', 'goal': 'workload_balancing', 'strategy': 'workload_stabilization',
            'interval': '5', 'name': STEADY, 'force': True, 'auto_trigger': True})
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._patch(f'/audits/{STEADY}', AuditState.CANCELLED)

    def give_up(self) -> None:
        """Cancel whatever runs."""
        for plan in self.active()[1]:
            self._cancel(plan)

    def active(self) -> tuple[list[Audit], list[ActionPlan]]:
        """What is under way, and will end by itself."""
        store = self._site.store
        audits = store.find(Audit, Audit.audit_type == 'ONESHOT',
                            Audit.state.in_([AuditState.PENDING, AuditState.ONGOING]), depth=0)
        return audits, store.find(ActionPlan, ActionPlan.state.in_(BUSY), depth=0)

    def _go_on(self) -> None:
        while not self._stopped.wait(0.5):
            try:
                self._look()
            except Unavailable:         # operators ask even while the database is away
                self._audit()

    def _look(self) -> None:
        audits, plans = self.active()
        self._start_what_is_recommended()
        if len(audits) + len(plans) < AT_ONCE:
            self._audit()
        if plans and self._dice.random() < CANCELLED:
            self._cancel(self._dice.choice(plans))
        if self._dice.random() < FAILING and self._failing < MOST_FAILING:
            self._let_one_fail()

    def _let_one_fail(self) -> None:
        """A server that some plan is to move can't be moved from now on."""
        waiting = self._site.store.find(
            Action, action_type='migrate', state=ActionState.PENDING, limit=50, depth=0)
        if waiting:
            self._failing += 1
            server = self._dice.choice(waiting).input_parameters['resource_id']
            self._site.order('fail_migrations', server=server)

    def _cancel(self, plan: ActionPlan) -> None:
        if plan.state in (PlanState.PENDING, PlanState.ONGOING):
            state = PlanState.CANCELLED if plan.state == PlanState.PENDING else PlanState.CANCELLING
            self._patch(f'/action_plans/{plan.uuid}', state)

    def _patch(self, path: str, state: str) -> None:
        self._ask('PATCH', path, [{'op': 'replace', 'path': '/state', 'value': state}])

    def _start_what_is_recommended(self) -> None:
        for plan in self._site.store.find(ActionPlan, state=PlanState.RECOMMENDED):
            if not plan.audit.auto_trigger:
                self._start(f'/action_plans/{plan.uuid}/start')

    def _start(self, path: str) -> None:
        answers = self._starts.map(lambda _: self._ask('POST', path, {}), range(CLIENTS))
        self.accepted.append(sum(status is not None and status < 300 for status in answers))

    def _audit(self) -> None:
        hosts = self._hosts()
        host = self._dice.choice(hosts)['host']
        goal, strategy, parameters = self._dice.choices([
            ('hardware_maintenance', 'zone_migration', {'compute_nodes': [{'src_node': host}]}),
            ('cluster_maintaining', 'host_maintenance', {'maintenance_node': host}),
            ('workload_balancing', 'workload_balance', {'threshold': 20.0}),
            ('server_consolidation', 'node_resource_consolidation', {})], [8, 4, 2, 1])[0]
        name = f'{strategy}-{time.monotonic():.3f}'
        if self._dice.random() < ROLLED_BACK:
            parameters = {**parameters, 'execution': {'on_failure': 'roll-back'}}
        self._ask('POST', '/audits', {
            'audit_type': 'ONESHOT', 'goal': goal, 'strategy': strategy, 'parameters': parameters,
            'name': name, 'force': True, 'auto_trigger': self._dice.random() < 0.5})

    def _hosts(self) -> list[dict[str, Any]]:
        """The hosts that are enabled; where plans have disabled many, some are given back to use."""
        services = [row for row in self._nova('GET', '/os-services?binary=nova-compute')['services']
                    if row['state'] == 'up']
        disabled = [row for row in services if row['status'] == 'disabled']
        for row in disabled[MOST_DISABLED:]:
            self._nova('PUT', f'/os-services/{row["id"]}', {'status': 'enabled'})
        return [row for row in services if row['status'] == 'enabled']

    def _nova(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Past the line and its faults, as another operator would do it."""
        token = requests.post(f'{self._site.cloud}/identity/v3/auth/tokens', json=ACCOUNT, timeout=60)
        headers = {'X-Auth-Token': token.headers['X-Subject-Token'], 'OpenStack-API-Version': 'compute 2.53'}
        answer = requests.request(
            method, f'{self._site.cloud}/compute/v2.1{path}', json=body, timeout=60, headers=headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _ask(self, method: str, path: str, body: Any) -> int | None:
        """The status. What the API can't take, as its database is away, is asked another time, or never."""
        try:
            answer = requests.request(method, self._site.api + path, json=body, timeout=60, headers=HEADERS)
        except requests.RequestException:
            self.unanswered += 1
            return None
        self.unanswered += answer.status_code >= 500
        if 400 <= answer.status_code < 500:
            self.refused[f'{method} {path.split("/")[1]} {answer.status_code}: {answer.text[:200]}'] += 1
        return answer.status_code

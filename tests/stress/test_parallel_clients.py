# SPDX-License-Identifier: Apache-2.0
"""Clients that create, patch, start and delete the same rows at once lose nothing and break nothing."""

import os
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

import pytest
import requests

from watcher_py.core.states import AUDIT_BY_USER, PLAN_BY_USER, AuditState, PlanState
from watcher_py.db.models import ActionPlan, Audit

pytestmark = pytest.mark.stress

CLIENTS = 16
SECONDS = float(os.environ.get('STRESS_SECONDS', '60'))
# Few enough that clients meet on the same rows.
NEWEST = '?limit=6&sort_key=id&sort_dir=desc'

A, P = AuditState, PlanState
AUDIT = AUDIT_BY_USER
# What services do, and DELETE, besides what users ask for by PATCH.
PLAN = {**PLAN_BY_USER,
        P.RECOMMENDED: PLAN_BY_USER[P.RECOMMENDED] | {P.DELETED},
        P.PENDING: PLAN_BY_USER[P.PENDING] | {P.ONGOING},
        P.ONGOING: PLAN_BY_USER[P.ONGOING] | {P.SUCCEEDED, P.FAILED},
        P.CANCELLING: {P.CANCELLED, P.FAILED, P.SUCCEEDED},
        P.SUCCEEDED: {P.DELETED}, P.FAILED: {P.DELETED}, P.CANCELLED: {P.DELETED}}


def reachable(table):
    """What a state may have become since it was last seen."""
    return {old: _from(old, table) for old in table}


def _from(state, table):
    seen, ahead = set(), [state]
    while ahead:
        new = set(table.get(ahead.pop(), ())) - seen
        seen |= new
        ahead += new
    return seen


class Client:
    """One of the operators: does this and that, and keeps what came of it."""

    def __init__(self, url, seed):
        self._url, self._random, self._session = url, Random(seed), requests.Session()
        self._session.headers['OpenStack-API-Version'] = 'infra-optim latest'
        self.statuses = Counter()
        self.faults = []
        self.done = defaultdict(list)       # 'create', 'start', 'delete' -> uuids

    def work(self, until):
        deeds = [self.create, self.rename, self.cancel_audit, self.start, self.start_by_patch,
                 self.cancel_plan, self.delete_audit, self.delete_plan]
        while time.monotonic() < until:
            self._random.choices(deeds, [4, 2, 1, 4, 2, 1, 1, 1])[0]()

    def create(self):
        name = f'{self._random.randrange(1000)}'
        made = self._ask('POST', '/audits', {
            'audit_type': 'ONESHOT', 'goal': 'dummy', 'strategy': 'dummy', 'name': name})
        if made.status_code == 201:
            self.done['create'].append(made.json()['uuid'])

    def rename(self):
        self._patch('audits', '/name', f'{self._random.randrange(1000)}')

    def cancel_audit(self):
        self._patch('audits', '/state', 'CANCELLED')

    def start(self):
        self._note('start', *self._on_one('action_plans', 'POST', '/start', {}))

    def start_by_patch(self):
        self._note('start', *self._patch('action_plans', '/state', 'PENDING'))

    def cancel_plan(self):
        self._patch('action_plans', '/state', self._random.choice(['CANCELLED', 'CANCELLING']))

    def delete_audit(self):
        self._note('delete', *self._on_one('audits', 'DELETE'))

    def delete_plan(self):
        self._note('delete', *self._on_one('action_plans', 'DELETE'))

    def _patch(self, collection, path, value):
        return self._on_one(collection, 'PATCH', '', [{'op': 'replace', 'path': path, 'value': value}])

    def _on_one(self, collection, method, rest='', body=None):
        """Do it to one of the newest."""
        rows = self._ask('GET', f'/{collection}{NEWEST}').json().get(collection)
        if not rows:
            return '', None
        uuid = self._random.choice(rows)['uuid']
        return uuid, self._ask(method, f'/{collection}/{uuid}{rest}', body)

    def _note(self, deed, uuid, answer):
        if answer is not None and answer.ok:
            self.done[deed].append(uuid)

    def _ask(self, method, path, body=None):
        answer = self._session.request(method, self._url + path, json=body, timeout=60)
        self.statuses[f'{method} {answer.status_code}'] += 1
        if answer.status_code >= 500:
            self.faults.append((method, path, body, answer.status_code, answer.text))
        return answer


def watch(store, is_over):
    """Changes of a state, seen from outside, that no table allows."""
    illegal, seen = [], {}
    while not is_over.wait(0.05):
        for model, allowed in ((Audit, reachable(AUDIT)), (ActionPlan, reachable(PLAN))):
            for row in store.find(model, with_deleted=True, depth=0):
                before = seen.get(row.uuid, row.state)
                if row.state != before and row.state not in allowed.get(before, ()):
                    illegal.append((row.noun(), row.uuid, before, row.state))
                seen[row.uuid] = row.state
    return illegal


def test_clients_in_parallel_lose_nothing_and_break_nothing(url, store, applier):
    clients, is_over = [Client(url, seed) for seed in range(CLIENTS)], Event()
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        watched = pool.submit(watch, store, is_over)
        try:
            until = time.monotonic() + SECONDS
            for done in [pool.submit(client.work, until) for client in clients]:
                done.result()
        finally:
            is_over.set()
        illegal = watched.result()
    print(dict(sum((client.statuses for client in clients), Counter())))
    assert [fault for client in clients for fault in client.faults] == []
    assert illegal == []
    assert_each_happened_once(clients, store, applier)


def assert_each_happened_once(clients, store, applier):
    created, started, deleted = (
        [uuid for client in clients for uuid in client.done[deed]] for deed in ('create', 'start', 'delete'))
    rows = store.find(Audit, with_deleted=True, depth=0) + store.find(ActionPlan, with_deleted=True, depth=0)
    assert created
    assert sorted(created) == sorted(row.uuid for row in rows if isinstance(row, Audit))
    assert started
    assert sorted(started) == sorted(told_of(applier, len(started)))
    assert deleted
    assert sorted(deleted) == sorted(row.uuid for row in rows if not row.is_live)
    assert [row for row in rows if row.is_live is (row.state == 'DELETED')] == []


def told_of(applier, number):
    """The plans that the applier was told of: as many as are waited for, and any that came besides."""
    found = [applier.launched.get(timeout=60) for _ in range(number)]
    while not applier.launched.empty():
        found.append(applier.launched.get())
    return found

# SPDX-License-Identifier: Apache-2.0
"""Each status that the OpenAPI document promises of a route is provoked: here, or by the YAML of its noun."""

import re
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from falcon.testing import TestClient
from gabbi import handlers, suitemaker, utils
from oslo_config.cfg import ConfigOpts

from watcher_py.api.paths import tidy
from watcher_py.bus.rpc import ApplierClient, EngineClient
from watcher_py.core.errors import Unavailable
from watcher_py.db import schema
from watcher_py.db.models import Audit, AuditTemplate, Goal, Model, ScoringEngine, Service, Strategy
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store

GABBITS = Path(__file__).parent / 'gabbits'
NOBODY = '00000000-0000-4000-8000-000000000099'
NEWEST = {'OpenStack-API-Version': 'infra-optim latest'}
# What test_auth provokes, and what this file does without a document.
ELSEWHERE = {401, 403}

Seen = set[tuple[str, str, int]]        # method, path of the route, status
Ask = Callable[..., int]


class Listener:
    """A WSGI layer that notes which route answered with which status."""

    def __init__(self, paths: list[str]):
        self.seen: Seen = set()
        self._routes = [(path, re.compile(re.sub(r'{\w+}', '[^/]+', path))) for path in
                        sorted(paths, key=lambda path: '{' in path)]

    def around(self, app: Any) -> Any:
        def heard(environ: Any, start_response: Any) -> Any:
            path = tidy(environ['PATH_INFO'].encode('latin-1').decode(errors='replace'))
            route = next((one for one, form in self._routes if form.fullmatch(path)), path)

            def noted(status: str, *rest: Any) -> Any:
                self.seen.add((environ['REQUEST_METHOD'].lower(), route, int(status[:3])))
                return start_response(status, *rest)

            return app(environ, noted)

        return heard


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    return client.simulate_get('/openapi.json').json


@pytest.fixture
def listener(document: dict[str, Any]) -> Listener:
    return Listener(list(document['paths']))


@pytest.fixture
def ask(listener: Listener, app: Any) -> Ask:
    client = TestClient(listener.around(app), headers=NEWEST)

    def asked(method: str, path: str, key: str = '1', **more: Any) -> int:
        more = {'json': {}, **more} if method != 'get' and 'body' not in more else more
        return int(client.simulate_request(method.upper(), path.replace('{key}', key), **more).status_code)

    return asked


@pytest.fixture
def stores(tmp_path: Path, seed: Callable[[Store], Store]) -> Iterator[Callable[[str], Store]]:
    """Seeded stores, each of its own file."""
    engines = []

    def made(name: str) -> Store:
        sessions = connect_url(f'sqlite:///{tmp_path}/{name}.sqlite')
        engines.append(engine_of(sessions))
        schema.create_schema(sessions)
        return seed(Store(sessions))

    yield made
    for engine in engines:
        engine.dispose()


def test_each_promised_status_is_provoked(
        document: dict[str, Any], listener: Listener, ask: Ask, seeded: Store, conf: ConfigOpts, make: Any,
        stores: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch) -> None:
    for file in sorted(GABBITS.glob('*.yaml')):
        _run(file, listener.around(make(stores(file.stem))))
    _disturb(document, ask)
    _confuse(document, ask, seeded)
    with monkeypatch.context() as patched:
        _silence(patched)
        _need_others(ask, seeded)
        _need_database(patched, ask, seeded)
    promised = {(method, path, int(status)) for path, deeds in document['paths'].items()
                for method, deed in deeds.items() for status in deed['responses']}
    assert sorted(each for each in promised - listener.seen if each[2] not in ELSEWHERE) == []
    known = {(method, path) for method, path, _ in promised}
    assert sorted(each for each in listener.seen - promised if each[:2] in known) == []


def _need_database(patched: pytest.MonkeyPatch, ask: Ask, store: Store) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the database did not take the question')

    patched.setattr(store, 'count', away)
    assert ask('get', '/readyz') == 503


def _run(file: Path, app: Any) -> None:
    """The requests of a noun; whether they are answered well is test_gabbi's to say."""
    suitemaker.test_suite_from_dict(
        unittest.defaultTestLoader, file.stem, utils.load_yaml(yaml_file=str(file)), str(GABBITS),
        str(uuid4()), None, None, lambda: app,
        handlers=[handler() for handler in handlers.RESPONSE_HANDLERS]).run(unittest.TestResult())


def _disturb(document: dict[str, Any], ask: Ask) -> None:
    """Ask each route for what no route gives."""
    for path, deeds in document['paths'].items():
        for method, deed in deeds.items():
            assert ask(method, path, query_string='a=%ff') == 400
            if method != 'get':
                assert ask(method, path, body=b' ' * 2_000_000) == 413
            if path.startswith('/v1'):
                assert ask(method, path, headers={'OpenStack-API-Version': 'infra-optim 9.9'}) == 406
            if '{key}' in path:
                ask(method, path, NOBODY)
            if '415' in deed['responses']:
                ask(method, path, body=b'text', headers={'Content-Type': 'text/plain'})
            if 'marker' in {each['name'] for each in deed['parameters']}:
                marker = '99' if path.startswith('/v1/services') else NOBODY
                assert ask(method, path, query_string=f'marker={marker}') == 404


def _confuse(document: dict[str, Any], ask: Ask, store: Store) -> None:
    """Ask for a name that two rows have, each in a spelling of its own."""
    for name in ('twin', 'TWIN'):
        store.add(*_twins(name))
    for path, deeds in document['paths'].items():
        for method, deed in deeds.items():
            is_named = path.startswith('/v1') and '{key}' in path and 'action' not in path
            if '409' in deed['responses'] and is_named:
                assert ask(method, path, 'Twin', json=[]) == 409, path


def _twins(name: str) -> Iterator[Model]:
    yield Goal(name=name, display_name=name)
    yield Strategy(name=name, display_name=name, goal_id=1)
    yield Audit(name=name, audit_type='EVENT', state='PENDING', goal_id=1)
    yield AuditTemplate(name=name, goal_id=1)
    yield ScoringEngine(name=name)
    yield Service(name=name, host=name)


def _silence(patched: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any) -> None:
        raise Unavailable('the message bus does not reach anyone')

    for kind in (EngineClient, ApplierClient):
        for method in vars(kind):
            if not method.startswith('_'):
                patched.setattr(kind, method, away)


def _need_others(ask: Ask, store: Store) -> None:
    """Ask for what needs a service, while none is to be reached."""
    plan = '00000000-0000-4000-8000-000000000031'
    for told in (ask('get', '/v1/strategies/{key}/state', 'dummy'), ask('get', '/v1/data_model'),
                 ask('get', '/v2/cluster'), ask('get', '/v2/hosts'), ask('get', '/v2/hosts/{key}'),
                 ask('get', '/v2/servers/{key}'), ask('get', '/v2/history'),
                 ask('get', '/v2/series', query_string='metric=host_cpu_usage&resource=cn1'),
                 ask('get', '/v2/violations'), ask('get', '/v2/capacity'),
                 ask('post', '/v2/what_if', json={'lost_hosts': ['cn1']}),
                 ask('get', '/v2/action_plans/{key}/course', plan),
                 ask('post', '/v2/action_plans/{key}/course', plan),
                 ask('get', '/v2/action_plans/{key}/explanations/cn1', plan)):
        assert told == 500

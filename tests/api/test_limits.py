# SPDX-License-Identifier: Apache-2.0
"""Requests that want to break something, on each kind of database."""

import tracemalloc
from itertools import product
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from falcon.testing import TestClient, create_environ
from oslo_config.cfg import ConfigOpts

from watcher_py.db.store import Store

POSTED = ('/v1/audits', '/v1/audit_templates')
PATCHED = ('/v1/audits/nightly', '/v1/actions/00000000-0000-4000-8000-000000000041',
           '/v1/action_plans/00000000-0000-4000-8000-000000000031')
DEEP = 10_000

BODIES = {
    'nested lists': '[' * DEEP + ']' * DEEP,
    'nested objects': '{"a":' * DEEP + '1' + '}' * DEEP,
    'nested unclosed': '[' * DEEP,
    'just too deep': '{"name": "n", "goal": "dummy", "scope": ' + '[' * 64 + ']' * 64 + '}',
    'NUL as it is': '{"name": "a\0b", "goal": "dummy", "audit_type": "ONESHOT"}',
    'NUL escaped': r'{"name": "a\u0000b", "goal": "dummy", "audit_type": "ONESHOT"}',
    'NUL in a goal': r'{"name": "a", "goal": "du\u0000mmy", "audit_type": "ONESHOT"}',
    'NUL in a name': r'{"na\u0000me": "a"}',
    'half a character': r'{"name": "\ud800", "goal": "dummy", "audit_type": "ONESHOT"}',
    'no UTF-8': b'{"name": "\xff\xfe", "goal": "dummy", "audit_type": "ONESHOT"}',
    'UTF-16': '{"name": "a", "goal": "dummy", "audit_type": "ONESHOT"}'.encode('utf-16'),
    'a huge number': '{"name": "n", "audit_type": "ONESHOT", "goal": ' + '9' * 5_000 + '}',
    'a large number': '{"name": "n", "audit_type": "ONESHOT", "goal": 9223372036854775808}',
    'an endless number': '{"name": "n", "audit_type": "ONESHOT", "goal": "dummy", "scope": [1e999]}',
    'no number': '{"name": "n", "audit_type": "ONESHOT", "goal": NaN}',
    'a name twice': '{"name": "n", "audit_type": "ONESHOT", "goal": "dummy", "goal": "dummy"}',
}

VALUES = (r'"\u0000"', r'"a\ud800"', r'{"\u0000": 1}', '1e400', '[' * 70 + ']' * 70)
ADDRESSES = ('/v1/goals/{}', '/v1/{}', '/{}', '/v1/audits?goal={}', '/v1/audits?marker={}', '/?{}',
             '/v1/actions?audit_uuid={}', '/v1/goals?{}=1', '/v2/action_plans/{}')
KEYS = ('9' * 30, '9' * 5_000, '-1', '0', '1e3', '%D9%A3', 'x' * 5_000, '%F0%9F%92%A3', "'; --")


@pytest.fixture
def store(any_store: Store) -> Store:
    """That of the conftest is on SQLite alone."""
    return any_store


def test_bodies_that_are_no_good_are_refused(client: TestClient) -> None:
    for what, body in BODIES.items():
        for path in POSTED:
            assert _sent(client, 'POST', path, body) == 400, (what, path)
        for path in PATCHED:
            assert _sent(client, 'PATCH', path, body) == 400, (what, path)


def test_values_that_are_no_good_are_not_patched_in(client: TestClient) -> None:
    for value, name in product(VALUES, ('name', 'parameters', 'scope', 'interval')):
        body = f'[{{"op": "replace", "path": "/{name}", "value": {value}}}]'
        assert _sent(client, 'PATCH', '/v1/audits/nightly', body) == 400, (value, name)


def test_addresses_that_are_no_good_are_refused(app: Any) -> None:
    for address, piece in product(ADDRESSES, ('%00', 'a%00b', '%FF', '%C3', '%ED%A0%80')):
        assert _asked(app, address.format(piece)).startswith('400'), (address, piece)


def test_strange_keys_are_not_found(client: TestClient) -> None:
    for key in KEYS:
        for noun in ('goals', 'strategies', 'audits', 'audit_templates', 'services', 'scoring_engines'):
            assert client.simulate_get(f'/v1/{noun}/{key}').status_code == 404, (noun, key)
        assert client.simulate_get(f'/v1/actions/{key}').status_code == 400
        assert client.simulate_get(f'/v1/goals?limit={key}').status_code in (200, 400)


def test_a_body_that_is_too_large_is_refused_unread(client: TestClient, conf: ConfigOpts) -> None:
    body = b'[' + b' ' * 10_000_000 + b']'
    tracemalloc.start()
    try:
        for path in POSTED:
            assert _sent(client, 'POST', path, body) == 413
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert grown < 5_000_000


def test_the_operator_says_what_is_too_large(make: Any, conf: ConfigOpts) -> None:
    conf.set_override('max_request_body_size', 59, 'api')
    client = TestClient(make())
    small, large = ('{"name": "%s", "goal": "dummy"}' % ('n' * length) for length in (30, 31))
    assert _sent(client, 'POST', '/v1/audit_templates', small) == 201
    assert _sent(client, 'POST', '/v1/audit_templates', large) == 413


def _sent(client: TestClient, method: str, path: str, body: str | bytes) -> int:
    answer = client.simulate_request(
        method, path, body=body if isinstance(body, bytes) else body.encode(),
        headers={'Content-Type': 'application/json'})
    if answer.status_code >= 400:
        assert answer.json['error_message']
    return int(answer.status_code)


def _asked(app: Any, address: str) -> str:
    """The status; path and query as a WSGI server hands them over, which Falcon's client does not do."""
    path, _, query = address.partition('?')
    environ = create_environ('/', query_string=query)
    environ['PATH_INFO'] = unquote_to_bytes(path).decode('latin-1')
    heard: list[str] = []
    app(environ, lambda status, headers, *more: heard.append(status))
    return heard[0]

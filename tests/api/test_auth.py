# SPDX-License-Identifier: Apache-2.0
"""Who is let in, by a Keystone of two tokens, and what the policy lets them do."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from falcon.testing import TestClient, create_environ
from oslo_config.cfg import ConfigOpts

from watcher_py.api.policies import list_rules
from watcher_py.db.models import Audit, AuditTemplate
from watcher_py.db.store import Store

GOAL = '/v1/goals/dummy'
NEWEST = {'OpenStack-API-Version': 'infra-optim latest'}
# Of rows that are there.
PLAN, ACTION = '00000000-0000-4000-8000-000000000031', '00000000-0000-4000-8000-000000000041'


class Keystone(BaseHTTPRequestHandler):
    """Knows the tokens that are named after their role."""

    def do_GET(self) -> None:
        token = self.headers.get('X-Subject-Token')
        if self.path.startswith('/v3/auth/tokens'):
            known = token in ('admin', 'reader', 'service')
            self._answer(200 if known else 404, _token(token) if known else {'error': {}})
        else:
            url = f'http://{self.headers["Host"]}/v3/'
            version = {'id': 'v3.14', 'status': 'stable', 'links': [{'rel': 'self', 'href': url}]}
            self._answer(200, {'version': version})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def _token(role: str | None) -> dict[str, Any]:
    named = {'id': 'x', 'name': 'x', 'domain': {'id': 'default', 'name': 'Default'}}
    return {'token': {'methods': ['password'], 'user': named, 'project': named, 'catalog': [],
                      'roles': [{'id': 'r', 'name': role}], 'issued_at': '2026-01-01T00:00:00.000000Z',
                      'expires_at': '2999-01-01T00:00:00.000000Z'}}


@pytest.fixture
def keystone() -> Iterator[str]:
    server = ThreadingHTTPServer(('127.0.0.1', 0), Keystone)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """The operator's policy file, empty at first."""
    file = tmp_path / 'policy.yaml'
    file.touch()
    return file


@pytest.fixture
def conf(configure: Callable[[str], ConfigOpts], keystone: str, policy: Path) -> ConfigOpts:
    return configure(f'''
[DEFAULT]
enable_authentication = True
[keystone_authtoken]
auth_type = admin_token
endpoint = {keystone}/v3
token = service
www_authenticate_uri = {keystone}
[oslo_policy]
policy_file = {policy}
''')


@pytest.fixture
def asks(make: Callable[[], Any]) -> Callable[..., Any]:
    """Asks the API with a token, that of an administrator unless another is given."""
    client = TestClient(make())

    def ask(path: str, token: str | None = 'admin', method: str = 'GET', **headers: str) -> Any:
        given = {'X-Auth-Token': token, **NEWEST} if token else NEWEST
        return client.simulate_request(method, path, headers=given | headers)

    return ask


def test_without_a_token_only_root_and_description_are_there(asks: Callable[..., Any]) -> None:
    assert asks('/', token=None).status_code == 200
    assert asks('/openapi.json', token=None).status_code == 200
    for path in ('/v1', '//', '/.json', '/goals', GOAL, '/v2/cluster'):
        assert asks(path, token=None).status_code == 401, path


def test_a_token_that_keystone_does_not_know_is_refused(asks: Callable[..., Any]) -> None:
    assert asks(GOAL, token='stolen').status_code == 401


def test_headers_do_not_make_an_administrator(asks: Callable[..., Any]) -> None:
    spoofed = {'X-Roles': 'admin', 'X-Identity-Status': 'Confirmed'}
    assert asks(GOAL, token=None, **spoofed).status_code == 401
    assert asks(GOAL, token='reader', **spoofed).status_code == 403


def test_an_administrator_is_served(asks: Callable[..., Any]) -> None:
    assert asks(GOAL).json['name'] == 'dummy'


def test_who_may_not_is_told_so_but_not_before_the_goal_is_found(asks: Callable[..., Any]) -> None:
    refused = asks(GOAL, token='reader')
    assert refused.status_code == 403
    fault = json.loads(refused.json['error_message'])
    assert fault['faultstring'] == "Policy doesn't allow goal:get to be performed."
    assert asks('/v1/goals/nothing', token='reader').status_code == 404
    assert asks('/v1/goals', token='reader').status_code == 403


def test_an_operators_policy_file_counts(policy: Path, asks: Callable[..., Any]) -> None:
    policy.write_text('"goal:get": "role:reader"\n')
    assert asks(GOAL, token='reader').status_code == 200
    assert asks('/v1/goals', token='reader').status_code == 403


@pytest.fixture
def triggers(make: Callable[[], Any], seeded: Store, engine: Any) -> Callable[..., int]:
    """Triggers an EVENT audit with a token or without one; the status."""
    seeded.add(Audit(name='on-call', audit_type='EVENT', state='PENDING', goal_id=1))

    def trigger(token: str | None = None, path: str = '/v1/webhooks/on-call', **headers: str) -> int:
        given = {'X-Auth-Token': token} if token else {}
        answer = TestClient(make()).simulate_post(path, json={}, headers=given | headers)
        return int(answer.status_code)

    return trigger


def test_services_may_trigger_audits_too(triggers: Callable[..., int]) -> None:
    assert [triggers(token) for token in ('admin', 'service', 'reader', None)] == [202, 202, 403, 401]


def test_webhooks_may_be_opened_to_all_and_nothing_else_is(
        conf: ConfigOpts, triggers: Callable[..., int], asks: Callable[..., Any]) -> None:
    conf.set_override('enable_webhooks_auth', False, 'api')
    assert triggers() == 202
    spoofed = {'X-Roles': 'admin', 'X-Identity-Status': 'Confirmed'}
    assert triggers(**spoofed) == triggers('reader') == 202
    for path in ('/v1/webhooks', '/v1/webhooks/on-call/more', '/webhooks/on-call', '/v1//webhooks/on-call'):
        assert triggers(path=path, **spoofed) == 401, path
    assert triggers(path='/v1/webhooks/.json', **spoofed) == 404
    assert asks(GOAL, token=None).status_code == 401


def test_each_other_route_asks_for_a_token(asks: Callable[..., Any]) -> None:
    for method, path in _routes(asks('/openapi.json').json):
        assert asks(path, token=None, method=method).status_code == 401, (method, path)


def test_whoever_watches_over_the_api_needs_no_token(asks: Callable[..., Any]) -> None:
    assert [asks(path, token=None).status_code for path in ('/healthz', '/readyz')] == [200, 200]
    assert asks('/healthz/more', token=None).status_code == 401


def test_each_deed_has_a_rule_that_an_operator_can_override(
        policy: Path, asks: Callable[..., Any], seeded: Store) -> None:
    seeded.add(AuditTemplate(id=1, name='at', goal_id=1))
    routes = [(method, path) for method, path in _routes(asks('/openapi.json').json)
              if path not in ('/v1', '/v2/me')]
    rules = {rule.name for rule in list_rules() if getattr(rule, 'operations', ())}
    refusals = [asks(path, token='reader', method=method) for method, path in routes]
    told = [json.loads(refusal.json['error_message'])['faultstring'] for refusal in refusals]
    assert {refusal.status_code for refusal in refusals} == {403}
    assert set(told) == {f"Policy doesn't allow {rule} to be performed." for rule in rules}
    policy.write_text(''.join(f'"{rule}": "role:reader"\n' for rule in rules))
    for method, path in routes:
        assert asks(path, token='reader', method=method).status_code != 403, (method, path)
        assert asks(path, token='admin', method=method).status_code in (403, 404), (method, path)


def test_whoever_is_let_in_is_told_what_they_may_do(policy: Path, asks: Callable[..., Any]) -> None:
    admin = asks('/v2/me').json
    assert (admin['user'], admin['project'], admin['is_authenticated']) == ('x', 'x', True)
    assert {'audit:create', 'host:get_all', 'webhook:trigger'} <= set(admin['allowed'])
    assert asks('/v2/me', token='reader').json['allowed'] == []
    assert asks('/v2/me', token='service').json['allowed'] == ['webhook:trigger']
    policy.write_text('"host:get_all": "role:reader"\n"show_password": "role:reader"\n')
    assert asks('/v2/me', token='reader').json['allowed'] == ['host:get_all']


def test_an_operator_may_change_who_is_an_administrator(policy: Path, asks: Callable[..., Any]) -> None:
    policy.write_text('"admin_api": "role:reader"\n')
    assert asks(GOAL, token='reader').status_code == 200
    assert asks(GOAL, token='admin').status_code == 403


def _routes(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Method and path of all that needs a token; those that destroy come last."""
    keys = {'/v1/action_plans': PLAN, '/v2/action_plans': PLAN, '/v1/actions': ACTION,
            '/v2/actions': ACTION}
    found = [(method.upper(), path.replace('{key}', keys.get(path.rpartition('/{key}')[0], '1')))
             for path, deeds in document['paths'].items() for method, deed in deeds.items()
             if 'security' in deed]
    return sorted(found, key=lambda one: one[0] == 'DELETE')


def test_web_pages_may_ask_before_they_have_a_token(conf: ConfigOpts, make: Callable[[], Any]) -> None:
    make()      # makes [cors] known
    conf.set_override('allowed_origin', ['https://console'], 'cors')
    app = make()
    client = TestClient(app)
    origin = {'Origin': 'https://console'}
    environ = create_environ(GOAL, method='OPTIONS', headers={
        **origin, 'Access-Control-Request-Method': 'DELETE'})
    # Falcon's client takes no answer without a type, as the preflight's is.
    heard: list[str] = []
    app(environ, lambda status, headers, *more: heard.append(status))
    assert heard == ['200 OK']
    refused = client.simulate_get(GOAL, headers=origin)
    assert refused.status_code == 401
    assert refused.headers['access-control-allow-origin'] == 'https://console'
    stranger = client.simulate_get(GOAL, headers={'Origin': 'https://elsewhere'})
    assert 'access-control-allow-origin' not in stranger.headers

# SPDX-License-Identifier: Apache-2.0
"""What is around all routes: mounts, origins, failures."""

import json
from typing import Any

import pytest
from falcon.testing import TestClient
from oslo_config.cfg import ConfigOpts

from watcher_py.db.store import Store


def fault_of(answer: Any) -> dict[str, Any]:
    return json.loads(answer.json['error_message'])


def test_under_a_mount_links_of_rows_leave_it_out(client: TestClient) -> None:
    goal = client.simulate_get('/v1/goals/dummy', root_path='/infra-optim', host='cloud').json
    assert [link['href'] for link in goal['links']] == [
        f'http://cloud/v1/goals/{goal["uuid"]}', f'http://cloud/goals/{goal["uuid"]}']
    page = client.simulate_get('/v1/goals', params={'limit': 1}, root_path='/infra-optim', host='cloud').json
    assert page['next'].startswith('http://cloud/v1/goals?')


def test_under_a_mount_the_rest_keeps_it(client: TestClient) -> None:
    root = client.simulate_get('/', root_path='/infra-optim', host='cloud').json
    assert root['versions'][0]['links'][0]['href'] == 'http://cloud/infra-optim/v1/'
    made = client.simulate_post('/v1/audits', root_path='/infra-optim', host='cloud',
                                json={'audit_type': 'ONESHOT', 'goal': 'dummy'})
    assert made.headers['location'] == f'http://cloud/infra-optim/v1/audits/{made.json["uuid"]}'


def test_behind_a_proxy_links_are_the_proxys(conf: ConfigOpts, client: TestClient) -> None:
    conf.set_override('enable_proxy_headers_parsing', True, 'oslo_middleware')
    forwarded = {'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'front'}
    goal = client.simulate_get('/v1/goals/dummy', headers=forwarded).json
    assert goal['links'][0]['href'].startswith('https://front/v1/goals/')


def test_web_pages_of_allowed_origins_may_ask(conf: ConfigOpts, make: Any) -> None:
    make()      # makes [cors] known
    conf.set_override('allowed_origin', ['https://console'], 'cors')
    client = TestClient(make())
    answer = client.simulate_get('/v1/goals', headers={'Origin': 'https://console'})
    assert answer.headers['access-control-allow-origin'] == 'https://console'
    preflight = client.simulate_options('/v1/goals', headers={
        'Origin': 'https://console', 'Access-Control-Request-Method': 'PATCH'})
    assert preflight.status_code == 200
    assert 'PATCH' in preflight.headers['access-control-allow-methods']


def test_each_answer_has_its_request_id(client: TestClient) -> None:
    paths = ('/', '/v1/nothing', '/v1/goals')
    ids = {client.simulate_get(path).headers['x-openstack-request-id'] for path in paths}
    assert len(ids) == 3


def test_what_is_unforeseen_is_told_without_its_insides(client: TestClient, seeded: Store,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any, **named: Any) -> None:
        raise ZeroDivisionError('of secrets')

    monkeypatch.setattr(seeded, 'find', fail)
    answer = client.simulate_get('/v1/goals')
    assert answer.status_code == 500
    assert fault_of(answer)['faultcode'] == 'Server'
    assert 'secrets' not in answer.text


def test_an_engine_that_is_away_is_told(make: Any) -> None:
    answer = TestClient(make()).simulate_get('/v1/strategies/dummy/state')
    assert answer.status_code == 500
    assert 'decision engine does not answer' in fault_of(answer)['faultstring']


@pytest.mark.parametrize('body', ['', 'nothing', '[1', '{"a": NaN}', '"text"', '[' * 100_000, '\ud800'])
def test_a_body_that_is_no_object_is_refused(client: TestClient, body: str) -> None:
    for path in ('/v1/audits', '/v1/audit_templates'):
        answer = client.simulate_post(path, body=body.encode(errors='surrogatepass'),
                                      headers={'Content-Type': 'application/json'})
        assert answer.status_code == 400
        assert fault_of(answer)['faultcode'] == 'Client'

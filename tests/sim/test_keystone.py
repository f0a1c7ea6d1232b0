# SPDX-License-Identifier: Apache-2.0
"""Tokens: given for a password, validated for services, asked for everywhere."""

from typing import Any

import pytest
import requests


def ask_token(cloud: Any, name: str = 'admin', password: str = 'emulated', **scope: Any) -> requests.Response:
    user = {'name': name, 'domain': {'id': 'default'}, 'password': password}
    auth = {'identity': {'methods': ['password'], 'password': {'user': user}}, **scope}
    return requests.post(f'{cloud.auth_url}/auth/tokens', json={'auth': auth}, timeout=30)


def test_a_password_buys_a_token_and_the_catalog(cloud: Any) -> None:
    answer = ask_token(cloud, 'watcher')
    assert answer.status_code == 201
    token = answer.json()['token']
    assert {role['name'] for role in token['roles']} == {'admin', 'service'}
    assert {service['type']: service['endpoints'][0]['url'] for service in token['catalog']} == {
        'identity': cloud.auth_url, 'compute': f'{cloud.url}/compute/v2.1',
        'placement': f'{cloud.url}/placement', 'metric-storage': f'{cloud.url}/aetos'}
    assert len(answer.headers['X-Subject-Token']) > 20


@pytest.mark.parametrize('wrong', [
    {'password': 'guess'}, {'name': 'nobody'}, {'scope': {'project': {'name': 'other'}}}])
def test_wrong_credentials_are_refused(cloud: Any, wrong: Any) -> None:
    answer = ask_token(cloud, **wrong)
    assert answer.status_code == 401
    assert answer.json()['error']['code'] == 401


def test_a_token_buys_another(cloud: Any, admin: Any) -> None:
    auth = {'identity': {'methods': ['token'], 'token': {'id': admin.token}}}
    answer = requests.post(f'{cloud.auth_url}/auth/tokens', json={'auth': auth}, timeout=30)
    assert answer.status_code == 201
    assert answer.json()['token']['methods'] == ['token']


def test_services_validate_and_users_revoke(cloud: Any, admin: Any, member: Any) -> None:
    url = f'{cloud.auth_url}/auth/tokens'
    headers = {'X-Auth-Token': admin.token, 'X-Subject-Token': member.token}
    assert requests.get(url, headers=headers, timeout=30).json()['token']['user']['name'] == 'demo'
    assert requests.delete(url, headers=headers, timeout=30).status_code == 204
    assert requests.get(url, headers=headers, timeout=30).status_code == 404
    assert requests.get(url, headers={'X-Subject-Token': admin.token}, timeout=30).status_code == 401


@pytest.mark.parametrize('path', ['/compute/v2.1/servers', '/placement/resource_providers'])
def test_every_service_asks_for_a_token(cloud: Any, admin: Any, path: str) -> None:
    assert requests.get(cloud.url + path, timeout=30).status_code == 401
    cloud.identity.revoke_all()
    answer = requests.get(cloud.url + path, headers={'X-Auth-Token': admin.token}, timeout=30)
    assert answer.status_code == 401
    assert answer.headers['WWW-Authenticate'] == f'Keystone uri="{cloud.url}/identity"'


def test_a_token_runs_out(cloud: Any, admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('watcher_py.sim.identity.time.time', lambda: 9e9)
    assert admin.ask('GET', '/servers').status_code == 401


@pytest.mark.parametrize('path', ['/identity/v3', '/compute', '/compute/v2.1/', '/placement/'])
def test_versions_are_told_to_anybody(cloud: Any, path: str) -> None:
    assert requests.get(cloud.url + path, timeout=30).status_code == 200


def test_credentials_of_nobody_are_not_given(cloud: Any) -> None:
    with pytest.raises(KeyError):
        cloud.credentials('nobody')

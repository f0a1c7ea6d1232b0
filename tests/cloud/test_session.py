# SPDX-License-Identifier: Apache-2.0
"""The configuration says who we are and where the services are."""

import pytest
from oslo_config import cfg

from watcher_py.cloud.session import connect, connect_with
from watcher_py.conf import register
from watcher_py.core.errors import Invalid

PASSWORD = '''
auth_type = password
auth_url = http://127.0.0.1:1/v3
username = watcher
password = secret
project_name = service
user_domain_id = default
project_domain_id = default
'''


def _conf(tmp_path, text):
    path = tmp_path / 'watcher.conf'
    path.write_text(text)
    conf = cfg.ConfigOpts()
    register(conf)
    conf([], project='watcher', default_config_files=[str(path)])
    return conf


def test_connecting_asks_nothing_and_never_waits_for_ever(tmp_path):
    connection = connect(_conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}'))
    assert connection.session.timeout > 0


def test_the_operators_timeout_stands(tmp_path):
    connection = connect(_conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}timeout = 7'))
    assert connection.session.timeout == 7


def test_region_and_interface_of_a_service_are_its_groups(tmp_path):
    nova = 'region_name = north\nvalid_interfaces = internal\nendpoint_override = http://127.0.0.1:2/v2.1\n'
    connection = connect(_conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}[nova]\n{nova}'))
    assert connection.config.get_region_name('compute') == 'north'
    assert connection.config.get_interface('compute') == ['internal']
    assert connection.config.get_endpoint('compute') == 'http://127.0.0.1:2/v2.1'


def test_certificates_are_trusted_as_the_environment_says_or_the_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', '/etc/certificates/all.pem')
    of_all = connect(_conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}'))
    assert of_all.session.verify == '/etc/certificates/all.pem'
    of_one = connect(_conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}cafile = /etc/certificates/ours.pem'))
    assert of_one.session.verify == '/etc/certificates/ours.pem'
    of_none = connect(_conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}insecure = true'))
    assert of_none.session.verify is False


def test_a_proxy_in_the_environment_is_asked_for_at_each_call(tmp_path, monkeypatch):
    for name in ('http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    conf = _conf(tmp_path, f'[watcher_clients_auth]{PASSWORD}')
    assert connect(conf).session.session.trust_env is False
    monkeypatch.setenv('https_proxy', 'http://127.0.0.1:3')
    assert connect(conf).session.session.trust_env is True


def test_without_credentials_the_operator_is_told(tmp_path):
    with pytest.raises(Invalid, match='auth_type is not set'):
        connect(_conf(tmp_path, ''))
    with pytest.raises(Invalid, match='watcher_clients_auth'):
        connect(_conf(tmp_path, '[watcher_clients_auth]\nauth_type = no_such_plugin\n'))


def test_a_password_is_enough_for_the_demo():
    connection = connect_with({
        'auth_url': 'http://127.0.0.1:1', 'username': 'a', 'password': 'b', 'project_name': 'c',
        'user_domain_id': 'default', 'project_domain_id': 'default'})
    assert connection.session.timeout > 0

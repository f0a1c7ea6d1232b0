# SPDX-License-Identifier: Apache-2.0
"""Options are known under Watcher's names, and a sample can be written of them."""

import subprocess
import sys
from pathlib import Path

import pytest
from oslo_config import cfg

from watcher_py import conf as options

DEFAULTS = {
    'DEFAULT': {'enable_authentication': True, 'service_down_time': 90},
    'api': {'host': '127.0.0.1', 'port': 9322, 'max_limit': 1000, 'enable_webhooks_auth': True},
    'dashboard': {'enabled': True, 'auth_url': None, 'api_url': 'http://127.0.0.1:9322'},
    'nova': {'migration_max_retries': 180, 'migration_interval': 5.0},
    'watcher_applier': {'workers': 1, 'conductor_topic': 'watcher.applier.control'},
    'watcher_decision_engine': {
        'conductor_topic': 'watcher.decision.control', 'max_audit_workers': 2,
        'continuous_audit_interval': 10, 'action_plan_expiry': 24, 'check_periodic_interval': 1800},
    'watcher_datasources': {'datasources': ['gnocchi', 'grafana', 'aetos'], 'query_max_retries': 10},
    'aetos_client': {'interface': 'public', 'fqdn_label': 'fqdn', 'instance_uuid_label': 'resource'},
    'watcher_strategies.basic': {'datasources': None},
    'prometheus_client': {'port': 9090, 'fqdn_label': 'fqdn', 'instance_uuid_label': 'resource'},
    'watcher_clients_auth': {'auth_type': None, 'insecure': False},
}


@pytest.fixture
def conf(tmp_path: Path) -> cfg.ConfigOpts:
    conf = cfg.ConfigOpts()
    options.register(conf)
    conf([], default_config_files=[], default_config_dirs=[])
    return conf


@pytest.mark.parametrize('group', DEFAULTS)
def test_options_have_watchers_names_and_defaults(conf, group):
    values = conf if group == 'DEFAULT' else conf[group]
    assert {name: values[name] for name in DEFAULTS[group]} == DEFAULTS[group]


def test_the_embedded_database_lies_in_the_state_path(conf):
    conf.set_override('state_path', '/srv/watcher')
    assert conf.database.connection == 'sqlite:////srv/watcher/watcher.sqlite'


def test_options_are_registered_twice_without_harm(conf):
    options.register(conf)


def test_passwords_are_kept_out_of_logs():
    secrets = {opt.name for _, group in options.list_opts() for opt in group if 'password' in opt.dest}
    assert secrets
    assert all(opt.secret for _, group in options.list_opts() for opt in group if opt.dest == 'password')


def test_every_option_is_explained():
    assert [opt.name for _, group in options.list_opts() for opt in group if not opt.help] == []


def test_options_need_nothing_else_of_ours():
    loaded = 'import sys, watcher_py.conf; print([m for m in sys.modules if m.startswith("watcher_py.")])'
    found = subprocess.run([sys.executable, '-c', loaded], capture_output=True, text=True, check=True).stdout
    assert 'watcher_py.core' not in found


def test_configurations_of_one_process_do_not_share_their_values(conf):
    other = cfg.ConfigOpts()
    options.register(other)
    other([], default_config_files=[], default_config_dirs=[])
    other.set_override('port', 1, group='api')
    assert conf.api.port == 9322

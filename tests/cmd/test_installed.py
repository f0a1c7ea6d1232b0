# SPDX-License-Identifier: Apache-2.0
"""Strategies have the defaults that the configuration sets."""

from watcher_py.cmd import installed, settings

NAME = 'storage_capacity_balance'


def pools_left_alone(path):
    conf = settings.load(['--config-file', str(path)], 'test')
    return installed.strategies(conf)[NAME].parameters['properties']['ex_pools']['default']


def test_the_configuration_says_which_pools_are_left_alone(tmp_path):
    path = tmp_path / 'watcher.conf'
    path.write_text('')
    assert pools_left_alone(path) == ['local_vstorage']
    path.write_text(f'[watcher_strategies.{NAME}]\nex_pools = slow, old\n')
    assert pools_left_alone(path) == ['slow', 'old']


def test_other_strategies_stay_as_they_are(tmp_path):
    path = tmp_path / 'watcher.conf'
    path.write_text('')
    found = installed.strategies(settings.load(['--config-file', str(path)], 'test'))
    assert found['workload_balance'].parameters['properties']['threshold']['default'] == 25.0

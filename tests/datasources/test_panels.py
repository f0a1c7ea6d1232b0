# SPDX-License-Identifier: Apache-2.0
"""What the operator tells of Grafana is read, and what can't be is told."""

import pytest
from oslo_config import cfg

from watcher_py.conf import register
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric
from watcher_py.datasources.panels import Panel, panels

# As in a file of Watcher's; the second query has a comma.
WATCHERS = r'''
project_id_map = host_cpu_usage:7,instance_cpu_usage:8
database_map = host_cpu_usage:telegraf,instance_cpu_usage:libvirt
attribute_map = host_cpu_usage:hostname
translator_map = host_cpu_usage:influxdb,instance_cpu_usage:influxdb
query_map = host_cpu_usage:SELECT 100-{0}("idle") FROM "{4}"."cpu" WHERE "host" =~ /^{1}$/,
            instance_cpu_usage:'SELECT {0}(x) FROM y GROUP BY time({3}s), uuid'
'''


@pytest.fixture
def told(tmp_path):
    def read(options):
        path = tmp_path / 'watcher.conf'
        path.write_text(f'[grafana_client]\n{options}\n'
                        '[grafana_translators]\nretention_periods = a_day:86400\n')
        conf = cfg.ConfigOpts()
        register(conf)
        conf([], project='watcher', default_config_files=[str(path)])
        return conf
    return read


def test_each_metric_with_a_query_is_told_of(told):
    conf = told(WATCHERS)
    assert panels(conf) == {
        Metric.HOST_CPU: Panel('7', 'telegraf', 'SELECT 100-{0}("idle") FROM "{4}"."cpu" WHERE "host" =~ '
                               '/^{1}$/', 'hostname'),
        Metric.INSTANCE_CPU: Panel('8', 'libvirt', 'SELECT {0}(x) FROM y GROUP BY time({3}s), uuid')}
    assert conf.grafana_translators.retention_periods == {'a_day': 86400}


def test_nothing_told_is_nothing(told):
    assert panels(told('')) == {}


@pytest.mark.parametrize(('options', 'reason'), [
    ('query_map = host_cpu:x', "query_map: 'host_cpu' is no metric; there are host_cpu_usage, "),
    ('database_map = cpu:x', "database_map: 'cpu' is no metric"),
    ('translator_map = host_power:graphite', "translator_map: host_power: 'graphite' is not known"),
    ('query_map = host_power:x', 'host_power is in query_map and not in project_id_map and database_map'),
    ('query_map = host_power:x\nproject_id_map = host_power:7', 'in query_map and not in database_map'),
])
def test_what_can_not_be_is_told(told, options, reason):
    with pytest.raises(Invalid, match=reason):
        panels(told(options))

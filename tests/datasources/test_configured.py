# SPDX-License-Identifier: Apache-2.0
"""The configuration's sources, in its order."""

import pytest
from oslo_config import cfg

from watcher_py.conf import register
from watcher_py.core.errors import Invalid
from watcher_py.datasources.configured import sources
from watcher_py.datasources.prometheus import Access


@pytest.fixture
def conf(tmp_path):
    """Makes the configuration of these options of [prometheus_client] and these datasources."""
    def make(datasources='prometheus', retries=10, **prometheus):
        path = tmp_path / 'watcher.conf'
        options = '\n'.join(f'{name} = {value}' for name, value in prometheus.items())
        path.write_text(f'[watcher_datasources]\ndatasources = {datasources}\nquery_max_retries = {retries}\n'
                        f'[prometheus_client]\n{options}\n')
        made = cfg.ConfigOpts()
        register(made)
        made([], project='watcher', default_config_files=[str(path)])
        return made
    return make


@pytest.mark.parametrize(('options', 'url'), [
    ({'host': '127.0.0.1'}, 'http://127.0.0.1:9090/'),
    ({'host': '127.0.0.1', 'port': 80, 'base_path': '/prometheus/'}, 'http://127.0.0.1:80/prometheus'),
    ({'host': '127.0.0.1', 'cafile': '/ca.pem'}, 'https://127.0.0.1:9090/'),
    ({'host': '::1'}, 'http://[::1]:9090/'),
])
def test_prometheus_is_where_the_options_say(conf, options, url):
    [source] = sources(conf(**options))
    assert source.url == url


def test_prometheus_is_asked_as_the_options_say(conf):
    [source] = sources(conf(retries=4, host='127.0.0.1', username='u', password='p', fqdn_label='host',
                            instance_uuid_label='server'))
    assert (source.name, source.fqdn_label, source.instance_label) == ('prometheus', 'host', 'server')
    assert (source.access, source.tries, source.interval) == (Access('u', 'p'), 4, 1)


def test_a_source_that_is_not_supported_is_named_with_those_that_are(conf):
    with pytest.raises(Invalid, match="'ganglia'; supported: prometheus"):
        sources(conf(datasources='prometheus,ganglia', host='127.0.0.1'))


def test_prometheus_without_a_host_is_invalid(conf):
    with pytest.raises(Invalid, match='host is not set'):
        sources(conf())

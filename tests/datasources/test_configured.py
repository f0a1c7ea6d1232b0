# SPDX-License-Identifier: Apache-2.0
"""The configuration's sources, in its order."""

from pathlib import Path

import pytest
from oslo_config import cfg

from watcher_py.conf import register
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources import configured
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.metric_map import Mapped
from watcher_py.datasources.panels import Panel
from watcher_py.datasources.web_site import Access

SAMPLE = Path(__file__).parents[2] / 'etc' / 'watcher' / 'metric_map.yaml.sample'


@pytest.fixture
def conf(tmp_path):
    """Makes the configuration of these groups of options."""
    def make(**groups):
        path = tmp_path / 'watcher.conf'
        lines = []
        for group, options in groups.items():
            lines.append(f'[{group.replace("__", ".")}]')
            lines += [f'{name} = {value}' for name, value in options.items()]
        path.write_text('\n'.join(lines))
        made = cfg.ConfigOpts()
        register(made)
        made([], project='watcher', default_config_files=[str(path)])
        return made
    return make


@pytest.fixture
def sources(conf):
    def make(datasources=None, strategies=(), plugged_in=None, **groups):
        named = {'datasources': datasources} if datasources else {}
        groups['watcher_datasources'] = {**groups.get('watcher_datasources', {}), **named}
        return configured.sources(conf(**groups), _no_session, strategies, plugged_in)
    return make


@pytest.fixture
def prometheus(sources):
    def make(**options):
        [source] = sources('prometheus', prometheus_client={'host': '127.0.0.1', **options}).usual
        return source
    return make


def _no_session():
    raise AssertionError('nothing is asked yet')


def _names(chosen):
    return [source.name for source in chosen]


@pytest.mark.parametrize(('options', 'url'), [
    ({}, 'http://127.0.0.1:9090/'),
    ({'port': 80, 'base_path': '/prometheus/'}, 'http://127.0.0.1:80/prometheus'),
    ({'cafile': '/ca.pem'}, 'https://127.0.0.1:9090/'),
    ({'scheme': 'https'}, 'https://127.0.0.1:9090/'),
    ({'host': '::1'}, 'http://[::1]:9090/'),
])
def test_prometheus_is_where_the_options_say(prometheus, options, url):
    assert prometheus(**options).site.url == url


def test_prometheus_is_asked_as_the_options_say(sources):
    [source] = sources('prometheus', watcher_datasources={'query_max_retries': 4}, prometheus_client={
        'host': '127.0.0.1', 'username': 'u', 'password': 'p', 'fqdn_label': 'host',
        'instance_uuid_label': 'server'}).usual
    assert (source.name, source.fqdn_label, source.instance_label) == ('prometheus', 'host', 'server')
    assert (source.site.access, source.patience) == (Access('u', 'p'), Patience(4, 1))


@pytest.mark.parametrize(('options', 'access'), [
    ({'bearer_token': 'secret'}, Access(bearer='secret')),
    ({'bearer_token_file': '/token'}, Access(bearer_file='/token')),
    ({'cafile': '/ca', 'certfile': '/cert', 'keyfile': '/key'},
     Access(cafile='/ca', certfile='/cert', keyfile='/key')),
], ids=['token', 'token file', 'certificates'])
def test_prometheus_lets_us_in_as_the_options_say(prometheus, options, access):
    assert prometheus(**options).site.access == access


def test_there_is_one_way_in(prometheus):
    with pytest.raises(Invalid, match='a username and a bearer token'):
        prometheus(username='u', bearer_token='t')


def test_prometheus_without_a_host_is_invalid(sources):
    with pytest.raises(Invalid, match='host is not set'):
        sources('prometheus')


def test_aetos_is_found_as_the_options_say(sources):
    [source] = sources('aetos', aetos_client={
        'interface': 'internal', 'region_name': 'North', 'fqdn_label': 'host'}).usual
    assert (source.name, source.fqdn_label, source.instance_label) == ('aetos', 'host', 'resource')
    assert (source.site.service_type, source.site.interface, source.site.region_name) == (
        'metric-storage', 'internal', 'North')


def test_gnocchi_is_found_as_the_options_say(sources):
    [source] = sources('gnocchi', gnocchi_client={'endpoint_type': 'internal', 'region_name': 'North'}).usual
    site = source.gate.site
    assert (site.service_type, site.interface, site.region_name) == ('metric', 'internal', 'North')
    assert source.gate.version == '1'


def test_grafana_is_asked_as_the_options_say(sources):
    [source] = sources('grafana', watcher_datasources={'query_interval': 3}, grafana_client={
        'base_url': 'https://g/api/datasources/proxy/', 'token': 'secret', 'http_timeout': 0,
        'query_map': 'host_power:SELECT 1', 'project_id_map': 'host_power:7',
        'database_map': 'host_power:db'}).usual
    assert (source.site.url, source.site.access) == (
        'https://g/api/datasources/proxy/', Access(bearer='secret'))
    assert (source.site.timeout, source.patience) == (None, Patience(10, 3))
    assert source.panels == {Metric.HOST_POWER: Panel('7', 'db', 'SELECT 1')}
    assert source.retention_periods['one_week'] == 604800


def test_grafana_without_an_address_is_told_of_once_and_gives_nothing(sources, caplog):
    caplog.set_level('INFO')
    [source] = sources('grafana').usual
    with pytest.raises(NotFound, match='base_url is not set'):
        source.read(MetricNeed(Metric.HOST_CPU, 60, 60))
    assert [record.levelname for record in caplog.records] == ['INFO']


def test_unless_configured_the_sources_are_watchers(sources):
    assert _names(sources().usual) == ['gnocchi', 'grafana', 'aetos']


def test_the_order_is_the_configurations(sources):
    assert _names(sources('aetos,gnocchi').usual) == ['aetos', 'gnocchi']


def test_prometheus_and_aetos_exclude_each_other(sources):
    with pytest.raises(Invalid, match='both prometheus and aetos'):
        sources('prometheus,aetos', prometheus_client={'host': '127.0.0.1'})


def test_a_source_that_is_not_supported_is_named_with_those_that_are(sources):
    with pytest.raises(Invalid, match="'ganglia'; supported: aetos, gnocchi, grafana, prometheus"):
        sources('gnocchi,ganglia')


def test_a_strategy_may_have_sources_of_its_own(sources):
    chosen = sources('gnocchi,aetos', strategies=('basic', 'a-plugins', 'workload_balance'),
                     watcher_strategies__basic={'datasources': 'aetos'},
                     **{'watcher_strategies__a-plugins': {'datasources': 'gnocchi'}})
    assert _names(chosen.of('basic')) == ['aetos']
    assert _names(chosen.of('a-plugins')) == ['gnocchi']
    assert chosen.of('workload_balance') is chosen.usual
    assert chosen.of('basic')[0] is chosen.usual[1]


def test_the_metric_map_is_read(sources, tmp_path):
    path = tmp_path / 'map.yaml'
    path.write_text('aetos: {host_power: watts}')
    [source] = sources('aetos', watcher_decision_engine={'metric_map_path': path}).usual
    assert source.metric_map.of('aetos', Metric.HOST_POWER) == Mapped(name='watts')


def test_a_metric_map_that_is_named_must_be_there(sources, tmp_path):
    with pytest.raises(Invalid, match=r'there is no metric map at .*nowhere'):
        sources('aetos', watcher_decision_engine={'metric_map_path': tmp_path / 'nowhere'})


def test_the_sample_of_the_metric_map_can_be_used(sources):
    [source] = sources('aetos', watcher_decision_engine={'metric_map_path': SAMPLE}).usual
    assert source.metric_map.of('prometheus', Metric.HOST_OUTLET_TEMP) is not None


class Thermometer:
    """A source of somebody else's."""

    name = 'thermometer'
    OPTIONS = [cfg.StrOpt('host'), cfg.PortOpt('port', default=7)]

    def __init__(self, options, session):
        if not options.host:
            raise Invalid('[thermometer_client] host is not set')
        self.where, self.session = (options.host, options.port), session


def test_a_plug_in_s_source_is_made_of_its_own_options(sources):
    chosen = sources('thermometer,prometheus', plugged_in={'thermometer': Thermometer},
                     thermometer_client={'host': 'shed'}, prometheus_client={'host': '127.0.0.1'}).usual
    assert _names(chosen) == ['thermometer', 'prometheus']
    assert (chosen[0].where, chosen[0].session) == (('shed', 7), _no_session)


def test_a_plug_in_s_source_may_serve_a_single_strategy(sources):
    found = sources('gnocchi', strategies=['basic', 'saving_energy'], plugged_in={'thermometer': Thermometer},
                    thermometer_client={'host': 'shed'},
                    watcher_strategies__saving_energy={'datasources': 'thermometer'})
    assert _names(found.of('saving_energy')) == ['thermometer']
    assert _names(found.of('basic')) == ['gnocchi']


def test_a_plug_in_s_source_that_is_not_named_asks_for_nothing(sources):
    assert _names(sources('gnocchi', plugged_in={'thermometer': Thermometer}).usual) == ['gnocchi']


def test_a_plug_in_s_source_that_can_not_be_made_says_so(sources):
    with pytest.raises(Invalid, match=r'\[thermometer_client\] host is not set'):
        sources('thermometer', plugged_in={'thermometer': Thermometer})
    with pytest.raises(Invalid, match=r'\[thermometer_client\] can\'t be used: .*port.*'):
        sources('thermometer', plugged_in={'thermometer': Thermometer},
                thermometer_client={'host': 'shed', 'port': 'many'})


def test_what_can_be_named_is_told_with_the_plug_ins(sources):
    with pytest.raises(Invalid, match='supported: aetos, gnocchi, grafana, prometheus, thermometer'):
        sources('barometer', plugged_in={'thermometer': Thermometer})


def test_no_plug_in_takes_the_place_of_a_source_of_ours(sources):
    [source] = sources('gnocchi', plugged_in={'gnocchi': Thermometer}).usual
    assert not isinstance(source, Thermometer)

# SPDX-License-Identifier: Apache-2.0
"""The sources of metrics that the configuration names, in its order."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from keystoneauth1.session import Session
from oslo_config.cfg import ConfigOpts, Locations
from oslo_config.cfg import Error as ConfigError

from watcher_py.conf import strategies as options_of_strategies
from watcher_py.core.errors import Invalid
from watcher_py.datasources import metric_map
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.catalog_site import CatalogSite
from watcher_py.datasources.contract import MetricSource, PluggedInSource
from watcher_py.datasources.gnocchi import Gnocchi
from watcher_py.datasources.gnocchi_site import Gate
from watcher_py.datasources.grafana import Grafana
from watcher_py.datasources.metric_map import MetricMap
from watcher_py.datasources.panels import panels
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import Access, WebSite

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sources:
    """The preferred one first: those of the cloud, and those of strategies that have their own."""

    usual: tuple[MetricSource, ...] = ()
    of_strategies: Mapping[str, tuple[MetricSource, ...]] = field(default_factory=dict)

    def of(self, strategy: str) -> tuple[MetricSource, ...]:
        return self.of_strategies.get(strategy, self.usual)


@dataclass(frozen=True)
class Making:
    """What sources are made of."""

    conf: ConfigOpts
    session: Callable[[], Session]          # of Keystone, for sources that stand in its catalog
    metric_map: MetricMap
    patience: Patience


Maker = Callable[[Making], MetricSource]


def sources(conf: ConfigOpts, session: Callable[[], Session], strategies: Iterable[str] = (),
            plugged_in: Mapping[str, type[PluggedInSource]] | None = None) -> Sources:
    """`[watcher_datasources] datasources`, and `[watcher_strategies.NAME] datasources`.

    Where a plug-in has the name of one of ours, ours is taken. Invalid names the one that can't be made.
    """
    theirs = {name: _maker(name, kind) for name, kind in (plugged_in or {}).items()}
    making = Making(conf, session, _metric_map(conf), Patience(
        conf.watcher_datasources.query_max_retries, conf.watcher_datasources.query_interval))
    usual = conf.watcher_datasources.datasources
    own = {strategy: options_of_strategies.datasources(conf, strategy) for strategy in strategies}
    named = sorted({*usual, *chain(*filter(None, own.values()))})
    made = {name: _source(name, {**theirs, **_OURS}, making) for name in named}
    return Sources(_chosen(usual, made), {
        strategy: _chosen(names, made) for strategy, names in own.items() if names is not None})


def _chosen(names: Sequence[str], made: Mapping[str, MetricSource]) -> tuple[MetricSource, ...]:
    if {'aetos', 'prometheus'} <= {*names}:
        raise Invalid('datasources names both prometheus and aetos, which exclude each other')
    return tuple(made[name] for name in names)


def _source(name: str, makers: Mapping[str, Maker], making: Making) -> MetricSource:
    if name not in makers:
        raise Invalid(f'datasources names {name!r}; supported: {", ".join(sorted(makers))}')
    return makers[name](making)


def _maker(name: str, kind: type[PluggedInSource]) -> Maker:
    def make(making: Making) -> MetricSource:
        group = f'{name}_client'
        try:
            making.conf.register_opts(kind.OPTIONS, group)
            return kind(making.conf[group], making.session)
        except ConfigError as error:
            raise Invalid(f'[{group}] can\'t be used: {error}') from error

    return make


def _metric_map(conf: ConfigOpts) -> MetricMap:
    found = conf.get_location('metric_map_path', 'watcher_decision_engine')
    is_named = found is not None and found.location is not Locations.opt_default
    return metric_map.read(conf.watcher_decision_engine.metric_map_path, may_lack=not is_named)


def _prometheus(making: Making) -> Prometheus:
    options = making.conf.prometheus_client
    if not options.host:
        raise Invalid('[prometheus_client] host is not set')
    if options.username and (options.bearer_token or options.bearer_token_file):
        raise Invalid('[prometheus_client] has a username and a bearer token; Prometheus takes one of them')
    access = Access(
        username=options.username, password=options.password, bearer=options.bearer_token,
        bearer_file=options.bearer_token_file, cafile=options.cafile, certfile=options.certfile,
        keyfile=options.keyfile)
    return Prometheus(WebSite('prometheus', _url(options), access), options.fqdn_label,
                      options.instance_uuid_label, making.metric_map, making.patience)


def _url(options: Any) -> str:
    scheme = options.scheme or ('https' if options.cafile or options.certfile else 'http')
    host = f'[{options.host}]' if ':' in options.host else options.host
    return f'{scheme}://{host}:{options.port}/{(options.base_path or "").strip("/")}'


def _aetos(making: Making) -> Prometheus:
    options = making.conf.aetos_client
    site = CatalogSite('aetos', 'metric-storage', making.session, options.interface, options.region_name)
    return Prometheus(site, options.fqdn_label, options.instance_uuid_label, making.metric_map,
                      making.patience, 'aetos')


def _gnocchi(making: Making) -> Gnocchi:
    options = making.conf.gnocchi_client
    site = CatalogSite('gnocchi', 'metric', making.session, options.endpoint_type, options.region_name)
    return Gnocchi(Gate(site, making.patience, options.api_version), making.metric_map)


def _grafana(making: Making) -> Grafana:
    options = making.conf.grafana_client
    site = None
    if options.base_url:
        access = Access(bearer=options.token)
        site = WebSite('grafana', options.base_url, access, options.http_timeout or None)
    else:
        LOG.info('grafana is one of the datasources and gives nothing: [grafana_client] base_url is not set')
    return Grafana(site, panels(making.conf), making.conf.grafana_translators.retention_periods,
                   making.metric_map, making.patience)


_OURS: Mapping[str, Maker] = {
    'aetos': _aetos, 'gnocchi': _gnocchi, 'grafana': _grafana, 'prometheus': _prometheus}

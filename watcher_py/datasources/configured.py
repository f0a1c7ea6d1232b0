# SPDX-License-Identifier: Apache-2.0
"""The sources of metrics that the configuration names, in its order."""

from collections.abc import Callable, Mapping

from oslo_config.cfg import ConfigOpts

from watcher_py.core.errors import Invalid
from watcher_py.datasources.contract import MetricSource
from watcher_py.datasources.prometheus import Access, Prometheus


def sources(conf: ConfigOpts) -> list[MetricSource]:
    """`[watcher_datasources] datasources`; Invalid names the one that can't be made."""
    return [_source(name, conf) for name in conf.watcher_datasources.datasources]


def _source(name: str, conf: ConfigOpts) -> MetricSource:
    if name not in _MAKERS:
        raise Invalid(f'[watcher_datasources] datasources names {name!r}; '
                      f'supported: {", ".join(sorted(_MAKERS))}')
    return _MAKERS[name](conf)


def _prometheus(conf: ConfigOpts) -> Prometheus:
    options = conf.prometheus_client
    if not options.host:
        raise Invalid('[prometheus_client] host is not set')
    scheme = 'https' if options.cafile or options.certfile else 'http'
    host = f'[{options.host}]' if ':' in options.host else options.host
    path = (options.base_path or '').strip('/')
    return Prometheus(
        url=f'{scheme}://{host}:{options.port}/{path}',
        fqdn_label=options.fqdn_label, instance_label=options.instance_uuid_label,
        access=Access(username=options.username, password=options.password, cafile=options.cafile,
                      certfile=options.certfile, keyfile=options.keyfile),
        tries=conf.watcher_datasources.query_max_retries, interval=conf.watcher_datasources.query_interval)


_MAKERS: Mapping[str, Callable[[ConfigOpts], MetricSource]] = {'prometheus': _prometheus}

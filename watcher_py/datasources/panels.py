# SPDX-License-Identifier: Apache-2.0
"""What `[grafana_client]` tells of each metric."""

from collections.abc import Mapping
from dataclasses import dataclass

from oslo_config.cfg import ConfigOpts

from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric

MAPS = ('project_id_map', 'database_map', 'attribute_map', 'translator_map', 'query_map')
NEEDED = ('project_id_map', 'database_map')


@dataclass(frozen=True)
class Panel:
    """Where a metric is, and what asks for it."""

    project: str                        # the id of a data source
    database: str
    query: str
    attribute: str | None = None        # the tag that names the host or server


def panels(conf: ConfigOpts) -> dict[Metric, Panel]:
    """Of those metrics that have a query."""
    maps: dict[str, Mapping[str, str]] = {name: conf.grafana_client[name] for name in MAPS}
    for name, told in maps.items():
        _check_metrics(name, told)
    for metric, translator in maps['translator_map'].items():
        if translator.lower() != 'influxdb':
            raise Invalid(f'[grafana_client] translator_map: {metric}: {translator!r} is not known; '
                          f'there is influxdb')
    return {Metric(metric): _panel(metric, maps) for metric in maps['query_map']}


def _panel(metric: str, maps: Mapping[str, Mapping[str, str]]) -> Panel:
    lacking = [name for name in NEEDED if not maps[name].get(metric)]
    if lacking:
        raise Invalid(f'[grafana_client] {metric} is in query_map and not in {" and ".join(lacking)}')
    return Panel(maps['project_id_map'][metric], maps['database_map'][metric], maps['query_map'][metric],
                 maps['attribute_map'].get(metric))


def _check_metrics(name: str, told: Mapping[str, str]) -> None:
    for metric in told:
        if metric not in tuple(Metric):
            raise Invalid(f'[grafana_client] {name}: {metric!r} is no metric; there are {", ".join(Metric)}')

# SPDX-License-Identifier: Apache-2.0
"""[grafana_client]: databases behind Grafana's data source proxy, and what each metric is there."""

from oslo_config import cfg, types

GROUP = cfg.OptGroup('grafana_client', 'Grafana')
OPTIONS = [
    cfg.StrOpt('base_url', help='URL of the data source proxy, up to where the id of a data source follows: '
                                'https://grafana.example.org/api/datasources/proxy/'),
    cfg.StrOpt('token', secret=True, help='API token of a service account that may query data sources.'),
    cfg.DictOpt('project_id_map', default={}, help='Of each metric, the id of its data source.'),
    cfg.DictOpt('database_map', default={}, help='Of each metric, its database.'),
    cfg.DictOpt('attribute_map', default={},
                help='Of each metric, the tag that holds the host name or the server uuid; needed where '
                     'neither its query nor the answer tells.'),
    cfg.DictOpt('translator_map', default={}, help='Of each metric, the kind of its database: influxdb.'),
    cfg.Opt('query_map', type=types.Dict(types.String(quotes=True)), default={},
            help='Of each metric, its InfluxQL, in quotes when there is a comma in it. {0} stands for mean, '
                 '{2} for the period and {3} for the granularity in seconds, {4} for the retention policy. '
                 'All hosts or servers are asked for at once: "tag" =~ /^{1}$/ comes to be any of them, and '
                 'GROUP BY time({3}s), "tag" is added where it is not there. host_ram_usage is expected in '
                 'KiB.'),
    cfg.IntOpt('http_timeout', default=60, min=0, help='Seconds to wait for an answer; 0: without end.'),
]

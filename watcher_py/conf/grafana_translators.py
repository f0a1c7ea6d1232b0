# SPDX-License-Identifier: Apache-2.0
"""[grafana_translators]: what Grafana's data sources are like."""

from oslo_config import cfg, types

GROUP = cfg.OptGroup('grafana_translators', 'Data sources of Grafana')
OPTIONS = [
    cfg.Opt('retention_periods', type=types.Dict(types.Integer(min=1)),
            default={'one_week': 604800, 'one_month': 2592000, 'five_years': 31556952},
            help='How many seconds each retention policy of InfluxDB goes back; a query takes the '
                 'shortest that covers its period.'),
]

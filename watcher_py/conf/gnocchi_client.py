# SPDX-License-Identifier: Apache-2.0
"""[gnocchi_client]: Gnocchi, service type metric of the catalog."""

from oslo_config import cfg

GROUP = cfg.OptGroup('gnocchi_client', 'Gnocchi')
OPTIONS = [
    cfg.StrOpt('api_version', default='1', help='Version of its API.'),
    cfg.StrOpt('endpoint_type', default='public',
               choices=['public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL'],
               help='Which of its endpoints is asked.'),
    cfg.StrOpt('region_name', help='Region of that endpoint; unset, any.'),
]

# SPDX-License-Identifier: Apache-2.0
"""[collector]: which parts of the cloud are read, and with what patience."""

from oslo_config import cfg, types

GROUP = cfg.OptGroup('collector', 'How the cloud is read')
OPTIONS = [
    cfg.ListOpt('collector_plugins', default=['compute', 'storage'],
                item_type=types.String(choices=['compute', 'storage', 'baremetal']),
                help='Parts of the cloud that are read: compute, which always is, storage (Cinder) and '
                     'baremetal (Ironic). A part whose service is not in the catalog is empty.'),
    cfg.IntOpt('api_query_max_retries', default=10, min=1, deprecated_name='api_call_retries',
               help='Tries of a call before what it reads counts as missing.'),
    cfg.FloatOpt('api_query_interval', default=1.0, min=0.0, deprecated_name='api_query_timeout',
                 help='Seconds between two such tries.'),
    cfg.IntOpt('compute_resources_collector_timeout', default=600, min=30,
               help='Seconds until a list of the cloud that does not come counts as missing; what was known '
                    'before stands in for it, and the hosts that it concerns are left alone.'),
]

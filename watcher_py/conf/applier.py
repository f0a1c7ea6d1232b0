# SPDX-License-Identifier: Apache-2.0
"""[watcher_applier]: who carries plans out."""

from oslo_config import cfg

GROUP = cfg.OptGroup('watcher_applier', 'The applier')
OPTIONS = [
    cfg.IntOpt('workers', default=1, min=1,
               help='Plans that are carried out at once; those that are taken over from another applier come '
                    'on top.'),
    cfg.StrOpt('conductor_topic', default='watcher.applier.control',
               help='Topic of the message bus on which the applier is called.'),
    cfg.IntOpt('parallel_migrations', default=8, min=1, help='Migrations of one plan at once.'),
    cfg.IntOpt('parallel_migrations_per_host', default=2, min=1,
               help='Migrations of one plan at once from or to one host.'),
    cfg.IntOpt('parallel_migrations_per_link', default=2, min=1,
               help='Migrations of one plan at once between the same two hosts.'),
    cfg.IntOpt('parallel_migrations_per_pool', default=2, min=1,
               help='Migrations of volumes of one plan at once from or to one storage pool.'),
    cfg.FloatOpt('drain_seconds', default=300.0, min=0.0,
                 help='Seconds that running actions get to end in when the applier is stopped. What runs '
                      'longer goes on in the cloud, and the applier that takes the plan over follows it to '
                      'its end.'),
    cfg.PortOpt('metrics_port', default=0,
                help='Port on which the applier tells how it fares: /metrics for Prometheus, /healthz '
                     'and /readyz; 0 for none.'),
    cfg.HostAddressOpt('metrics_address', default='127.0.0.1', help='Address of that port.'),
]

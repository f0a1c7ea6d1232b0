# SPDX-License-Identifier: Apache-2.0
"""[watcher_applier]: who carries plans out."""

from oslo_config import cfg

GROUP = cfg.OptGroup('watcher_applier', 'The applier')
OPTIONS = [
    cfg.IntOpt('workers', default=1, min=1, help='Plans that are carried out at once.'),
    cfg.StrOpt('conductor_topic', default='watcher.applier.control',
               help='Topic of the message bus on which the applier is called.'),
    cfg.IntOpt('parallel_migrations', default=8, min=1, help='Migrations of one plan at once.'),
    cfg.IntOpt('parallel_migrations_per_host', default=2, min=1,
               help='Migrations of one plan at once from or to one host.'),
]

# SPDX-License-Identifier: Apache-2.0
"""[watcher_cluster_data_model_collectors.*]: how often each part of the cloud is read as a whole."""

from oslo_config import cfg

PREFIX = 'watcher_cluster_data_model_collectors'
TITLES = {'compute': 'Hosts and servers', 'storage': 'Pools and volumes', 'baremetal': 'Bare metal machines'}


def register(conf: cfg.ConfigOpts) -> None:
    for group, options in list_opts():
        conf.register_opts(options, group)


def list_opts() -> list[tuple[cfg.OptGroup, list[cfg.Opt]]]:
    return [(cfg.OptGroup(f'{PREFIX}.{part}', title), _options()) for part, title in TITLES.items()]


def _options() -> list[cfg.Opt]:
    return [cfg.IntOpt('period', default=3600, min=1,
                       help='Seconds after which all is read anew; in between notifications tell what '
                            'changes, and each audit reads what has changed.')]

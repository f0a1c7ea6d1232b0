# SPDX-License-Identifier: Apache-2.0
"""[database]: oslo.db's options, with SQLite where nothing else is said."""

from oslo_config import cfg
from oslo_db import options

EMBEDDED = 'sqlite:///$state_path/watcher.sqlite'


def register(conf: cfg.ConfigOpts) -> None:
    conf.register_opts(options.database_opts, 'database')
    conf.set_default('connection', EMBEDDED, 'database')

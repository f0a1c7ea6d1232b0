# SPDX-License-Identifier: Apache-2.0
"""watcher-decision-engine: carries out audits."""

import sys

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.bus import notifications, rpc
from watcher_py.cloud import session as cloud
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cmd import settings
from watcher_py.cmd.worker import keep_running
from watcher_py.datasources import configured
from watcher_py.db import session as database
from watcher_py.db.store import Store
from watcher_py.engine.collector import Collector
from watcher_py.engine.service import NAME, DecisionEngine


def main() -> None:
    keep_running(build, settings.load(sys.argv[1:], NAME))


def build(conf: ConfigOpts) -> DecisionEngine:
    """The engine that the configuration describes."""
    connection = cloud.connect(conf)
    patience = (conf.nova.http_retries, conf.nova.http_retry_interval)
    collector = Collector(Compute(connection, *patience), Placement(connection, *patience))
    announcer = notifications.connect(conf)
    store = Store(database.connect(conf), announcer.listener())
    return DecisionEngine(store, rpc.connect(conf), conf, collector, configured.sources(conf),
                          plugins.strategies(), plugins.scoring_engines(), announcer)

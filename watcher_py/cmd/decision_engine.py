# SPDX-License-Identifier: Apache-2.0
"""watcher-decision-engine: carries out audits."""

import sys

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.bus import notifications, rpc
from watcher_py.cmd import settings
from watcher_py.cmd.senses import senses
from watcher_py.cmd.worker import keep_running
from watcher_py.db import session as database
from watcher_py.db.store import Store
from watcher_py.engine.service import NAME, DecisionEngine


def main() -> None:
    keep_running(build, settings.load(sys.argv[1:], NAME))


def build(conf: ConfigOpts) -> DecisionEngine:
    """The engine that the configuration describes."""
    announcer = notifications.connect(conf)
    store = Store(database.connect(conf), announcer.listener())
    strategies = plugins.strategies()
    return DecisionEngine(store, rpc.connect(conf), conf, senses(conf, strategies), strategies,
                          plugins.scoring_engines(), announcer)

# SPDX-License-Identifier: Apache-2.0
"""watcher-decision-engine: carries out audits."""

import sys

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.bus import notifications, rpc
from watcher_py.cmd import installed, settings
from watcher_py.cmd.senses import seen, senses
from watcher_py.cmd.watched import watched
from watcher_py.cmd.worker import keep_running
from watcher_py.db import session as database
from watcher_py.db.store import Store
from watcher_py.engine.service import NAME, DecisionEngine
from watcher_py.monitor.watched import Watched


def main() -> None:
    keep_running(build, settings.load(sys.argv[1:], NAME))


def build(conf: ConfigOpts) -> Watched:
    """The engine that the configuration describes."""
    announcer, sessions = notifications.connect(conf), database.connect(conf)
    store = Store(sessions, announcer.listener())
    strategies = installed.strategies(conf)
    found = senses(conf, strategies)
    engine = DecisionEngine(store, rpc.connect(conf), conf, found, strategies, plugins.scoring_engines(),
                            announcer, actions=plugins.action_schemas())
    return watched(conf, NAME, engine, sessions, announcer, seen(found))

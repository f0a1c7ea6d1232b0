# SPDX-License-Identifier: Apache-2.0
"""watcher-applier: carries out action plans."""

import sys

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.applier.service import NAME, Applier
from watcher_py.bus import notifications, rpc
from watcher_py.cloud import session as cloud
from watcher_py.cloud.compute import Compute
from watcher_py.cmd import settings
from watcher_py.cmd.worker import keep_running
from watcher_py.db import session as database
from watcher_py.db.store import Store


def main() -> None:
    keep_running(build, settings.load(sys.argv[1:], NAME))


def build(conf: ConfigOpts) -> Applier:
    """The applier that the configuration describes."""
    compute = Compute(cloud.connect(conf), conf.nova.http_retries, conf.nova.http_retry_interval)
    announcer = notifications.connect(conf)
    store = Store(database.connect(conf), announcer.listener())
    return Applier(store, rpc.connect(conf), conf, compute, plugins.actions(), announcer)

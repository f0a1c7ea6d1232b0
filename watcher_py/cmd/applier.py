# SPDX-License-Identifier: Apache-2.0
"""watcher-applier: carries out action plans."""

import sys
from dataclasses import replace

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.applier.actions.contract import Cloud
from watcher_py.applier.drift import Drift
from watcher_py.applier.gate import Gate
from watcher_py.applier.service import NAME, Applier
from watcher_py.applier.traffic import Traffic
from watcher_py.bus import notifications, rpc
from watcher_py.bus.rpc import EngineClient
from watcher_py.cloud import session as cloud
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.volumes import Volumes
from watcher_py.cmd import settings
from watcher_py.cmd.watched import Own, doing, watched
from watcher_py.cmd.worker import keep_running
from watcher_py.core.breaker import Phase
from watcher_py.db import session as database
from watcher_py.db.store import Store
from watcher_py.monitor.watched import Watched

# Seconds that the lists of services and groups, which moves share, may be old.
FRESH = 2.0
# Connections to the database beside those of actions: for leases, looks, heartbeats.
SPARE = 8


def main() -> None:
    keep_running(build, settings.load(sys.argv[1:], NAME))


def build(conf: ConfigOpts) -> Watched:
    """The applier that the configuration describes."""
    connection = cloud.connect(conf)
    patience = (conf.nova.http_retries, conf.nova.http_retry_interval)
    compute = Compute(connection, *patience)
    conf.set_default('max_pool_size', _connections(conf), 'database')
    announcer, sessions = notifications.connect(conf), database.connect(conf)
    store = Store(sessions, announcer.listener())
    bus = rpc.connect(conf)
    hands = Cloud(compute, Volumes(connection, *patience), Baremetal(connection, *patience),
                  Traffic(compute, conf.nova.migration_interval))
    drift = Drift(compute, Placement(connection, *patience), EngineClient(bus, conf), FRESH)
    gate = Gate(store, conf)
    applier = Applier(store, bus, conf, hands, plugins.actions(), announcer, drift, gate)
    return watched(conf, NAME, applier, sessions, announcer, _told_of(applier, gate))


def _connections(conf: ConfigOpts) -> int:
    """To the database that are kept open: what comes on top is opened for each transaction anew."""
    options = conf.watcher_applier
    return SPARE + int(options.workers) * int(options.parallel_migrations)


def _told_of(applier: Applier, gate: Gate) -> Own:
    own = doing(applier)
    is_open = ('Whether failures or slowness keep moves from beginning.',
               lambda: float(gate.verdict().phase != Phase.CLOSED))
    return replace(own, figures={**own.figures, 'watcher_breaker_open': is_open},
                   sections={'gate': gate.lines})

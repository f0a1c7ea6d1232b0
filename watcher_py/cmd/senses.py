# SPDX-License-Identifier: Apache-2.0
"""What an engine sees the cloud with, as the configuration describes it."""

from collections.abc import Collection

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.bus import listener
from watcher_py.cloud import session as cloud
from watcher_py.cloud.baremetal import Baremetal
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.cloud.volumes import Volumes
from watcher_py.cmd.watched import Own
from watcher_py.conf.data_models import PREFIX
from watcher_py.datasources import configured
from watcher_py.engine.collector import cinder_notices, nova_notices
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.health import Health
from watcher_py.engine.collector.machines import MachineCollector
from watcher_py.engine.collector.reading import Reader
from watcher_py.engine.collector.storage import StorageCollector
from watcher_py.engine.collector.whole import Collector
from watcher_py.engine.service import Senses
from watcher_py.monitor.checks import Check


def senses(conf: ConfigOpts, strategies: Collection[str]) -> Senses:
    """Nothing is asked and nothing heard yet."""
    connection = cloud.connect(conf)
    health = Health()
    nova: Feed[nova_notices.NovaEvent] = Feed(nova_notices.understand)
    cinder: Feed[cinder_notices.CinderEvent] = Feed(cinder_notices.understand)
    health.hears('nova', nova)
    health.hears('cinder', cinder)
    patience = (conf.collector.api_query_max_retries, conf.collector.api_query_interval)
    parts = conf.collector.collector_plugins
    collector = Collector(
        ComputeCollector(Reader(Compute(connection, *patience), Placement(connection, *patience),
                                conf.collector.compute_resources_collector_timeout),
                         _period(conf, 'compute'), nova, health),
        StorageCollector(Volumes(connection, *patience), _period(conf, 'storage'), feed=cinder)
        if 'storage' in parts else None,
        MachineCollector(Baremetal(connection, *patience), _period(conf, 'baremetal'))
        if 'baremetal' in parts else None)
    ears = {'nova-': nova.hear, 'volume.': cinder.hear, 'snapshot.': cinder.hear, 'capacity.': cinder.hear}
    sources = configured.sources(conf, lambda: connection.session, strategies, plugins.datasources())
    return Senses(collector, sources, listener.connect(conf, ears), health)


def seen(found: Senses) -> Own:
    """What an engine has to tell of its sight."""
    health = found.health
    return Own() if health is None else Own(
        health.registry, [Check('cloud', health.blind)], sections={'sight': health.lines})


def _period(conf: ConfigOpts, part: str) -> float:
    return float(conf[f'{PREFIX}.{part}'].period)

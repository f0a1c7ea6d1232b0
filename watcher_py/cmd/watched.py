# SPDX-License-Identifier: Apache-2.0
"""What is around a service so that operators can see how it fares, as the configuration describes it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import metadata
from typing import Protocol

from oslo_config.cfg import ConfigOpts
from prometheus_client import CollectorRegistry, GCCollector, Info, ProcessCollector
from prometheus_client.registry import Collector

from watcher_py.bus.jobs import Jobs
from watcher_py.bus.notifications import Announcer
from watcher_py.bus.reach import reach
from watcher_py.db.lease import Leases
from watcher_py.db.session import Sessions
from watcher_py.db.store import Store
from watcher_py.monitor.census import Census
from watcher_py.monitor.checks import Check, database, kept
from watcher_py.monitor.deeds import Deeds
from watcher_py.monitor.exporter import Port
from watcher_py.monitor.fresh import Fresh
from watcher_py.monitor.insides import InsideMetrics, Insides, Loop
from watcher_py.monitor.state_dump import StateDump, configuration
from watcher_py.monitor.watched import Watched

Figures = Mapping[str, tuple[str, Callable[[], float]]]


class Watchable(Protocol):
    """A decision engine or an applier."""

    @property
    def leases(self) -> Leases: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def rounds(self) -> Sequence[Loop]: ...
    @property
    def deeds(self) -> Deeds: ...

    def start(self) -> None: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...


class Doing(Protocol):
    """An applier."""

    @property
    def actions_running(self) -> int: ...
    @property
    def actions_waiting(self) -> int: ...


@dataclass(frozen=True)
class Own:
    """What only this kind of service has to tell."""

    registry: Collector | None = None
    ready: Sequence[Check] = ()
    figures: Figures = field(default_factory=dict)                  # by metric: its meaning, its value
    sections: Mapping[str, Callable[[], Iterable[str]]] = field(default_factory=dict)   # of a state dump


def watched(conf: ConfigOpts, name: str, service: Watchable, sessions: Sessions, announcer: Announcer,
            own: Own) -> Watched:
    """The service with its port and its state dump; the main thread of its process has to call this."""
    # A figure or a section may ask the database: nobody is to wait for it when it hangs.
    figures = {metric: (meaning, Fresh(metric, value, kept=0.0))
               for metric, (meaning, value) in own.figures.items()}
    sections = {title: Fresh(title, partial(_all, lines), kept=0.0) for title, lines in own.sections.items()}
    insides = Insides(service.leases, service.jobs, service.rounds, announcer, figures)
    registry = of_process(name)
    for told in (service.deeds.registry, own.registry, InsideMetrics(insides),
                 Census(sessions, timedelta(seconds=conf.service_down_time))):
        if told is not None:
            registry.register(told)
    StateDump(name, {'configuration': lambda: configuration(conf), 'insides': insides.lines,
                     **sections}).on_signal()
    return Watched(service, insides, port(conf, name.replace('-', '_')), registry,
                   [database(Store(sessions)), kept(Check('message bus', reach(conf))), insides.leased(),
                    *own.ready])


def doing(applier: Doing) -> Own:
    """What an applier has to tell of its actions."""
    return Own(figures={
        'watcher_actions_running': ('That are being carried out.', lambda: applier.actions_running),
        'watcher_actions_waiting': ('That are next, and may not begin yet.',
                                    lambda: applier.actions_waiting)})


def port(conf: ConfigOpts, group: str) -> Port:
    """Where a service's metrics and health are to be told."""
    return Port(conf[group].metrics_port, conf[group].metrics_address, f'[{group}] metrics_port')


def of_process(name: str) -> CollectorRegistry:
    """What any process tells of itself: its memory, its CPU time, its age, what it runs."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry)
    Info('watcher_build', 'What runs.', registry=registry).info({'service': name, 'version': _version()})
    return registry


def _all(lines: Callable[[], Iterable[str]]) -> list[str]:
    return list(lines())


def _version() -> str:
    try:
        return metadata.version('watcher-py')
    except metadata.PackageNotFoundError:
        return 'unknown'

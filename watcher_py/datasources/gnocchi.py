# SPDX-License-Identifier: Apache-2.0
"""Gnocchi: what Ceilometer measured of hosts and servers, found through Keystone."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watcher_py.core.errors import NotFound
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources import archive
from watcher_py.datasources.archive import Archive
from watcher_py.datasources.contract import Measured, Series
from watcher_py.datasources.gnocchi_points import Points, Question
from watcher_py.datasources.gnocchi_resources import Resources
from watcher_py.datasources.gnocchi_site import Gate
from watcher_py.datasources.metric_map import NOTHING_MAPPED, Mapped, MetricMap
from watcher_py.datasources.units import COUNTERS, factor

# What Ceilometer measures on a host it keeps by where it was read: SNMP, the hypervisor, IPMI.
HOST_TYPES = ('host', 'nova_compute', 'ipmi')
SERVER_TYPES = ('instance',)


@dataclass(frozen=True)
class Own:
    """Ceilometer's metric, and its unit."""

    name: str
    unit: str


METRICS: Mapping[Metric, Own] = {
    Metric.HOST_CPU: Own('compute.node.cpu.percent', '%'),
    Metric.HOST_RAM: Own('hardware.memory.used', 'KiB'),
    Metric.HOST_OUTLET_TEMP: Own('hardware.ipmi.node.outlet_temperature', 'C'),
    Metric.HOST_INLET_TEMP: Own('hardware.ipmi.node.temperature', 'C'),
    Metric.HOST_AIRFLOW: Own('hardware.ipmi.node.airflow', '10 CFM'),
    Metric.HOST_POWER: Own('hardware.ipmi.node.power', 'W'),
    Metric.INSTANCE_CPU: Own('cpu', 'ns'),
    Metric.INSTANCE_RAM: Own('memory.resident', 'MiB'),
    Metric.INSTANCE_RAM_ALLOCATED: Own('memory', 'MiB'),
    Metric.INSTANCE_L3_CACHE: Own('cpu_l3_cache', 'B'),
    Metric.INSTANCE_ROOT_DISK: Own('disk.root.size', 'GiB'),
    # Ceilometer has none; who publishes it may call it so.
    Metric.INSTANCE_CPU_STEAL: Own('cpu.steal', '%'),
}


class Gnocchi:
    """One query for up to 1,000 series; who has them is asked every other minute."""

    name = 'gnocchi'

    def __init__(self, gate: Gate, metric_map: MetricMap = NOTHING_MAPPED,
                 clock: Callable[[], float] = time.time):
        self.gate, self._clock = gate, clock
        self._mapped = {metric: metric_map.of(self.name, metric) or Mapped() for metric in Metric}
        names = {self._mapped[metric].name or own.name for metric, own in METRICS.items()}
        labels = {mapped.label for mapped in self._mapped.values() if mapped.label}
        self._resources, self._points = Resources(gate, names, labels), Points(gate)

    def read(self, need: MetricNeed) -> Measured:
        now = self._clock()
        return archive.judge(self._archives(need, now), need, now)

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        now = self._clock()
        return archive.series(self._archives(need, now), need, now)

    def _archives(self, need: MetricNeed, now: float) -> list[Archive]:
        need.check()
        own, mapped = METRICS[need.metric], self._mapped[need.metric]
        unit = mapped.unit or own.unit
        question = Question(mapped.name or own.name, need, unit in COUNTERS, now)
        archives = self._points.read(question, self._owners(question, mapped.label))
        if question.is_of_growth:
            archives = [archive.growth(one, need.granularity) for one in archives]
        if need.aggregate == 'count':
            return archives
        return [archive.scaled(one, factor(need.metric, unit)) for one in archives]

    def _owners(self, question: Question, label: str | None) -> Mapping[str, str]:
        """By the id of the metric, who has it."""
        kinds = HOST_TYPES if question.need.metric.is_of_nodes else SERVER_TYPES
        found = {resource.metrics[question.metric]: resource.name(label)
                 for kind in kinds for resource in self._resources.of(kind)
                 if question.metric in resource.metrics}
        owners = {metric_id: name for metric_id, name in found.items() if name}
        if not owners:
            raise NotFound(f'{self.gate.site.name} has no metric {question.metric} of resources of type '
                           f'{" or ".join(kinds)}')
        return owners

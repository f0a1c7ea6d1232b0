# SPDX-License-Identifier: Apache-2.0
"""The few shapes of PromQL that a datasource asks in, and what the workload answers to them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import falcon
import numpy as np

from watcher_py.sim import disturbance, hardware, workload
from watcher_py.sim.world import World

Labels = dict[str, str]
Sample = tuple[Labels, float]
Samples = Callable[[World, float, float], Iterator[Sample]]
Answer = Callable[[World, float], Iterable[Sample]]

SAMPLED_EVERY = 60.0            # seconds, as scrapes go


def parse(query: str) -> Answer:
    """What answers the query at a moment; bad data when it is none of those that are understood."""
    tight = re.sub(r'\s+', '', query)
    parts = re.findall(_PART, tight)
    if parts and 'or'.join(f'label_replace({text},"{label}","{part}","","")'
                           for text, label, part in parts) == tight:
        return _joined([(_part(text, query), {label: part}) for text, label, part in parts])
    return _part(tight, query)


_PART = r'label_replace\((.+?),"(\w+)","(\w+)","",""\)'


def _joined(answers: list[tuple[Answer, Labels]]) -> Answer:
    return lambda world, now: (({**labels, **mark}, value) for answer, mark in answers
                               for labels, value in answer(world, now))


def _part(tight: str, query: str) -> Answer:
    for shape, answer in _SHAPES:
        match = re.fullmatch(shape, tight)
        if match is not None:
            return answer(match.groupdict())
    raise falcon.HTTPBadRequest(description=f'invalid parameter "query": not understood here: {query!r}')


def _host_cpu(world: World, start: float, end: float) -> Iterator[Sample]:
    return (({'fqdn': host.hypervisor}, value) for host, value in workload.host_cpu(world, start, end))


def _host_ram(world: World, start: float, end: float) -> Iterator[Sample]:
    return (({'fqdn': host.hypervisor}, value) for host, value in workload.host_ram(world))


def _server_cpu(world: World, start: float, end: float) -> Iterator[Sample]:
    """% of one CPU: a server of two vCPUs that works at half is at 100."""
    for server in world.servers.values():
        value = workload.cpu_mean(server, start, end)
        if value is not None:
            yield {'resource': server.uuid}, value * server.flavor.sizes.vcpus


def _server_ram(world: World, start: float, end: float) -> Iterator[Sample]:
    for server in world.servers.values():
        value = workload.ram_used(server)
        if value is not None:
            yield {'resource': server.uuid}, value


def _of_hardware(values: Callable[[World, float, float], hardware.Values]) -> Samples:
    return lambda world, start, end: (({'fqdn': host.hypervisor}, value)
                                      for host, value in values(world, start, end))


def _of_disturbance(values: Callable[[World, float, float], disturbance.Values]) -> Samples:
    return lambda world, start, end: (({'resource': server.uuid}, value)
                                      for server, value in values(world, start, end))


@dataclass(frozen=True)
class _Metric:
    """Of what the workload knows, by the series that it is made of elsewhere."""

    samples: Samples

    def __call__(self, given: Mapping[str, str | None]) -> Answer:
        """Over the window, as a whole or in steps."""
        window, how = _length(given['window']), given.get('how') or 'avg'
        period, step = given.get('period'), given.get('step')
        if how == 'count':
            return lambda world, now: ((labels, window // SAMPLED_EVERY)
                                       for labels, _ in self.samples(world, now - window, now))
        if period is None or how == 'avg':
            whole = _length(period) if period else window
            return lambda world, now: self.samples(world, now - whole, now)
        steps = _Steps(self.samples, _length(period), _length(step), how, float(given.get('share') or 0))
        return steps.answer


@dataclass(frozen=True)
class _Steps:
    """An aggregate over the means of the steps that a period has."""

    samples: Samples
    period: float
    step: float
    how: str
    share: float

    def answer(self, world: World, now: float) -> Iterator[Sample]:
        ends = [now - number * self.step for number in range(int(self.period / self.step))]
        found: dict[tuple[tuple[str, str], ...], list[float]] = {}
        for end in ends:
            for labels, value in self.samples(world, end - self.step, end):
                found.setdefault(tuple(labels.items()), []).append(value)
        return ((dict(labels), self._aggregate(values)) for labels, values in found.items())

    def _aggregate(self, values: list[float]) -> float:
        if self.how == 'quantile':
            return float(np.quantile(values, self.share))
        return min(values) if self.how == 'min' else max(values)


def _up(given: Mapping[str, str | None]) -> Answer:
    return lambda world, now: (
        ({'__name__': 'up', **node_labels(host.hypervisor)}, 1.0 if host.up else 0.0)
        for host in world.hosts.values())


def _fresh(given: Mapping[str, str | None]) -> Answer:
    return lambda world, now: iter([({}, 0.0)])


def _none(given: Mapping[str, str | None]) -> Answer:
    """Nothing here is stale or there twice."""
    return lambda world, now: iter([])


def node_labels(hypervisor: str) -> Labels:
    return {'fqdn': hypervisor, 'instance': f'{hypervisor}:9100', 'job': 'node'}


_SECONDS = {'s': 1, 'm': 60, 'h': 3600}
_WINDOW = r'\[(?P<window>\d+[smh])\]'


def _length(text: str | None) -> float:
    return float(int(text[:-1]) * _SECONDS[text[-1]]) if text else 0.0


def _stepped(value: str, otherwise: str) -> str:
    """Of a rate, over the whole window or each step of a period."""
    return (rf'(?:(?P<how>avg|min|max|quantile)_over_time\((?:(?P<share>[\d.]+),)?\()?{value}'
            rf'(?:\)\[(?P<period>\d+s):(?P<step>\d+s)\]\)or{otherwise})?')


def _growth(joined: str, label: str, series: str) -> str:
    by = rf'{joined}by\({label}\)'
    return (rf'\({by}\(rate\({series}{_WINDOW}\)\)andgroupby\({label}\)\({series}offset\d+s\)'
            rf'or{by}\(irate\({series}\[\d+s\]\)\)\)')


def _over_time(series: str) -> str:
    return (rf'(?:avg|min|max|quantile)_over_time\((?:[\d.]+,)?{series}{_WINDOW}\)'
            rf'(?:\+0\*avg_over_time\({series}\[\d+s\]\))?')


def _gauge(label: str, series: str) -> str:
    return rf'(?:avg|min|max)by\({label}\)\({_over_time(series)}\)'


def _count(label: str, series: str) -> str:
    return rf'maxby\({label}\)\((?P<how>count)_over_time\({series}{_WINDOW}\)\)'


_IDLE = r'node_cpu_seconds_total\{mode="idle"\}'
_FREE, _CPU, _RAM = 'node_memory_MemAvailable_bytes', 'ceilometer_cpu', 'ceilometer_memory_usage'
_STEAL = 'libvirt_domain_vcpu_delay_seconds_total'
# As the exporter of IPMI calls them, and Ceilometer's last.
_GAUGES: tuple[tuple[str, str, Samples], ...] = (
    ('fqdn', re.escape('ipmi_dcmi_power_consumption_watts'), _of_hardware(hardware.power)),
    ('fqdn', re.escape('ipmi_sensor_value{name=~"(?i).*airflow.*"}'), _of_hardware(hardware.airflow)),
    ('fqdn', re.escape('ipmi_temperature_celsius{name=~"(?i).*(inlet|ambient).*"}'),
     _of_hardware(hardware.inlet)),
    ('fqdn', re.escape('ipmi_temperature_celsius{name=~"(?i).*(outlet|exhaust).*"}'),
     _of_hardware(hardware.outlet)),
    ('resource', 'ceilometer_cpu_l3_cache', _of_disturbance(disturbance.cache)))
_USED = (rf'\(avgby\(fqdn\)\(node_memory_MemTotal_bytes\)-'
         rf'avgby\(fqdn\)\({_over_time(_FREE)}\)\)')
_VALUES: tuple[tuple[str, Samples], ...] = (
    (_stepped(rf'100-{_growth("avg", "fqdn", _IDLE)}\*100',
              rf'100-avgby\(fqdn\)\(irate\({_IDLE}\[\d+s\]\)\)\*100'), _host_cpu),
    (rf'100-\(avgby\(fqdn\)\(rate\({_IDLE}{_WINDOW}\)\)\*100\)', _host_cpu),
    (rf'{_USED}(?:\*9.5367431640625e-07|/1048576)', _host_ram),
    (_stepped(rf'{_growth("sum", "resource", _CPU)}\*1e-07',
              rf'sumby\(resource\)\(irate\({_CPU}\[\d+s\]\)\)\*1e-07'), _server_cpu),
    (rf'sumby\(resource\)\(rate\({_CPU}{_WINDOW}\)\)/1e9\*100', _server_cpu),
    (_gauge('resource', _RAM), _server_ram),
    (_stepped(rf'{_growth("avg", "resource", _STEAL)}\*100\.0',
              rf'avgby\(resource\)\(irate\({_STEAL}\[\d+s\]\)\)\*100\.0'),
     _of_disturbance(disturbance.steal)),
    *((_gauge(label, series), samples) for label, series, samples in _GAUGES),
    (_count('fqdn', _IDLE), _host_cpu), (_count('fqdn', _FREE), _host_ram),
    (_count('resource', _CPU), _server_cpu), (_count('resource', _RAM), _server_ram),
    (_count('resource', _STEAL), _of_disturbance(disturbance.steal)),
    *((_count(label, series), samples) for label, series, samples in _GAUGES),
)
_SHAPES: tuple[tuple[str, Callable[[Mapping[str, str | None]], Answer]], ...] = (
    *((shape, _Metric(samples)) for shape, samples in _VALUES),
    *((rf'\({shape}\)unless\(maxby[^>]+>1\)', _Metric(samples)) for shape, samples in _VALUES),
    (r'\(groupby\(\w+\)\(present_over_time.+?unless.+', _none), (r'\(maxby\(\w+\)\(countby[^>]+>1\)', _none),
    (r'min\(time\(\)-timestamp\(.+', _fresh), ('up', _up),
)

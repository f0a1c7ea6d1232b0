# SPDX-License-Identifier: Apache-2.0
"""What it costs to see a cloud: HTTP calls, CPU time and memory of the compute part.

    python benchmarks/collector.py [--hosts 1000] [--servers 10000] [--json FILE]
        [--harness FOLDER --peer PYTHON]

The emulated cloud runs in a process of its own and counts the calls; CPU time is this process's. The
rows: the whole cloud read for the first time; read again a moment later, when little has changed; 10,000
notifications of Nova taken in; the load of all hosts and servers from the source of metrics. With a harness
(gen.py, collector_bench.py) and a Python that has upstream's engine, upstream's collector reads a cloud of
the same size in the same run; what its stub of HTTP spends is taken off.
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from watcher_py.bus.notice import Notice
from watcher_py.cloud import session
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.placement import Placement
from watcher_py.core.cluster import Cluster
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite
from watcher_py.engine import measure
from watcher_py.engine.collector.compute import ComputeCollector
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.nova_notices import understand
from watcher_py.engine.collector.reading import Reader

WATCHER_SIM = Path(sys.executable).parent / 'watcher-sim'
NOTICES = 10_000
MIB = 1024
Row = dict[str, Any]


@dataclass(frozen=True)
class Sim:
    """The emulated cloud in its own process."""

    credentials: dict[str, str]
    prometheus: str

    @property
    def root(self) -> str:
        return self.prometheus.removesuffix('/prometheus')

    def calls(self) -> int:
        """The calls answered since the last time that this was asked."""
        count = sum(requests.get(f'{self.root}/sim/calls', timeout=60).json().values())
        requests.delete(f'{self.root}/sim/calls', timeout=60)
        return count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--hosts', type=int, default=1000)
    parser.add_argument('--servers', type=int, default=10000)
    parser.add_argument('--json', type=Path)
    parser.add_argument('--harness', type=Path)
    parser.add_argument('--peer', type=Path, help='a Python that has upstream\'s engine')
    given = parser.parse_args()
    with emulated(given.hosts, given.servers) as sim:
        rows = list(ours(sim))
    if given.harness and given.peer:
        rows.append(peers(given.harness, given.peer, given.hosts, given.servers))
    show(given, rows)
    if given.json:
        first = rows[0]
        given.json.write_text(json.dumps({
            'hosts': given.hosts, 'servers': given.servers, 'http_calls': first['http_calls'],
            'cpu_s': first['cpu_s'], 'peak_rss_mb': first['peak_rss_mb'], 'rows': rows}, indent=1))


def ours(sim: Sim) -> Iterator[Row]:
    connection, feed = session.connect_with(sim.credentials), Feed(understand)
    collector = ComputeCollector(Reader(Compute(connection), Placement(connection)), feed=feed)
    with measured(sim) as first:
        cluster = collector.newest(max_age=0).cluster
    yield {'what': 'first read', 'found': found(cluster), **first}
    with measured(sim) as again:
        collector.newest(max_age=0)
    yield {'what': 'read again', 'found': found(cluster), **again}
    told = list(notices(cluster))
    with measured(sim) as taken:
        for notice in told:
            feed.hear(notice)
        cluster = collector.newest(max_age=float('inf')).cluster
    if not cluster.servers.locked.all():
        raise SystemExit('the notifications were not taken in')
    yield {'what': f'{len(told):,} notifications', 'found': found(cluster), **taken}
    needs = [MetricNeed(metric, period=300, granularity=60)
             for metric in (Metric.HOST_CPU, Metric.HOST_RAM, Metric.INSTANCE_CPU, Metric.INSTANCE_RAM)]
    with measured(sim) as load:
        measure.gather(needs, cluster, [Prometheus(WebSite('prometheus', sim.prometheus))])
    yield {'what': f'{len(needs)} metrics of all', 'found': found(cluster), **load}


def notices(cluster: Cluster) -> Iterator[Notice]:
    """Servers in turn are locked, as Nova would tell of it."""
    servers, moment = cluster.servers, datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')
    for number in range(max(NOTICES, len(servers))):
        row = number % len(servers)
        host, (vcpus, memory, disk) = cluster.nodes.name[servers.node[row]], servers.demand[row, :3].tolist()
        flavor = {'name': servers.flavor[row], 'vcpus': int(vcpus), 'memory_mb': int(memory),
                  'root_gb': int(disk), 'ephemeral_gb': 0, 'swap': 0,
                  'extra_specs': dict(servers.extra_specs[row])}
        payload = {'uuid': servers.uuid[row], 'display_name': servers.name[row],
                   'tenant_id': servers.project[row], 'host': host,
                   'node': cluster.nodes.hypervisor[servers.node[row]], 'state': servers.state[row],
                   'task_state': None, 'locked': True, 'metadata': dict(servers.metadata[row]),
                   'created_at': servers.created[row], 'updated_at': moment, 'image_uuid': 'image',
                   'flavor': {'nova_object.name': 'FlavorPayload', 'nova_object.data': flavor}}
        yield Notice(f'nova-compute:{host}', 'instance.lock',
                     {'nova_object.name': 'InstanceActionPayload', 'nova_object.data': payload}, time.time())


@contextmanager
def emulated(hosts: int, servers: int) -> Iterator[Sim]:
    command = [WATCHER_SIM, '--hosts', str(hosts), '--servers', str(servers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our program
        try:
            lines = [process.stdout.readline() for _ in range(9)]
            exported = dict(line.removeprefix('export OS_').strip().split('=', 1)
                            for line in lines if line.startswith('export OS_'))
            credentials = {key.lower(): value for key, value in exported.items()
                           if key not in ('IDENTITY_API_VERSION', 'REGION_NAME')}
            yield Sim(credentials, lines[0].split()[-1])
        finally:
            process.terminate()


@contextmanager
def measured(sim: Sim) -> Iterator[Row]:
    """Filled when the block ends."""
    row: Row = {}
    gc.collect()
    sim.calls()
    begun, wall = time.process_time(), time.perf_counter()
    yield row
    row |= {'cpu_s': round(time.process_time() - begun, 2), 'wall_s': round(time.perf_counter() - wall, 1),
            'http_calls': sim.calls(),
            'peak_rss_mb': round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB)}


def peers(harness: Path, peer: Path, hosts: int, servers: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        cluster, out = Path(folder, 'cluster.json.gz'), Path(folder, 'out.json')
        subprocess.run([sys.executable, harness / 'gen.py', '--hosts', str(hosts),  # noqa: S603 - as asked for
                        '--instances', str(servers), '--seed', '7', '-o', cluster], check=True)
        subprocess.run([peer, harness / 'collector_bench.py', '--out', out, cluster],  # noqa: S603 - as asked for
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        [told] = json.loads(out.read_text()).values()
    return {'what': 'upstream, first read', 'http_calls': told['http_calls'],
            'cpu_s': round(told['cpu_s'] - told['stub_cpu_s'], 2), 'wall_s': round(told['wall_s'], 1),
            'found': f"{told['hosts_in_model']} / {told['instances_in_model']}", 'peak_rss_mb': None}


def found(cluster: Cluster) -> str:
    return f'{len(cluster.nodes)} / {len(cluster.servers)}'


def show(given: argparse.Namespace, rows: list[Row]) -> None:
    table = Table('', 'hosts / servers', 'HTTP calls', 'CPU s', 'wall s', 'peak MiB',
                  title=f'{given.hosts:,} hosts, {given.servers:,} servers')
    for row in rows:
        table.add_row(*(str(row[key]) for key in
                        ('what', 'found', 'http_calls', 'cpu_s', 'wall_s', 'peak_rss_mb')))
    Console().print(table)


if __name__ == '__main__':
    main()

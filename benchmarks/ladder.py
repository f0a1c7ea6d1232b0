# SPDX-License-Identifier: Apache-2.0
"""Every strategy beside upstream's of the same name: how far each gets by its goal's figure, and its cost.

    python benchmarks/ladder.py --harness FOLDER --peer PYTHON [--sizes 10x100,100x1000] [--json FILE]

Both work on the same cluster with the same parameters, one after the other. The figure is counted from the
documents by the harness's judge, of the plan as it would be carried out: what Nova would refuse is skipped.
Less is better in all of them. CPU seconds are those from the snapshot to the plan: the least of five runs of
both in turn, for whatever else a machine does only adds to them; what takes long runs once. The exit status
is 1 where a plan of ours is worse, or where it costs more than a tenth of upstream's CPU time on 100 hosts or
more.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from yardstick import Run, Yardstick

Document = dict[str, Any]
Row = dict[str, Any]
Figure = Callable[[Document, Run], float]

SIZES = '10x100,50x500,100x1000,500x5000,1000x10000'
SEED = 7
SHARE = 0.1                     # of upstream's CPU time, that ours may take
COUNTED_FROM = 100              # hosts
RUNS = 5
LONG = 10.0                     # CPU seconds
FULL = 0.8                      # of a pool
EVEN = {'thresholds': {'instance_cpu_usage': 0.05, 'instance_ram_usage': 0.05}}


def _end(run: Run) -> dict[str, float]:
    """How the cluster stands when the plan is carried out, as far as Nova lets it."""
    return run.verdict['executed']['after']


def _left_on(names: Callable[[Document], list[str]]) -> Figure:
    """Servers that stay on these hosts."""
    def count(document: Document, run: Run) -> float:
        ids = {host['id'] for host in document['hosts'] if host['name'] in names(document)}
        gone = {action['instance'] for action in run.actions if action['type'] == 'migrate'}
        return sum(row['host'] in ids and row['id'] not in gone for row in document['instances'])

    return count


def _tenth(document: Document) -> list[str]:
    return [host['name'] for host in document['hosts'][:max(1, len(document['hosts']) // 10)]]


def _busiest(document: Document) -> list[str]:
    counts = Counter(row['host'] for row in document['instances'])
    most = max(sorted(counts), key=lambda one: counts[one])
    return [host['name'] for host in document['hosts'] if host['id'] == most]


def _full_pools(document: Document, run: Run) -> float:
    pools = {pool['name']: dict(pool) for pool in document['storage']['pools']}
    volumes = {row['id']: row for row in document['storage']['volumes']}
    for action in run.actions:
        if action['type'] == 'volume_migrate':
            moved = volumes[action['params']['resource_id']]
            pools[moved['pool']]['used_gb'] -= moved['size_gb']
            pools[action['params']['destination_node']]['used_gb'] += moved['size_gb']
    return sum(pool['used_gb'] >= FULL * pool['total_gb'] for pool in pools.values())


def _hosts_on(document: Document, run: Run) -> float:
    off = {action['params']['resource_id'] for action in run.actions
           if action['type'] == 'change_node_power_state' and action['params']['state'] == 'off'}
    return len(document['hosts']) - len(off)


def _disturbed(document: Document, run: Run) -> float:
    """Servers that lost half of their cache beside one that took as much, and stand beside it still."""
    lost, took = (set(rows) for rows in _cache(document))
    there = {row['id']: row['host'] for row in document['instances']}
    there |= {action['instance']: action['to'] for action in run.actions if action['type'] == 'migrate'}
    names = {host['name']: host['id'] for host in document['hosts']}
    at = {server: names.get(host, host) for server, host in there.items()}
    loud = {at[server] for server in took}
    return sum(at[server] in loud for server in lost)


def _cache(document: Document) -> Iterator[list[str]]:
    change = {row['id']: row['metrics']['l3_cache_bytes'] / max(row['metrics']['l3_cache_prev_bytes'], 1)
              for row in document['instances']}
    yield [server for server, ratio in change.items() if ratio < 0.65]
    yield [server for server, ratio in change.items() if ratio > 1.35]


@dataclass(frozen=True)
class Rung:
    """One strategy: its name, that of upstream's in the harness, what is asked of it, and what is counted."""

    strategy: str
    peers: str
    figure: str
    count: Figure
    parameters: Callable[[Document], dict[str, Any]] = lambda document: {}


RUNGS = (
    Rung('basic', 'basic', 'active hosts', lambda document, run: _end(run)['active_hosts']),
    Rung('vm_workload_consolidation', 'vm_workload_consolidation', 'active hosts',
         lambda document, run: _end(run)['active_hosts']),
    Rung('node_resource_consolidation', 'node_resource_consolidation_specify', 'active hosts',
         lambda document, run: _end(run)['active_hosts'], lambda document: {'host_choice': 'specify'}),
    Rung('workload_stabilization', 'workload_stabilization_t05', 'CPU deviation %',
         lambda document, run: _end(run)['cpu_sd_all'], lambda document: EVEN),
    Rung('workload_balance', 'workload_balance', 'highest CPU %',
         lambda document, run: _end(run)['cpu_max']),
    Rung('host_maintenance', 'host_maintenance', 'servers left', _left_on(_busiest),
         lambda document: {'maintenance_node': _busiest(document)[0]}),
    Rung('zone_migration', 'zone_migration_unlimited', 'servers left', _left_on(_tenth),
         lambda document: {'compute_nodes': [{'src_node': name} for name in _tenth(document)]}),
    Rung('noisy_neighbor', 'noisy_neighbor', 'servers disturbed', _disturbed),
    Rung('saving_energy', 'saving_energy_shim', 'hosts on', _hosts_on),
    # As Watcher means it.
    Rung('saving_energy', 'saving_energy_shim', 'hosts on, if none is emptied', _hosts_on,
         lambda document: {'consolidate': False}),
    Rung('storage_capacity_balance', 'storage_capacity_balance', 'pools too full', _full_pools))


def main() -> int:
    given = _parser().parse_args()
    console, rows = Console(), []
    with tempfile.TemporaryDirectory(prefix='ladder-') as work:
        yardstick = Yardstick(given.harness, Path(work), given.peer)
        for size in given.sizes.split(','):
            for rung in RUNGS:
                rows.append(_climb(yardstick, rung, *map(int, size.split('x'))))
                console.print(' '.join(f'{key}={value}' for key, value in rows[-1].items()), highlight=False)
    console.print(_table(rows))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))
    return int(any(row['verdict'] for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--harness', type=Path, required=True)
    parser.add_argument('--peer', type=Path, required=True)
    parser.add_argument('--sizes', default=SIZES)
    parser.add_argument('--json', type=Path)
    return parser


def _climb(yardstick: Yardstick, rung: Rung, hosts: int, servers: int) -> Row:
    cluster = yardstick.with_machines(yardstick.cluster(hosts, servers, SEED))
    document = yardstick.document(cluster)
    ours, peer = _least(lambda: yardstick.ours(cluster, rung.strategy, **rung.parameters(document)),
                        lambda: yardstick.peers(cluster, rung.peers))
    row: Row = {'strategy': rung.strategy, 'size': f'{hosts}x{servers}', 'figure': rung.figure,
                'nothing done': _round(rung.count(document, yardstick.idle(cluster))),
                'ours': _round(rung.count(document, ours)), 'ours refused': ours.refused,
                'ours CPU s': round(_cpu_s(ours), 4), 'upstream': None, 'upstream CPU s': None}
    if peer is not None:
        row |= {'upstream': _round(rung.count(document, peer)), 'upstream refused': peer.refused,
                'upstream CPU s': round(_cpu_s(peer), 4)}
    return row | {'verdict': _verdict(row, hosts)}


def _least(one: Callable[[], Run], other: Callable[[], Run | None]) -> tuple[Run, Run | None]:
    """The runs of both that took the least CPU time."""
    ours, peers = [one()], [other()]
    while len(ours) < RUNS and peers[0] and max(_cpu_s(ours[0]), _cpu_s(peers[0])) < LONG:
        ours.append(one())
        peers.append(other())
    return min(ours, key=_cpu_s), min(filter(None, peers), key=_cpu_s, default=None)


def _cpu_s(run: Run) -> float:
    return float(run.report['cpu_s'])


def _verdict(row: Row, hosts: int) -> str:
    """What is wrong; '' where ours is as good and as quick as it should be."""
    worst = row['nothing done'] if row['upstream'] is None else row['upstream']
    if row['ours refused']:
        return 'has moves that are refused'
    if row['ours'] > worst:
        return 'worse'
    slow = row['upstream CPU s'] and row['ours CPU s'] > SHARE * row['upstream CPU s']
    return 'slow' if slow and hosts >= COUNTED_FROM else ''


def _round(value: float) -> float:
    return round(float(value), 2)


def _table(rows: list[Row]) -> Table:
    keys = ('strategy', 'size', 'figure', 'nothing done', 'upstream', 'ours', 'upstream refused',
            'ours refused', 'upstream CPU s', 'ours CPU s', 'verdict')
    table = Table(*keys)
    for row in rows:
        table.add_row(*('-' if row.get(key) is None else str(row[key]) for key in keys))
    return table


if __name__ == '__main__':
    sys.exit(main())

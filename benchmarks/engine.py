# SPDX-License-Identifier: Apache-2.0
"""What the engine's plans reach and what they cost, counted by an independent judge.

    python benchmarks/engine.py --harness FOLDER [--peer PYTHON] [TABLE ...]

The harness is a folder with a cluster generator (gen.py), a judge (evaluate.py), a lower bound
(ruled_bound.py) and an adapter for upstream's engine (upstream.py), which runs when `--peer` names
a Python that has it. CPU seconds are those that a program says it spent from the snapshot to the
schedule; compare them within one run, machines differ.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from yardstick import Run, Yardstick

from watcher_py.core.document import read
from watcher_py.core.load import with_load
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.bounds import least_memory_moved, most_freed

SIZES = [(50, 500), (100, 1000), (500, 5000), (1000, 10000), (10000, 100000)]
CONSOLIDATION, STABILIZATION = 'vm_workload_consolidation', 'workload_stabilization'
BUDGETS = (0.05, 0.10, 0.25)
Row = dict[str, Any]


def consolidation(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """As few active hosts as can be, moves unlimited."""
    for hosts, servers in sizes:
        cluster = yardstick.cluster(hosts, servers, 7)
        ours, peer = yardstick.ours(cluster, CONSOLIDATION), None
        if hosts <= 1000:
            peer = yardstick.peers(cluster, CONSOLIDATION)
        yield {'size': f'{hosts}x{servers}', 'before': ours.verdict['before']['active_hosts'],
               'upstream': peer and peer.verdict['after']['active_hosts'],
               'upstream, refused skipped': peer and peer.verdict['executed']['after']['active_hosts'],
               'upstream CPU s': peer and peer.report['cpu_s'],
               'bound': ours.report['bound'], "judge's bound": yardstick.bound(cluster),
               'active': ours.verdict['after']['active_hosts'], 'gap %': 100 * ours.report['gap'],
               'RAM over LP %': _memory_over_least(yardstick, cluster, ours), **_costs(ours)}


def budget(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """Most hosts freed when only a share of the fleet's RAM may move."""
    for hosts, servers in sizes:
        cluster = yardstick.cluster(hosts, servers, 7)
        problem = _problem(yardstick, cluster)
        for share in BUDGETS:
            ours = yardstick.ours(cluster, CONSOLIDATION, max_memory_moved=share)
            yield {'size': f'{hosts}x{servers}', 'RAM moved at most': f'{share:.0%}',
                   'freed': ours.verdict['hosts_freed'], 'bound': most_freed(problem, share), **_costs(ours)}


def anytime(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """How close to the bound when time is up."""
    for hosts, servers in sizes:
        for seconds in (8, 40, 150):
            yield {'size': f'{hosts}x{servers}', 'seconds': seconds,
                   **_gaps(_runs(yardstick, hosts, servers, range(1, 6), seconds))}


def spread(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """The gap over twenty snapshots."""
    for hosts, servers in sizes:
        yield {'size': f'{hosts}x{servers}', **_gaps(_runs(yardstick, hosts, servers, range(1, 21)))}


def balance(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """The standard deviation of the active hosts' CPU, and upstream's with the same number of moves."""
    for hosts, servers in sizes:
        cluster = yardstick.cluster(hosts, servers, 7)
        peer = yardstick.peers(cluster, 'workload_stabilization_t05') if hosts <= 500 else None
        strict = {'thresholds': {'instance_cpu_usage': 0.01}}
        ours = yardstick.ours(cluster, STABILIZATION, **strict)
        before = _deviation(ours, 'before')
        quarter = yardstick.ours(cluster, STABILIZATION, thresholds={'instance_cpu_usage': before / 400})
        same = peer and yardstick.ours(cluster, STABILIZATION, max_moves=peer.moves, **strict)
        yield {'size': f'{hosts}x{servers}', 'sd before': before,
               'upstream sd': peer and _deviation(peer), 'moves there': peer and peer.moves,
               'upstream CPU s': peer and peer.report['cpu_s'],
               'sd, as many moves': same and _deviation(same),
               'sd at last': _deviation(ours), 'moves to that': ours.moves,
               'makespan / bound then': _slowness(ours),
               'sd, a quarter': _deviation(quarter), **_costs(quarter)}


def evacuation(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """Every twentieth host emptied."""
    for hosts, servers in sizes:
        cluster = yardstick.cluster(hosts, servers, 7)
        document = yardstick.document(cluster)
        chosen = document['hosts'][::20]
        ids = {host['id'] for host in chosen}
        standing = sum(row['ram_mb'] for row in document['instances'] if row['host'] in ids)
        names = [host['name'] for host in chosen]
        ours = yardstick.ours(cluster, 'host_maintenance', maintenance_node=names[0],
                              maintenance_nodes=names[1:])
        yield {'size': f'{hosts}x{servers}', 'hosts': len(chosen), 'left there': ours.report['after'],
               'GiB on them': round(standing / 1024), 'GiB moved': ours.verdict['counts']['ram_moved_gb'],
               **_costs(ours)}


def dense(yardstick: Yardstick, sizes: list[tuple[int, int]]) -> Iterator[Row]:
    """The size that operators complained of: 113 hosts, 15,769 servers, 12 minutes."""
    ours = yardstick.ours(yardstick.dense_cluster(113, 15769, 7), CONSOLIDATION)
    yield {'size': '113x15769', 'before': ours.verdict['before']['active_hosts'],
           'bound': ours.report['bound'], 'active': ours.verdict['after']['active_hosts'],
           'gap %': 100 * ours.report['gap'], **_costs(ours)}


TABLES = {table.__name__: table for table in (
    consolidation, budget, anytime, spread, balance, evacuation, dense)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tables', nargs='*', metavar='TABLE', help=', '.join(TABLES))
    parser.add_argument('--harness', type=Path, required=True)
    parser.add_argument('--peer', type=Path, help="a Python with upstream's engine")
    parser.add_argument('--work', type=Path, default=Path(tempfile.gettempdir()) / 'watcher-engine-benchmark',
                        help='where clusters and plans are kept between runs')
    parser.add_argument('--sizes', default=','.join(f'{hosts}x{servers}' for hosts, servers in SIZES))
    parser.add_argument('--json', type=Path, help='where the figures go as well')
    options = parser.parse_args()
    yardstick = Yardstick(options.harness, options.work, options.peer)
    sizes = [_size(text) for text in options.sizes.split(',')]
    figures = {}
    for name in options.tables or TABLES:
        figures[name] = list(TABLES[name](yardstick, sizes))
        Console(width=220).print(_table(name, figures[name]))
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1) + '\n')
    if len(figures.get('consolidation', [])) > 1:
        growth = _growth(figures['consolidation'])
        Console().print(f'CPU seconds grow with the servers to the power of {growth:.2f}')


def _runs(yardstick: Yardstick, hosts: int, servers: int, seeds: range,
          seconds: float | None = None) -> list[Run]:
    return [yardstick.ours(yardstick.cluster(hosts, servers, seed), CONSOLIDATION, seconds) for seed in seeds]


def _gaps(runs: list[Run]) -> Row:
    gaps = sorted(100 * run.report['gap'] for run in runs)
    return {'snapshots': len(runs), 'median gap %': gaps[len(gaps) // 2], 'worst gap %': gaps[-1],
            'refused': sum(run.refused for run in runs),
            'worst CPU s': max(run.report['cpu_s'] for run in runs)}


def _deviation(run: Run, when: str = 'after') -> float:
    """In per cent of a host's CPU, over the hosts that hold servers."""
    return run.verdict[when]['cpu_sd_active']


def _costs(run: Run) -> Row:
    report, verdict = run.report, run.verdict
    broken = verdict['infeasible_hosts'] + verdict['zone_pins_broken'] + verdict['groups_broken']
    return {'moves': run.moves, 'parking': report['parking'], 'refused': run.refused, 'broken': broken,
            'makespan / bound': _slowness(run),
            'CPU s': report['cpu_s'], 'of it schedule': report['schedule_cpu_s'],
            'peak MB': report['peak_rss_mb']}


def _slowness(run: Run) -> float:
    return run.report['makespan_s'] / (run.report['makespan_bound_s'] or math.inf)


def _memory_over_least(yardstick: Yardstick, cluster: Path, run: Run) -> float:
    """By how many per cent more memory moved than the LP says is needed for as many hosts freed."""
    least = least_memory_moved(_problem(yardstick, cluster), run.verdict['hosts_freed'])
    return 100 * (run.report['ram_moved_mb'] / least - 1) if least else 0.0


def _problem(yardstick: Yardstick, cluster: Path):
    snapshot = read(yardstick.document(cluster))
    return with_load(allocation_problem(snapshot.cluster), snapshot, 0.2)


def _size(text: str) -> tuple[int, int]:
    hosts, servers = text.split('x')
    return int(hosts), int(servers)


def _growth(rows: list[Row]) -> float:
    """The exponent of the CPU seconds between the two largest sizes, in the number of servers."""
    (few, short), (many, long) = ((_size(row['size'])[1], row['CPU s']) for row in rows[-2:])
    return math.log(long / short) / math.log(many / few)


def _table(name: str, rows: list[Row]) -> Table:
    table = Table(*rows[0], title=name)
    for row in rows:
        table.add_row(*map(_shown, row.values()))
    return table


def _shown(value: Any) -> str:
    if value is None:
        return '-'
    return f'{value:.2f}' if isinstance(value, float) else str(value)


if __name__ == '__main__':
    main()

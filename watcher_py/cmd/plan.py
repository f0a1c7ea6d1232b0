# SPDX-License-Identifier: Apache-2.0
"""watcher-plan: a cluster document in, a plan out; no service and no cloud."""

import argparse
import gc
import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from watcher_py import plugins, schemas
from watcher_py.cmd.cluster_file import load
from watcher_py.core.budget import Budget
from watcher_py.core.changes import Migrate
from watcher_py.core.difference import ram_moved
from watcher_py.core.errors import Invalid, WatcherError
from watcher_py.core.explain.ask import explain
from watcher_py.core.explain.evidence import Evidence, ends, gather
from watcher_py.core.plan_document import write_plan
from watcher_py.core.promise import as_planned
from watcher_py.core.replay import replay
from watcher_py.core.schedule import Plan, schedule
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.strategy import Strategy


def main(argv: list[str] | None = None) -> int:
    """Exit status 0, or 2 with one sentence on stderr when the input can't be used."""
    options = _parser().parse_args(argv)
    try:
        strategy = _strategy(options.strategy)
        values = schemas.parameters(strategy.name, strategy.parameters,
                                    dict(map(_parameter, options.param)))
        snapshot = load(options.cluster)
        # What was read stays to the end: the garbage collector need not look at it again and again.
        gc.freeze()
        solution, plan, report = _plan(snapshot, strategy, values, options.time_limit)
        if options.plan:
            _write(options.plan, write_plan(plan))
        if options.report:
            _write(options.report, report)
        else:
            print(_text(report))
        if options.explain:
            evidence = _evidence(snapshot, strategy, values, solution, plan)
            for about in options.explain:
                print('\n'.join(explain(evidence, about).lines()))
    except WatcherError as error:
        print(f'watcher-plan: {error}', file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='watcher-plan', description='Plan offline, on a cluster document.')
    parser.add_argument('--cluster', type=Path, required=True, metavar='DOC',
                        help='cluster document, JSON, may be gzipped')
    parser.add_argument('--strategy', required=True, metavar='NAME')
    parser.add_argument('--param', action='append', default=[], metavar='KEY=VALUE',
                        help='a parameter of the strategy; the value is read as JSON where it is JSON')
    parser.add_argument('--time-limit', type=float, metavar='S',
                        help='seconds after which the best plan so far is taken')
    parser.add_argument('--plan', type=Path, metavar='OUT.json', help='where the plan goes')
    parser.add_argument('--report', type=Path, metavar='REPORT.json', help='where the figures go')
    parser.add_argument('--explain', action='append', default=[], metavar='SERVER_OR_NODE',
                        help='tell why the plan does with it what it does; by uuid or name, may be repeated')
    return parser


def _strategy(name: str) -> Strategy:
    known = plugins.strategies()
    if name not in known:
        raise Invalid(f'there is no strategy {name}; there are {", ".join(sorted(known))}')
    return known[name]


def _parameter(text: str) -> tuple[str, Any]:
    key, separator, value = text.partition('=')
    if not separator:
        raise Invalid(f'--param {text}: it is not of the form KEY=VALUE')
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _plan(snapshot: Snapshot, strategy: Strategy, values: dict[str, Any],
          seconds: float | None) -> tuple[Solution, Plan, dict[str, Any]]:
    progress = _Progress(seconds)
    solution = strategy.decide(snapshot, values, Budget(progress.is_spent, progress.tell))
    decided = progress.cpu_s()
    plan = schedule(snapshot, solution)
    solution = as_planned(strategy, snapshot, values, solution, plan)
    spent = {'cpu_s': progress.cpu_s(), 'schedule_cpu_s': progress.cpu_s() - decided,
             'wall_s': progress.wall_s(), 'progress': progress.told,
             'peak_rss_mb': _peak_rss_mb()}
    return solution, plan, {'strategy': strategy.name, **_figures(snapshot, solution, plan), **spent}


def _evidence(snapshot: Snapshot, strategy: Strategy, values: dict[str, Any], solution: Solution,
              plan: Plan) -> Evidence:
    said = {action.change.server: action.reason for action in plan.actions
            if isinstance(action.change, Migrate)}
    node = ends(snapshot.cluster, (action.change for action in plan.actions))
    return gather(snapshot, strategy, values, node, {**solution.stayed, **said}, solution.refrained)


def _peak_rss_mb() -> float:
    """The most memory this program held; where the system tells it, not that of who started it."""
    status = Path('/proc/self/status')
    lines = status.read_text().splitlines() if status.exists() else []
    own = [int(line.split()[1]) for line in lines if line.startswith('VmHWM:')]
    return (own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


class _Progress:
    """When the decision has to end, and what it told on its way; shown where a terminal looks on."""

    def __init__(self, seconds: float | None):
        self._seconds = seconds
        self._wall, self._cpu = time.monotonic(), time.process_time()
        self.told: list[dict[str, Any]] = []

    def cpu_s(self) -> float:
        return time.process_time() - self._cpu

    def wall_s(self) -> float:
        return time.monotonic() - self._wall

    def is_spent(self) -> bool:
        return self._seconds is not None and self.wall_s() > self._seconds

    def tell(self, message: str, share: float) -> None:
        if not self.told or self.told[-1]['message'] != message:
            self.told.append({'cpu_s': self.cpu_s(), 'message': message})
        if sys.stderr.isatty():
            print(f'\r{share:4.0%} {message:60.60}', end='\n' if share >= 1 else '', file=sys.stderr)


def _figures(snapshot: Snapshot, solution: Solution, plan: Plan) -> dict[str, Any]:
    outcome, cluster = solution.outcome, snapshot.cluster
    replayed, servers = replay(cluster, plan), set(cluster.servers.uuid)
    frozen = [reason for uuid, reason in solution.stayed.items() if uuid in servers]
    return {'objective': outcome and outcome.objective, 'before': outcome and outcome.before,
            'after': outcome and outcome.after, 'bound': outcome and outcome.bound,
            'gap': outcome and outcome.gap,
            'hosts': len(cluster.nodes), 'servers': len(cluster.servers),
            'migrations': sum(action.change.action_type == 'migrate' for action in plan.actions),
            'ram_moved_mb': ram_moved(cluster, replayed.node), 'refused': len(replayed.refused),
            'makespan_s': plan.makespan, 'makespan_bound_s': plan.bound,
            'parking': plan.parkings, 'left_out': len(plan.left_out),
            'refrained': solution.refrained, 'frozen': len(frozen),
            'frozen_reasons': dict(Counter(frozen).most_common())}


def _write(path: Path, document: dict[str, Any]) -> None:
    try:
        path.write_text(_text(document) + '\n')
    except OSError as error:
        raise Invalid(f'{path}: {error.strerror}') from None


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1)


if __name__ == '__main__':
    sys.exit(main())

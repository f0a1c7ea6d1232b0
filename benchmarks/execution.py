# SPDX-License-Identifier: Apache-2.0
"""What it costs to carry plans out: the time to the first migration, and the applier's CPU time and memory.

    python benchmarks/execution.py [--moves 5000] [--nops 1000] [--database mariadb|postgresql] [--json FILE]

API, applier and emulated cloud are processes of their own; CPU time and memory are those of the applier's
process. The rows: small plans, of which the time from the request that starts one to the first migration
that the cloud accepts is told; a plan of actions that do nothing, which tells what each costs whatever it
does; and a plan of as many live migrations as asked for, on a cloud whose time passes quickly.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from rich.console import Console
from rich.table import Table
from storm.programs import Program, children, free_port, serves, wait_for
from storm.site import ACCOUNT, database

from watcher_py.db import schema
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Strategy
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store

STARTS = 7
PER_HOST = 20                   # servers, that all leave
SPEED = 60.0
LONGEST = 1800.0
ENDED = ('SUCCEEDED', 'FAILED', 'CANCELLED')
TICKS = 100.0                   # of /proc/<pid>/stat in a second
KIB = 1024

CONFIGURATION = '''[DEFAULT]
host = applier-1
transport_url = rabbit://guest:guest@127.0.0.1:5672/
control_exchange = {name}
enable_authentication = false
[oslo_messaging_rabbit]
amqp_auto_delete = true
[api]
host = 127.0.0.1
port = {api}
[database]
connection = {database}
''' + ACCOUNT + '''[watcher_decision_engine]
conductor_topic = {name}-engine
[watcher_applier]
conductor_topic = {name}-applier
parallel_migrations = 40
parallel_migrations_per_host = 4
[nova]
migration_interval = 1.0
'''

Row = dict[str, Any]


class Bench:
    """What is measured, and what it is asked with."""

    def __init__(self, store: Store, api: str, cloud: str, applier: Program):
        self.store, self._api, self._cloud, self._applier = store, api, cloud, applier
        goal = Goal(name='bench', display_name='Bench')
        store.add(goal)
        strategy = Strategy(name='bench', display_name='Bench', goal_id=goal.id)
        store.add(strategy)
        audit = Audit(name='bench', audit_type='ONESHOT', state='SUCCEEDED', goal_id=goal.id,
                      strategy_id=strategy.id)
        store.add(audit)
        self._audit, self._strategy = audit.id, strategy.id

    def plan(self, actions: list[tuple[str, dict[str, Any]]]) -> str:
        """The uuid of a plan that is stored and not started."""
        plan = ActionPlan(uuid=str(uuid4()), audit_id=self._audit, strategy_id=self._strategy,
                          state='RECOMMENDED')
        self.store.add(plan, *(Action(action_plan=plan, action_type=kind, input_parameters=parameters,
                                      state='PENDING', parents=[]) for kind, parameters in actions))
        return plan.uuid

    def run(self, plan: str) -> tuple[float, float]:
        """Carried out to its end: when it was started and how long it took, in real seconds."""
        begun = time.time()
        requests.post(f'{self._api}/action_plans/{plan}/start', json={}, timeout=60).raise_for_status()
        deadline = time.monotonic() + LONGEST
        while (row := self.store.get(ActionPlan, plan, depth=0)).state not in ENDED:
            if time.monotonic() > deadline:
                raise SystemExit(f'plan {plan} did not end within {LONGEST:g} s')
            time.sleep(0.05)
        if row.state != 'SUCCEEDED':
            raise SystemExit(f'plan {plan} is {row.state}: {row.status_message}')
        return begun, time.time() - begun

    def departures(self) -> list[float]:
        """When migrations were accepted since this was asked last."""
        entries = requests.get(f'{self._cloud}/sim/journal', timeout=60).json()['entries']
        requests.delete(f'{self._cloud}/sim/journal', timeout=60)
        return [entry['real'] for entry in entries if entry['what'] == 'depart']

    def calls(self) -> int:
        count = sum(requests.get(f'{self._cloud}/sim/calls', timeout=60).json().values())
        requests.delete(f'{self._cloud}/sim/calls', timeout=60)
        return int(count)

    @contextlib.contextmanager
    def measured(self, what: str, actions: int) -> Iterator[Row]:
        """Filled when the block ends."""
        row: Row = {'what': what, 'actions': actions}
        self.calls()
        begun, wall = self._cpu(), time.perf_counter()
        yield row
        cpu = self._cpu() - begun
        row |= {'cpu_s': round(cpu, 2), 'cpu_ms_per_action': round(cpu / actions * 1000, 2),
                'wall_s': round(time.perf_counter() - wall, 1), 'http_calls': self.calls(),
                'peak_rss_mb': self._peak()}

    def _pids(self) -> list[int]:
        return [self._applier.pid, *children(self._applier.pid)]

    def _cpu(self) -> float:
        found = (Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split() for pid in self._pids())
        return sum(int(fields[11]) + int(fields[12]) for fields in found) / TICKS

    def _peak(self) -> int:
        lines = (line for pid in self._pids()
                 for line in Path(f'/proc/{pid}/status').read_text().splitlines())
        return round(max(int(line.split()[1]) for line in lines if line.startswith('VmHWM')) / KIB)


def main() -> None:
    given = _parser().parse_args()
    rows: list[Row] = []
    cluster = document(given.moves)
    with opened(given.database, cluster) as bench:
        rows.append(starts(bench, cluster))
        rows.append(nops(bench, given.nops))
        rows.append(moves(bench, cluster))
    show(rows)
    if given.json:
        given.json.write_text(json.dumps(
            {'moves': given.moves, 'database': given.database, 'rows': rows}, indent=1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--moves', type=int, default=5000)
    parser.add_argument('--nops', type=int, default=1000)
    parser.add_argument('--database', choices=['mariadb', 'postgresql'], default='mariadb')
    parser.add_argument('--json', type=Path)
    return parser


def document(count: int) -> dict[str, Any]:
    """Hosts in pairs, of which the first has servers and the second has room for all of them."""
    pairs = -(-(count + STARTS * 2) // PER_HOST)
    hosts = [{'id': f'{name}-id', 'name': name, 'vcpus': 64, 'ram_mb': 524288, 'disk_gb': 4000}
             for pair in range(pairs) for name in (f'full-{pair}', f'free-{pair}')]
    servers = [{'id': str(uuid4()), 'name': f'vm-{pair}-{number}', 'host': f'full-{pair}-id', 'vcpus': 1,
                'ram_mb': 2048, 'disk_gb': 10, 'flavor': 'small', 'project': f'p{number}'}
               for pair in range(pairs) for number in range(PER_HOST)]
    # One of ten servers is in a group, as far from the others as they are now.
    groups = [{'id': str(uuid4()), 'name': f'group-{number}', 'policy': 'anti-affinity',
               'members': [row['id'] for row in servers[number * PER_HOST:(number + 4) * PER_HOST:PER_HOST]],
               'rules': {'max_server_per_host': 1}} for number in range(0, pairs - 4, 2)]
    return {'format': 'watcher-cluster', 'version': 1, 'hosts': hosts, 'instances': servers,
            'server_groups': [group for group in groups if len(group['members']) > 1]}


def move(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    source = row['host'].removesuffix('-id')
    return 'migrate', {'resource_id': row['id'], 'resource_name': row['name'], 'migration_type': 'live',
                       'source_node': source, 'destination_node': source.replace('full', 'free')}


def starts(bench: Bench, cluster: dict[str, Any]) -> Row:
    """Of the servers at the end of the list, two a plan."""
    seconds = []
    servers = cluster['instances'][-STARTS * 2:]
    with bench.measured(f'{STARTS} small plans', STARTS * 2) as row:
        for number in range(STARTS):
            plan = bench.plan([move(one) for one in servers[number * 2:number * 2 + 2]])
            bench.departures()
            begun, _ = bench.run(plan)
            seconds.append(min(bench.departures()) - begun)
    return row | {'first_migration_s': round(statistics.median(seconds), 3),
                  'first_migration_most_s': round(max(seconds), 3)}


def nops(bench: Bench, count: int) -> Row:
    plan = bench.plan([('nop', {'message': f'{number}'}) for number in range(count)])
    with bench.measured(f'{count:,} actions that do nothing', count) as row:
        bench.run(plan)
    return row


def moves(bench: Bench, cluster: dict[str, Any]) -> Row:
    servers = cluster['instances'][:-STARTS * 2]
    plan = bench.plan([move(one) for one in servers])
    bench.departures()
    with bench.measured(f'{len(servers):,} live migrations', len(servers)) as row:
        begun, _ = bench.run(plan)
    return row | {'first_migration_s': round(min(bench.departures()) - begun, 3)}


@contextlib.contextmanager
def opened(kind: str, cluster: dict[str, Any]) -> Iterator[Bench]:
    """All is up, and taken down again at the end."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='execution-')))
        name = f'bench_{uuid4().hex[:12]}'
        url = stack.enter_context(database(kind, name))
        sessions = connect_url(url)
        stack.callback(engine_of(sessions).dispose)
        schema.create_schema(sessions)
        api, cloud = free_port(), free_port()
        (folder / 'cluster.json').write_text(json.dumps(cluster))
        (folder / 'watcher.conf').write_text(CONFIGURATION.format(
            name=name, api=api, database=url.replace('%', '%%'), cloud=f'http://127.0.0.1:{cloud}'))

        def program(*words: str) -> Program:
            made = Program(words[0], [*words], folder / f'{words[0]}.log')
            stack.callback(made.stop)
            made.start()
            return made

        program('watcher-sim', '--cluster', str(folder / 'cluster.json'), '--speed', str(SPEED), '--port',
                str(cloud))
        wait_for('the cloud', lambda: serves(cloud))
        settings = ['--config-file', str(folder / 'watcher.conf')]
        program('watcher-api', *settings)
        applier = program('watcher-applier', *settings)
        wait_for('the API', lambda: serves(api))
        wait_for('the applier', lambda: 'serves' in applier.told())
        yield Bench(Store(sessions), f'http://127.0.0.1:{api}/v1', f'http://127.0.0.1:{cloud}', applier)


def show(rows: list[Row]) -> None:
    keys = {'actions': 'actions', 'first_migration_s': 'first migration s', 'cpu_s': 'CPU s',
            'cpu_ms_per_action': 'CPU ms an action', 'wall_s': 'wall s', 'http_calls': 'HTTP calls',
            'peak_rss_mb': 'peak MiB'}
    table = Table('', *keys.values())
    for row in rows:
        table.add_row(row['what'], *(str(row.get(key, '')) for key in keys))
    Console().print(table)


if __name__ == '__main__':
    main()

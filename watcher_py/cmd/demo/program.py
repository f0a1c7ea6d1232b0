# SPDX-License-Identifier: Apache-2.0
"""The demo's story: audit, plan, migrations, and what came of it."""

import argparse
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from watcher_py.cmd.cluster_file import load
from watcher_py.cmd.demo.client import Body, Client
from watcher_py.cmd.demo.house import House, open_house
from watcher_py.cmd.demo.pictures import hosts_picture, plan_table
from watcher_py.cmd.demo.report import Report, report_on
from watcher_py.core import document
from watcher_py.core.errors import Invalid, Refused, WatcherError
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.states import ACTION_ENDED, AuditState, PlanState
from watcher_py.sim.generator import generate

BAD_INPUT = 2


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 when no move was refused and every server stands where the plan promised; else 1."""
    options = _parser().parse_args(argv)
    console = Console()
    # Ended either way, it takes down what it has put up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(options, console)
    except WatcherError as error:
        print(f'watcher-demo: {error}', file=sys.stderr)
        return BAD_INPUT if isinstance(error, Invalid) else 1
    except KeyboardInterrupt:
        console.print('Interrupted.')
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='watcher-demo', description='Run all services on an emulated cloud, and an audit on them.')
    parser.add_argument('--once', action='store_true', help='exit when the plan is carried out')
    parser.add_argument('--hosts', type=int, default=40)
    parser.add_argument('--servers', type=int, default=400)
    parser.add_argument('--seed', type=int, default=1, help='another number, another cluster')
    parser.add_argument('--strategy', default='vm_workload_consolidation', metavar='NAME')
    parser.add_argument('--cluster', type=Path, metavar='FILE', help='start from a cluster document')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write the figures there')
    parser.add_argument('--port', type=int, metavar='N',
                        help="the API's port; 0 for any that is free (9322 if it is)")
    return parser


def _run(options: argparse.Namespace, console: Console) -> int:
    begin = time.monotonic()
    snapshot = load(options.cluster) if options.cluster else document.read(
        generate(hosts=options.hosts, servers=options.servers, seed=options.seed))
    with open_house(snapshot, options.port) as house:
        console.print(f'[bold]watcher_py[/bold] serves at {house.url}, an emulated cloud of '
                      f'{len(snapshot.cluster.nodes)} hosts and {len(snapshot.cluster.servers)} servers '
                      f'at {house.cloud.auth_url}')
        report = _main_job(house, options.strategy, console, begin)
        if options.json:
            report.write(options.json)
        if not options.once:
            _serve(house, console)
    return 0 if report.is_good else 1


def _main_job(house: House, strategy: str, console: Console, begin: float) -> Report:
    client = Client(house.url)
    before = document.read(client.cluster())
    plan = planned(client, before, strategy, console)
    _show_plan(plan, console)
    refusals = len(house.cloud.world.refusals)
    if plan['state'] == PlanState.RECOMMENDED:
        client.start(plan['uuid'])
        plan = _followed(client, plan, console)
    after = document.read(client.cluster())
    console.print(hosts_picture(before, after, console.width))
    report = report_on(before, after, plan, len(house.cloud.world.refusals) - refusals, begin)
    show_result(report, plan, console)
    return report


def planned(client: Client, cloud: Snapshot, strategy: str, console: Console) -> Body:
    """The plan of an audit with the strategy."""
    known = {row['name']: row for row in client.strategies()}
    if strategy not in known:
        raise Invalid(f'there is no strategy {strategy}; there are {", ".join(sorted(known))}')
    with console.status(f'Auditing with {strategy} ...'):
        template = client.create_template('demo', known[strategy]['goal_name'], strategy)
        audit = client.wait_for_audit(client.create_audit(template, _parameters(strategy, cloud)))
    if audit['state'] != AuditState.SUCCEEDED:
        raise Refused(f'the audit ended {audit["state"]}: {audit["status_message"]}')
    return client.plan_of(audit['uuid'])


def _parameters(strategy: str, cloud: Snapshot) -> dict[str, Any]:
    """What the strategy can't do without."""
    if strategy != 'host_maintenance':
        return {}
    active = cloud.cluster.active() & cloud.cluster.nodes.up & cloud.cluster.nodes.enabled
    if not active.any():
        raise Invalid('the cluster has no host that could be maintained')
    return {'maintenance_node': cloud.cluster.nodes.name[int(active.argmax())]}


def _show_plan(plan: Body, console: Console) -> None:
    console.print(f'\n[bold]Plan {plan["uuid"]}[/bold]: {plan["migrations"]} migrations, '
                  f'{plan["ram_moved_mb"] / 1024:.0f} GiB of memory to move')
    if plan['objective']:
        console.print(f'{plan["objective"]}: {plan["before"]:g} before, [bold]{plan["after"]:g} after[/bold]'
                      f'; no plan can end below {plan["bound"]:g} (proven)')
    console.print(plan_table(plan))


def _followed(client: Client, plan: Body, console: Console) -> Body:
    columns = (SpinnerColumn(), TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task('Carrying out', total=len(plan['actions']))
        for plan in client.follow(plan['uuid']):  # noqa: B020 - the newest look at the same plan
            states = [action['state'] for action in plan['actions']]
            progress.update(task, completed=sum(state in ACTION_ENDED for state in states),
                            description=f'{states.count("ONGOING")} running, {states.count("FAILED")} failed')
    return plan


def show_result(report: Report, plan: Body, console: Console) -> None:
    """How the plan ended, in one sentence."""
    verdict = '[green]as promised[/green]' if report.is_as_promised else '[red]not as promised[/red]'
    console.print(f'\nPlan {plan["state"]}: {report.migrations} servers migrated in {report.seconds} s, '
                  f'{report.refused} moves refused; hosts with servers: {report.active_before} before, '
                  f'[bold]{report.active_after} after[/bold], {verdict}')


def _serve(house: House, console: Console) -> None:
    console.print(f'\nThe services go on. Look:  {house.url}/dashboard\n'
                  f'or:  curl {house.url}/v1/action_plans\n'
                  f'or:  openstack --os-auth-type none --os-endpoint {house.url} optimize actionplan list\n'
                  'Ctrl-C ends them.')
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print('Stopping.')


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Services are killed at random moments while plans run; the emulated cloud's journal judges what came of it.

    python benchmarks/kill_storm.py [--kills 200] [--database mariadb|postgresql] [--seed 1] [--json FILE]
    python benchmarks/kill_storm.py --outage rabbit,database,nova,token,network [--seconds 60] [--json FILE]
    python benchmarks/kill_storm.py --outage rabbit-restart,rabbit-kill,database-restart,database-kill ...

Two engines and two appliers are processes of their own, with an API, on MariaDB (or PostgreSQL), RabbitMQ
and an emulated cloud of 60 hosts and 600 servers. What they work at is made anew all the time. They are
killed with SIGKILL, and started again a moment later. An outage cuts the line to RabbitMQ or to the
database, lets Nova answer errors or nothing, makes all tokens invalid, or cuts the network to the cloud;
restarts are those of a RabbitMQ and a database of the storm's own, stopped or killed with SIGKILL.

`doubled` are migrations asked for twice and plans made twice, `lost` are rows that don't end, or not as the
cloud shows, `illegal` are moments at which the cloud was not as it may be, `resume_s` is the time until what
a killed service held has another owner. The exit status is 1 unless nothing is wrong and all is resumed in
30 s.
"""

import argparse
import json
import logging
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table
from storm.handover import Handover
from storm.outages import OF_LINES, OUTAGES, RESTARTS
from storm.programs import Blow, Program
from storm.site import Site, open_site
from storm.verdict import Verdict, judge
from storm.work import Work

RESUMED_WITHIN = 30.0
RECOVERY = 5.0                  # seconds between two outages
PAUSE = (2.0, 7.0)              # seconds between two kills
AT_WORK = 0.6                   # of the kills look for a service that works
AWAY = (0.5, 4.0)               # seconds until a killed service is started again
LET_RUN = 5.0                   # seconds until what still runs at the end is cancelled
QUIET_WITHIN = 60.0             # seconds until it has ended then

Report = dict[str, Any]
CONSOLE = Console()


def main() -> int:
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    logging.getLogger('oslo_db').setLevel(logging.CRITICAL)     # that the database is away is known
    dice = Random(given.seed)  # noqa: S311 - dice
    with tempfile.TemporaryDirectory(prefix='storm-') as made:
        folder = given.logs or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        restarts = not RESTARTS.keys().isdisjoint(given.outage)
        with open_site(folder, given.database, given.seed, with_servers=restarts) as site:
            work, handover = Work(site, Random(given.seed)), Handover(site)  # noqa: S311 - dice
            work.start()
            handover.start()
            begun = time.monotonic()
            _have_plans(work)
            for outage in given.outage:
                _break(site, outage, given.seconds, work)
            kills = [] if given.outage else _storm(site, handover, given.kills, dice)
            work.stop()
            _calm_down(work, handover)
            handover.stop()
            verdict = judge(site)
            verdict.doubled += [f'{number} clients of a plan were told that they started it'
                                for number in work.accepted if number > 1]
            report = _report(given, verdict, handover, kills, time.monotonic() - begun)
            report |= {'unanswered': work.unanswered, 'starts': len(work.accepted), 'refused': work.refused}
    _show(report)
    if given.json:
        given.json.write_text(json.dumps(report, indent=1))
    return 0 if report['is_good'] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kills', type=int, default=200)
    parser.add_argument('--database', choices=['mariadb', 'postgresql'], default='mariadb')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--outage', type=_outages, default=[], metavar='NAME,...',
                        help=f'instead of kills; of {", ".join(OUTAGES)}')
    parser.add_argument('--seconds', type=float, default=60.0, help='that an outage lasts')
    parser.add_argument('--logs', type=Path, metavar='FOLDER', help='keep the logs of all services there')
    parser.add_argument('--json', type=Path)
    return parser


def _outages(text: str) -> list[str]:
    names = text.split(',')
    if unknown := set(names) - OUTAGES.keys():
        raise argparse.ArgumentTypeError(f'there is no outage {", ".join(sorted(unknown))}')
    if not OF_LINES.keys().isdisjoint(names) and not RESTARTS.keys().isdisjoint(names):
        raise argparse.ArgumentTypeError(f'there is no line to the servers of their own that '
                                         f'{", ".join(RESTARTS)} have')
    return names


def _have_plans(work: Work) -> None:
    """What is killed before it works proves nothing."""
    deadline = time.monotonic() + 60
    while not any(plan.state == 'ONGOING' for plan in work.active()[1]):
        if time.monotonic() > deadline:
            raise SystemExit('no plan came to run within 60 s')
        time.sleep(0.2)


def _storm(site: Site, handover: Handover, number: int, dice: Random) -> list[str]:
    """The names of those that were killed."""
    killed: list[str] = []
    restarts: list[threading.Timer] = []
    while len(killed) < number:
        time.sleep(dice.uniform(*PAUSE))
        alive = [service for service in site.services if service.is_alive]
        if not alive:
            continue
        victim, owners = _victim(handover, alive, dice)
        blow = dice.choices(list(Blow), [7, 2, 1])[0]
        victim.kill(blow)
        held = handover.killed(owners)
        killed.append(victim.name)
        CONSOLE.print(f'{len(killed):4} of {number}: {victim.name} ({blow}) held {held}; '
                      f'{len(handover.waiting())} without an owner')
        if blow is not Blow.CHILD:
            restarts.append(_start_later(victim, dice.uniform(*AWAY)))
    for restart in restarts:
        restart.join()
    return killed


def _victim(handover: Handover, alive: list[Program], dice: Random) -> tuple[Program, set[str]]:
    """Anybody, or whoever is found at work first; and what owners its processes are."""
    wanted = dice.sample(alive, len(alive))
    deadline = time.monotonic() + (3.0 if dice.random() < AT_WORK else 0.0)
    while time.monotonic() < deadline:
        for service in wanted:
            if owners := handover.owners(service.name):
                return service, owners
        time.sleep(0.01)
    return wanted[0], handover.owners(wanted[0].name)


def _start_later(program: Program, seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, program.start)
    timer.start()
    return timer


def _break(site: Site, outage: str, seconds: float, work: Work) -> None:
    CONSOLE.print(f'outage: {outage}')
    with OUTAGES[outage](site):
        time.sleep(seconds if outage != 'token' else 1.0)
    CONSOLE.print(f'{outage}: over')
    time.sleep(RECOVERY)
    _have_plans(work)


def _calm_down(work: Work, handover: Handover) -> None:
    """What was held is taken over, and what still runs then is cancelled; the judge finds the rest."""
    _wait(lambda: not handover.waiting(), RESUMED_WITHIN)
    _wait(lambda: not any(work.active()), LET_RUN)
    work.give_up()
    if not _wait(lambda: not any(work.active()), QUIET_WITHIN):
        CONSOLE.print(f'not quiet {QUIET_WITHIN:g} s after all was cancelled')


def _wait(is_so: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.5)
    return is_so()


def _report(given: argparse.Namespace, verdict: Verdict, handover: Handover, kills: list[str],
            seconds: float) -> Report:
    resumed = [orphan.seconds for orphan in handover.orphans if orphan.seconds is not None]
    waiting = handover.waiting()
    lost = verdict.lost + [f'{orphan.model.__name__} {orphan.uuid} was never resumed' for orphan in waiting]
    longest = max(resumed, default=0.0)
    return {
        'database': given.database, 'seed': given.seed, 'outage': given.outage, 'kills': len(kills),
        'lost': len(lost), 'doubled': len(verdict.doubled), 'illegal': len(verdict.illegal),
        'resume_s': round(longest, 1), 'resume_median_s': round(statistics.median(resumed or [0.0]), 1),
        'resumed': len(resumed), 'seconds': round(seconds), **verdict.counts,
        'wrong': {'lost': lost, 'doubled': verdict.doubled, 'illegal': verdict.illegal},
        'is_good': not (lost or verdict.doubled or verdict.illegal) and longest <= RESUMED_WITHIN}


def _show(report: Report) -> None:
    table = Table('kills', 'lost', 'doubled', 'illegal', 'resumed', 'median s', 'longest s', 'migrations',
                  title=f'{report["database"]}, {", ".join(report["outage"]) or "kills"}, '
                        f'{report["seconds"]} s')
    table.add_row(*(str(report[key]) for key in (
        'kills', 'lost', 'doubled', 'illegal', 'resumed', 'resume_median_s', 'resume_s', 'migrations')))
    CONSOLE.print(table)
    for noun in ('audits', 'plans', 'actions'):
        CONSOLE.print(f'{noun}: {report[noun]}', highlight=False)
    for sentence, times in report['refused'].items():
        CONSOLE.print(f'  refused {times} x: {sentence}', highlight=False, markup=False)
    for message, times in report['failures'].items():
        CONSOLE.print(f'  failed {times} x: {message}', highlight=False, markup=False)
    for kind, sentences in report['wrong'].items():
        for sentence in sentences:
            CONSOLE.print(f'{kind}: {sentence}', highlight=False, markup=False)


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""watcher-db-manage purge: shows what would be deleted for good, asks, and deletes it."""

from argparse import ArgumentParser
from dataclasses import replace
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from watcher_py.core.errors import Invalid
from watcher_py.db.purge import Counts, Wish, count, purge
from watcher_py.db.session import Sessions

MOST_DAYS = 36500


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument('-d', '--age-in-days', type=int, metavar='DAYS',
                        help='only what was deleted so many days ago or earlier')
    parser.add_argument('-n', '--max-number', type=int, metavar='ROWS', help='so many rows at most')
    parser.add_argument('-t', '--goal', help='only what belongs to this deleted goal, a uuid or a name')
    parser.add_argument('-e', '--exclude-orphans', action='store_true',
                        help='leave what is not deleted itself, though its parent is')
    parser.add_argument('--dry-run', action='store_true', help='only show how many rows would go')
    parser.add_argument('-y', '--yes', action='store_true', help='do not ask')


def run(sessions: Sessions, asked: Any) -> None:
    """Print how many rows of each kind would go; delete them once that is agreed to."""
    wish = _wish(asked)
    all_there_is = count(sessions, replace(wish, most=None))
    _show(all_there_is)
    total = sum(all_there_is.values())
    if asked.dry_run or not total:
        return
    if asked.yes or _agrees(_question(total, wish.most)):
        gone = purge(sessions, wish)
        print(f'{sum(gone.values())} rows are deleted.')
    else:
        print('Nothing is deleted.')


def _wish(asked: Any) -> Wish:
    days = asked.age_in_days
    age = None if days is None else timedelta(days=min(days, MOST_DAYS))
    return Wish(age, asked.max_number, asked.goal, not asked.exclude_orphans)


def _show(counts: Counts) -> None:
    table = Table('Rows of', 'Count')
    for kind, number in counts.items():
        table.add_row(f'{kind.noun()}s'.replace('ys', 'ies'), str(number))
    Console().print(table)


def _question(total: int, most: int | None) -> str:
    if most is None or total <= most:
        return f'Delete these {total} rows for good?'
    return f'These are more than {most} rows. Delete {most} of them for good, goal by goal?'


def _agrees(question: str) -> bool:
    try:
        return input(f'{question} [y/N] ').strip().lower() in ('y', 'yes')
    except EOFError:
        raise Invalid('there is nobody to answer: --yes agrees beforehand') from None

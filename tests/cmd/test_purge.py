# SPDX-License-Identifier: Apache-2.0
"""watcher-db-manage purge shows what would go, asks, and does as it is told."""

import io
import re

import pytest

from watcher_py.cmd.db_manage import run
from watcher_py.db.models import Goal
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store


@pytest.fixture
def goals(tmp_path):
    """A store with three deleted goals and a living one."""
    url = f'sqlite:///{tmp_path}/watcher.sqlite'
    (tmp_path / 'watcher.conf').write_text(f'[database]\nconnection = {url}\n')
    run(['--config-file', f'{tmp_path}/watcher.conf', 'upgrade'])
    sessions = connect_url(url)
    store = Store(sessions)
    store.add(*(Goal(name=name, display_name=name) for name in ('one', 'two', 'three', 'living')))
    for name in ('one', 'two', 'three'):
        store.remove(store.get(Goal, name))
    yield store
    engine_of(sessions).dispose()


@pytest.fixture
def purge(goals, tmp_path, capsys, monkeypatch):
    """Runs the program, answers as given: (exit status, what it printed, what it complained of)."""
    def purge(*arguments: str, answer: str = '') -> tuple[int, str, str]:
        monkeypatch.setattr('sys.stdin', io.StringIO(answer))
        status = run(['--config-file', f'{tmp_path}/watcher.conf', 'purge', *arguments])
        return (status, *capsys.readouterr())

    return purge


def names(goals):
    return [goal.name for goal in goals.find(Goal, with_deleted=True)]


@pytest.mark.parametrize('answer', ['y\n', 'YES\n'])
def test_it_asks_and_deletes(purge, goals, answer):
    status, printed, _ = purge(answer=answer)
    assert status == 0
    assert re.search(r'goals\W+3\b', printed)
    assert 'Delete these 3 rows for good?' in printed
    assert '3 rows are deleted' in printed
    assert names(goals) == ['living']


@pytest.mark.parametrize('answer', ['n\n', '\n', 'what?\n'])
def test_any_other_answer_is_no(purge, goals, answer):
    status, printed, _ = purge(answer=answer)
    assert (status, 'Nothing is deleted' in printed) == (0, True)
    assert len(names(goals)) == 4


def test_nobody_to_answer_is_an_error_that_tells_the_way_out(purge, goals):
    status, _, complaint = purge()
    assert status == 1
    assert '--yes' in complaint
    assert len(names(goals)) == 4


@pytest.mark.parametrize('yes', ['--yes', '-y'])
def test_yes_needs_no_answer(purge, goals, yes):
    assert purge(yes)[0] == 0
    assert names(goals) == ['living']


def test_a_dry_run_only_shows(purge, goals):
    status, printed, _ = purge('--dry-run', '--yes')
    assert (status, '?' in printed) == (0, False)
    assert re.search(r'goals\W+3\b', printed)
    assert len(names(goals)) == 4


def test_over_the_maximum_it_asks_about_a_part(purge, goals):
    status, printed, _ = purge('-n', '2', answer='y\n')
    assert status == 0
    assert 'more than 2 rows' in printed
    assert '2 rows are deleted' in printed
    assert names(goals) == ['three', 'living']


def test_the_words_limit_what_goes(purge, goals):
    assert purge('-y', '-t', 'two')[0] == 0
    assert names(goals) == ['one', 'three', 'living']
    assert purge('-y', '--age-in-days', '1')[0] == 0
    assert names(goals) == ['one', 'three', 'living']
    assert purge('-y', '-d', '0', '-e', '--max-number', '5')[0] == 0
    assert names(goals) == ['living']


def test_where_there_is_nothing_it_does_not_ask(purge, goals):
    purge('-y')
    status, printed, complaint = purge()
    assert (status, complaint) == (0, '')
    assert '?' not in printed


@pytest.mark.parametrize('arguments', [('-n', '-1'), ('-d', '-1'), ('-t', 'living'), ('-t', 'nothing')])
def test_what_makes_no_sense_is_one_sentence(purge, arguments):
    status, _, complaint = purge(*arguments)
    assert status == 1
    assert len(complaint.splitlines()) == 1

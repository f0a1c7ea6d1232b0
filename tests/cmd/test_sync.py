# SPDX-License-Identifier: Apache-2.0
"""watcher-sync makes the catalogue that of the installed plug-ins."""

import subprocess
import sys

import pytest

from watcher_py import plugins
from watcher_py.db.models import Goal, ScoringEngine, Strategy


@pytest.fixture
def sync(tmp_path):
    """Runs the program on the database of `store`."""
    file = tmp_path / 'watcher.conf'
    file.write_text(f'[database]\nconnection = sqlite:///{tmp_path}/watcher.sqlite\n')
    program = 'import sys; from watcher_py.cmd.sync import main; sys.exit(main())'
    command = [sys.executable, '-c', program, '--config-file', str(file)]
    return lambda: subprocess.run(command, capture_output=True, text=True, check=False)


def test_plug_ins_become_rows(store, sync):
    store.add(Goal(name='vanished', display_name='Vanished'))
    assert sync().returncode == 0
    assert [row.name for row in store.find(Strategy)] == list(plugins.strategies())
    assert {'dummy_scorer', 'dummy_min_scorer', 'dummy_max_scorer', 'dummy_avg_scorer'} <= {
        row.name for row in store.find(ScoringEngine)}
    assert 'vanished' not in {row.name for row in store.find(Goal)}


def test_twice_is_as_once(store, sync):
    sync()
    before = [(row.uuid, row.updated_at) for row in store.find(ScoringEngine)]
    assert sync().returncode == 0
    assert [(row.uuid, row.updated_at) for row in store.find(ScoringEngine)] == before


def test_a_database_without_tables_is_told(sync):
    done = sync()
    assert done.returncode == 1
    assert 'no such table' in done.stderr
    assert 'Traceback' not in done.stderr

# SPDX-License-Identifier: Apache-2.0
"""watcher-db-manage does as its words say, and tells its errors in one sentence."""

import shutil

import pytest

from watcher_py.cmd.db_manage import run
from watcher_py.db import schema

HEAD = '0005'


@pytest.fixture
def manage(tmp_path, capsys):
    """Runs the program on a database of its own: (exit status, what it printed, what it complained of)."""
    configuration = tmp_path / 'watcher.conf'
    configuration.write_text(f'[database]\nconnection = sqlite:///{tmp_path}/watcher.sqlite\n')

    def manage(*arguments: str) -> tuple[int, str, str]:
        status = run(['--config-file', str(configuration), *arguments])
        return (status, *(text.strip() for text in capsys.readouterr()))

    return manage


def test_an_empty_database_is_at_no_version(manage):
    assert manage('version') == (0, 'None', '')


def test_no_command_is_upgrade(manage):
    assert manage() == (0, '', '')
    assert manage('version') == (0, HEAD, '')
    assert manage('upgrade') == (0, '', '')


def test_there_and_back(manage):
    assert manage('upgrade', '--revision', '0001') == (0, '', '')
    assert manage('downgrade') == (0, '', '')
    assert manage('version') == (0, 'None', '')
    assert manage('stamp', '0001') == (0, '', '')
    assert manage('version') == (0, '0001', '')


def test_a_schema_is_made_once(manage):
    assert manage('create_schema') == (0, '', '')
    assert manage('version') == (0, HEAD, '')
    status, printed, complaint = manage('create_schema')
    assert (status, printed) == (1, '')
    assert complaint == f'the database is at revision {HEAD} already: use upgrade'


def test_an_unknown_revision_is_one_sentence(manage):
    status, _, complaint = manage('upgrade', '--revision', 'f56ba02662b4')
    assert status == 1
    assert 'f56ba02662b4' in complaint
    assert '\n' not in complaint


@pytest.mark.parametrize('configuration', [
    '[database]\nconnection = sqlite:////nowhere/watcher.sqlite\n', '[database]\nconnection = nonsense\n',
    '[database]\nmax_retries = many\n', 'no configuration at all'])
def test_what_cannot_be_used_is_told(tmp_path, capsys, configuration):
    file = tmp_path / 'watcher.conf'
    file.write_text(configuration)
    assert run(['--config-file', str(file), 'version']) == 1
    assert capsys.readouterr().err.strip()


def test_a_configuration_that_is_not_there_is_told(tmp_path, capsys):
    assert run(['--config-file', f'{tmp_path}/none.conf', 'upgrade']) == 1
    assert 'none.conf' in capsys.readouterr().err


@pytest.fixture
def revisions(tmp_path, monkeypatch):
    """The folder of revisions, as a copy to write to."""
    copy = shutil.copytree(schema.MIGRATIONS, tmp_path / 'migrations')
    monkeypatch.setattr(schema, 'MIGRATIONS', copy)
    return copy / 'versions'


def test_a_revision_is_written_as_a_file(manage, revisions):
    newest = schema.head()
    manage('upgrade')
    assert manage('revision', '-m', 'Nothing yet')[0] == 0
    [written] = revisions.glob('*nothing_yet.py')
    assert f"down_revision = '{newest}'" in written.read_text()


def test_a_revision_can_be_written_from_what_the_tables_lack(manage, revisions):
    newest = schema.head()
    assert manage('create_schema')[0] == 0
    assert manage('revision', '--autogenerate', '--message', 'Nothing new')[0] == 0
    [written] = revisions.glob('*nothing_new.py')
    assert 'create_table' not in written.read_text()
    assert manage('upgrade')[0] == 0
    assert manage('version')[1] not in ('None', newest)

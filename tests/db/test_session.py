# SPDX-License-Identifier: Apache-2.0
"""Connections hold up between threads, and tell plainly when they fail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from oslo_config import cfg

from watcher_py import conf as options
from watcher_py.core.errors import Invalid, Unavailable
from watcher_py.db import schema
from watcher_py.db.models import Goal
from watcher_py.db.session import connect, connect_url, engine_of
from watcher_py.db.store import Store


def scalar(sessions, question: str) -> object:
    with sessions() as session:
        return session.connection().exec_driver_sql(question).scalar()


def test_sqlite_is_set_up_for_many_threads(tmp_path):
    sessions = connect_url(f'sqlite:///{tmp_path}/watcher.sqlite')
    assert scalar(sessions, 'PRAGMA journal_mode') == 'wal'
    assert scalar(sessions, 'PRAGMA foreign_keys') == 1
    assert scalar(sessions, 'PRAGMA busy_timeout') > 0


@pytest.mark.parametrize('url', ['sqlite://', 'sqlite:///:memory:', 'sqlite:///{}/watcher.sqlite'])
def test_threads_share_an_embedded_database(tmp_path, url):
    sessions = connect_url(url.format(tmp_path))
    schema.create_schema(sessions)
    store = Store(sessions)

    def work(number: int) -> str:
        store.add(Goal(name=f'goal {number}', display_name='x'))
        return store.change(store.get(Goal, f'goal {number}'), display_name='y').display_name

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(work, range(40))) == {'y'}
    assert store.count(Goal, display_name='y') == 40


def test_two_databases_in_memory_are_two():
    first, second = connect_url('sqlite://'), connect_url('sqlite://')
    schema.create_schema(first)
    assert schema.version(second) is None


def test_the_connection_comes_from_the_configuration(tmp_path):
    conf = cfg.ConfigOpts()
    options.register(conf)
    conf([], default_config_files=[])
    conf.set_override('state_path', str(tmp_path))
    sessions = connect(conf)
    assert engine_of(sessions).url.database == f'{tmp_path}/watcher.sqlite'
    assert (tmp_path / 'watcher.sqlite').exists()


@pytest.mark.parametrize('url', ['mysql:/watcher:s3cret@db/watcher', 'oracle9://x:s3cret@y/z', ''])
def test_a_url_that_is_none_is_invalid(url):
    with pytest.raises(Invalid, match='connection') as caught:
        connect_url(url)
    assert 's3cret' not in str(caught.value)


@pytest.mark.parametrize('url', [
    'sqlite:////nowhere/at/all.sqlite', 'mysql+pymysql://watcher:s3cret@127.0.0.1:1/watcher',
    'postgresql+psycopg://watcher:s3cret@127.0.0.1:1/watcher'])
def test_a_database_that_does_not_answer_is_unavailable_and_its_password_stays_hidden(url):
    with pytest.raises(Unavailable, match='does not answer') as caught:
        connect_url(url, max_retries=1, retry_interval=0)
    assert 's3cret' not in str(caught.value)
    assert '\n' not in str(caught.value)

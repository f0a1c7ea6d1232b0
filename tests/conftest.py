# SPDX-License-Identifier: Apache-2.0
"""Servers, databases and stores that every room's tests may ask for."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from watcher_py.db import schema
from watcher_py.db.models import Model
from watcher_py.db.session import connect_url, engine_of
from watcher_py.db.store import Store

# A busy machine must not fail a test; in CI the examples are the same ones each time.
settings.register_profile('unhurried', deadline=None, derandomize=bool(os.environ.get('CI')), max_examples=40)
settings.register_profile('thorough', settings.get_profile('unhurried'), max_examples=1000)
settings.load_profile('unhurried')

RABBIT = 'rabbit://guest:guest@127.0.0.1:5672/'

# Where the servers are, for a user who may create databases there.
SERVERS = {
    'mariadb': (os.environ.get('TEST_MARIADB_URL', 'mysql+pymysql://root:@127.0.0.1:3306/'),
                'CREATE DATABASE {}', 'DROP DATABASE {}'),
    'postgresql': (os.environ.get('TEST_POSTGRESQL_URL', 'postgresql+psycopg://postgres@127.0.0.1:5432/postgres'),
                   'CREATE DATABASE {} TEMPLATE template0', 'DROP DATABASE {} WITH (FORCE)'),
}

KINDS = ('sqlite', *SERVERS)
# What has a table number its next row with 1.
RESTART = {'mysql': 'ALTER TABLE {} AUTO_INCREMENT = 1', 'postgresql': 'ALTER SEQUENCE {}_id_seq RESTART'}


def missing(server: str, error: Exception) -> None:
    """A server that a test needs isn't there: a failure in CI, else a reason to skip."""
    if os.environ.get('CI'):
        pytest.fail(f'{server} is not there: {error}')
    pytest.skip(f'{server} is not there')


def need_rabbit() -> None:
    """Ask whether RabbitMQ answers."""
    try:
        socket.create_connection(('127.0.0.1', 5672), timeout=5).close()
    except OSError as error:
        missing('rabbitmq', error)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    yield from store_at(f'sqlite:///{tmp_path}/watcher.sqlite')


@pytest.fixture(params=KINDS)
def any_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, on each kind of server in turn."""
    if request.param == 'sqlite':
        yield f'sqlite:///{tmp_path}/any.sqlite'
    else:
        yield from a_database_on(request.param)


@pytest.fixture(params=KINDS)
def any_tables_url(request: pytest.FixtureRequest, tmp_path: Path, kept_url: Callable[[str], str]) -> str:
    """The URL of a database with all tables and no rows, on each kind of server in turn."""
    if request.param == 'sqlite':
        url = f'sqlite:///{tmp_path}/any.sqlite'
        schema.create_schema(url)
    else:
        url = kept_url(request.param)
        _empty(url)
    return url


@pytest.fixture
def any_store(any_tables_url: str) -> Iterator[Store]:
    """An empty store, on each kind of server in turn."""
    yield from _opened(any_tables_url)


@pytest.fixture(scope='session')
def kept_url() -> Iterator[Callable[[str], str]]:
    """The URL of a database with all tables on a server, the same for all who ask: it takes long to make."""
    with ExitStack() as at_the_end:
        @cache
        def url_on(server: str) -> str:
            url = at_the_end.enter_context(contextmanager(a_database_on)(server))
            schema.create_schema(url)
            return url

        yield url_on


def _empty(url: str) -> None:
    """Delete all rows; new ones are numbered from 1 on."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(table.delete())
            connection.exec_driver_sql(RESTART[engine.dialect.name].format(table.name))
    engine.dispose()


def store_at(url: str) -> Iterator[Store]:
    schema.create_schema(url)
    yield from _opened(url)


def _opened(url: str) -> Iterator[Store]:
    sessions = connect_url(url)
    yield Store(sessions)
    engine_of(sessions).dispose()


def a_database_on(server: str) -> Iterator[str]:
    url, create, drop = SERVERS[server]
    name = f'watcher_test_{uuid4().hex}'
    admin = create_engine(url, isolation_level='AUTOCOMMIT')
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql(create.format(name))
    except OperationalError as error:
        missing(server, error)
    yield make_url(url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(drop.format(name))
    admin.dispose()

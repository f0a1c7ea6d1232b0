# SPDX-License-Identifier: Apache-2.0
"""The way to a database: SQLite embedded, MariaDB or MySQL and PostgreSQL in production."""

import sqlite3
from contextlib import suppress
from typing import Any

from oslo_config import cfg
from oslo_db import exception as db_error
from oslo_db.sqlalchemy import engines, exc_filters
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from watcher_py.core.errors import Invalid, Unavailable

Sessions = sessionmaker[Session]

# How long one writer waits for another before SQLite says that the database is locked.
BUSY_MS = 30_000
# oslo.db's options that its engine takes under the same name.
ENGINE_OPTIONS = ('mysql_sql_mode', 'mysql_wsrep_sync_wait', 'connection_recycle_time', 'connection_debug',
                  'max_pool_size', 'max_overflow', 'pool_timeout', 'connection_trace', 'max_retries',
                  'retry_interval', 'connection_parameters')

# The greenlets to which oslo.db would give way after each transaction are none of ours.
ENGINE_HABITS: dict[str, Any] = {'retry_interval': 1, 'thread_checkin': False}


def connect(conf: cfg.ConfigOpts) -> Sessions:
    """Sessions on the database that `[database] connection` names."""
    options = {name: conf.database[name] for name in ENGINE_OPTIONS}
    return connect_url(conf.database.connection, **options)


def connect_url(url: str, **options: Any) -> Sessions:
    """Sessions on the database at this URL; the options are oslo.db's for its engine."""
    return sessionmaker(open_engine(url, **options), expire_on_commit=False)


def engine_of(sessions: Sessions) -> Engine:
    engine = sessions.kw['bind']
    assert isinstance(engine, Engine)  # noqa: S101 - for the type checker
    return engine


def open_engine(url: str, **options: Any) -> Engine:
    """An engine whose database answered, or Unavailable."""
    try:
        where = make_url(url)
    except ArgumentError:
        # The cause is left out: SQLAlchemy may cite the URL, its password included.
        raise Invalid('[database] connection is not the URL of a database') from None
    try:
        if where.get_backend_name() == 'sqlite':
            return _sqlite_engine(where)
        return engines.create_engine(_with_charset(where), **{**ENGINE_HABITS, **options})  # type: ignore[no-any-return]
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise Invalid(f'[database] connection asks for a driver that is not there: {error}') from error
    except (db_error.DBError, OperationalError) as error:
        shown = where.render_as_string(hide_password=True)
        raise Unavailable(f'the database {shown} does not answer: {first_line(error)}') from error


def _with_charset(url: URL) -> URL:
    """MySQL's utf8 holds no character of four bytes, and oslo.db would ask for it."""
    is_mysql = url.get_backend_name() in ('mysql', 'mariadb')
    return url.update_query_dict({'charset': 'utf8mb4'}) if is_mysql and 'charset' not in url.query else url


def _sqlite_engine(url: URL) -> Engine:
    """SQLite with a pool, which oslo.db refuses to it.

    Without one a file is opened anew for each transaction; in memory, threads queue for the one connection.
    """
    in_memory = url.database in (None, '', ':memory:')
    size = {'pool_size': 1, 'max_overflow': 0} if in_memory else {'pool_size': 5, 'max_overflow': 50}
    engine = create_engine(url, poolclass=QueuePool, connect_args={'check_same_thread': False}, **size)
    event.listen(engine, 'connect', _prepare_sqlite)
    event.listen(engine, 'begin', _begin)
    exc_filters.register_engine(engine)
    with engine.connect():
        return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    # The driver's own transactions would leave reads and DDL outside; _begin opens them instead.
    connection.isolation_level = None
    connection.execute(f'PRAGMA busy_timeout = {BUSY_MS}')
    # The mode is the file's: where it is locked, another process is switching a new file at this moment.
    with suppress(sqlite3.OperationalError):
        connection.execute('PRAGMA journal_mode = WAL')
    connection.execute('PRAGMA synchronous = NORMAL')
    connection.execute('PRAGMA foreign_keys = ON')


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql('BEGIN')


def first_line(error: Exception) -> str:
    """The sentence of a database's complaint, without the statement and its values."""
    return str(error).splitlines()[0]

# SPDX-License-Identifier: Apache-2.0
"""The tables of a database: made, moved to another revision, asked for theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from watcher_py.core.errors import Conflict, Invalid
from watcher_py.db.models import Model
from watcher_py.db.session import Sessions, engine_of, open_engine

MIGRATIONS = Path(__file__).parent / 'migrations'
Database = Engine | Sessions | str      # a string is a URL


def upgrade(database: Database, revision: str = 'head') -> None:
    """Move the tables forward, keeping what they hold; from an empty database too."""
    with _alembic(database) as config:
        command.upgrade(config, revision)


def downgrade(database: Database, revision: str = 'base') -> None:
    """Move the tables back; what only newer tables hold is lost."""
    with _alembic(database) as config:
        command.downgrade(config, revision)


def stamp(database: Database, revision: str) -> None:
    """Say which revision the tables are of, and change nothing else."""
    with _alembic(database) as config:
        command.stamp(config, revision)


def version(database: Database) -> str | None:
    """The revision that the tables are of; None for a database that has none of ours."""
    with _connection(database) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision that there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def create_schema(database: Database) -> None:
    """Make all tables at once in an empty database; Conflict where there is a revision already."""
    if found := version(database):
        raise Conflict(f'the database is at revision {found} already: use upgrade')
    with _alembic(database) as config:
        Model.metadata.create_all(config.attributes['connection'])
        command.stamp(config, 'head')


def write_revision(database: Database, message: str, autogenerate: bool) -> None:
    """Write a file for a new revision; with autogenerate, of what the models have and the tables lack."""
    with _alembic(database) as config:
        command.revision(config, message, autogenerate)


@contextmanager
def _alembic(database: Database) -> Iterator[Config]:
    """Alembic at work in one transaction, its complaints as ours."""
    config = _config()
    try:
        with _connection(database) as connection:
            config.attributes['connection'] = connection
            yield config
    except CommandError as error:
        raise Invalid(f'the tables stay as they are: {error}') from error


def _config() -> Config:
    config = Config()
    config.set_main_option('script_location', str(MIGRATIONS).replace('%', '%%'))
    return config


@contextmanager
def _connection(database: Database) -> Iterator[Connection]:
    engine = database if isinstance(database, Engine) else _engine(database)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        if isinstance(database, str):
            engine.dispose()


def _engine(database: Sessions | str) -> Engine:
    return open_engine(database) if isinstance(database, str) else engine_of(database)

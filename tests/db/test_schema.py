# SPDX-License-Identifier: Apache-2.0
"""The tables come from empty, by migrations or at once, and are the models'."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from watcher_py.core.errors import Conflict, Invalid
from watcher_py.db import schema
from watcher_py.db.models import Goal, Model
from watcher_py.db.session import connect_url, engine_of, open_engine
from watcher_py.db.store import Store

HEAD = '0002'


def differences(url: str) -> list[object]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Model.metadata)
    engine.dispose()
    return found


def test_an_empty_database_has_no_version(any_database_url):
    assert schema.version(any_database_url) is None


def test_migrations_from_empty_end_at_the_models(any_database_url):
    schema.upgrade(any_database_url)
    assert schema.version(any_database_url) == HEAD
    assert differences(any_database_url) == []


def test_tables_made_at_once_are_those_of_the_migrations(any_database_url):
    schema.create_schema(any_database_url)
    assert schema.version(any_database_url) == HEAD
    assert differences(any_database_url) == []
    with pytest.raises(Conflict, match=f'at revision {HEAD} already'):
        schema.create_schema(any_database_url)


def test_back_to_nothing_and_forth_again(any_database_url):
    schema.upgrade(any_database_url)
    schema.downgrade(any_database_url)
    engine = open_engine(any_database_url)
    assert inspect(engine).get_table_names() == ['alembic_version']
    engine.dispose()
    schema.upgrade(any_database_url)
    assert differences(any_database_url) == []


def test_an_upgrade_keeps_what_the_tables_hold(any_database_url):
    sessions = connect_url(any_database_url)
    schema.upgrade(sessions)
    Store(sessions).add(Goal(name='dummy', display_name='Dummy'))
    schema.upgrade(sessions)
    assert Store(sessions).get(Goal, 'dummy').id == 1
    engine_of(sessions).dispose()


def test_a_stamp_tells_the_version_and_makes_no_table(tmp_path):
    url = f'sqlite:///{tmp_path}/stamped.sqlite'
    schema.stamp(url, HEAD)
    assert schema.version(url) == HEAD
    assert inspect(open_engine(url)).get_table_names() == ['alembic_version']


def test_an_unknown_revision_is_one_sentence(tmp_path):
    with pytest.raises(Invalid, match='nonsense'):
        schema.upgrade(f'sqlite:///{tmp_path}/watcher.sqlite', 'nonsense')


def test_a_database_in_memory_is_made_on_its_own_engine():
    sessions = connect_url('sqlite://')
    schema.upgrade(sessions)
    assert Store(sessions).count(Goal) == 0

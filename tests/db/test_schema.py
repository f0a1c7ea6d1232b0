# SPDX-License-Identifier: Apache-2.0
"""The tables come from empty, by migrations or at once, and are the models'."""

from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, insert, inspect

from watcher_py.core.errors import Conflict, Invalid
from watcher_py.db import schema
from watcher_py.db.lease import Leases
from watcher_py.db.models import Action, ActionPlan, Audit, Goal, Model
from watcher_py.db.session import connect_url, engine_of, open_engine
from watcher_py.db.store import Store

HEAD = '0005'
LISTS = ('efficacy_specification', 'scope', 'global_efficacy', 'parents')
OBJECTS = ('parameters_spec', 'parameters', 'report', 'input_parameters')


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


def test_plans_of_an_older_release_can_be_carried_out(any_database_url):
    sessions = connect_url(any_database_url)
    schema.upgrade(sessions, '0002')
    tables = MetaData()
    tables.reflect(engine_of(sessions))
    rows = {'goals': {'name': 'dummy', 'display_name': 'Dummy'},
            'strategies': {'name': 'dummy', 'display_name': 'Dummy', 'goal_id': 1},
            'audits': {'audit_type': 'CONTINUOUS', 'interval': '60', 'goal_id': 1, 'state': 'ONGOING',
                       'hostname': 'ctl1', 'auto_trigger': False, 'force': False},
            'action_plans': {'audit_id': 1, 'strategy_id': 1, 'state': 'RECOMMENDED'},
            'actions': {'action_plan_id': 1, 'action_type': 'nop', 'state': 'PENDING'}}
    with sessions.begin() as session:
        for table, values in rows.items():
            columns = tables.tables[table].columns.keys()
            row = {'uuid': str(uuid4()), 'deleted': 0, **{name: '[]' for name in LISTS if name in columns},
                   **{name: '{}' for name in OBJECTS if name in columns}, **values}
            session.execute(insert(tables.tables[table]).values(row))
    schema.upgrade(sessions)
    store = Store(sessions)
    audit, plan, action = store.get(Audit, 1), store.get(ActionPlan, 1), store.get(Action, 1)
    assert (audit.owner, audit.fence, audit.takeovers, audit.triggered_at) == (None, 0, 0, None)
    assert (plan.execution, plan.roll_back, action.memory, action.begun_at) == ({}, None, {}, None)
    assert (action.planned_begin_s, action.planned_seconds) == (None, None)
    leases = Leases(store, 'ctl1')
    assert [row.id for row in leases.expired(Audit, state='ONGOING')] == [1]
    assert leases.claim(plan, 'RECOMMENDED', 'ONGOING').fence == 1
    schema.downgrade(sessions, '0002')
    schema.upgrade(sessions)
    assert store.get(ActionPlan, 1).state == 'ONGOING'
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

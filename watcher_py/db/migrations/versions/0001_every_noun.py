# SPDX-License-Identifier: Apache-2.0
"""The tables of every noun: goals, strategies, templates, audits, plans, actions, services."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0001'
down_revision = None

DATETIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), 'mysql', 'mariadb')
MYSQL: dict[str, Any] = {'mysql_engine': 'InnoDB', 'mysql_charset': 'utf8mb4',
                         'mariadb_engine': 'InnoDB', 'mariadb_charset': 'utf8mb4'}
# In the order in which they can be made; unmade the other way round.
TABLES = ('goals', 'strategies', 'audit_templates', 'audits', 'action_plans', 'actions',
          'efficacy_indicators', 'scoring_engines', 'services', 'action_descriptions')


def upgrade() -> None:
    _table('goals', _uuid(), _text('name', 63, False), _text('display_name', 63, False),
           _json('efficacy_specification'), _unique('goals', 'name', 'deleted'))
    _table('strategies', _uuid(), _text('name', 63, False), _text('display_name', 63, False),
           *_link('strategies', 'goal_id', 'goals', False), _json('parameters_spec'),
           _unique('strategies', 'name', 'deleted'))
    _table('audit_templates', _uuid(), _text('name', 63), _text('description', 255),
           *_link('audit_templates', 'goal_id', 'goals', False),
           *_link('audit_templates', 'strategy_id', 'strategies', True),
           _json('scope'), _json('default_parameters'), _unique('audit_templates', 'name', 'deleted'))
    _table('audits', _uuid(), _text('name', 63), _text('audit_type', 20, False), *_state(),
           _json('parameters'), _text('interval', 36), *_link('audits', 'goal_id', 'goals', False),
           *_link('audits', 'strategy_id', 'strategies', True), _json('scope'), _flag('auto_trigger'),
           _time('next_run_time'), _text('hostname', 255), _time('start_time'), _time('end_time'),
           _flag('force'), _unique('audits', 'name', 'deleted'))
    _table('action_plans', _uuid(), *_link('action_plans', 'audit_id', 'audits', False),
           *_link('action_plans', 'strategy_id', 'strategies', False), *_state(), _json('global_efficacy'),
           _text('hostname', 255), _json('report'))
    _table('actions', _uuid(), *_link('actions', 'action_plan_id', 'action_plans', False),
           _text('action_type', 255, False), _json('input_parameters'), *_state(), _json('parents'),
           sa.Column('reason', sa.Text()))
    _table('efficacy_indicators', _uuid(), _text('name', 63), _text('description', 255), _text('unit', 63),
           sa.Column('value', sa.Numeric()), sa.Column('data', sa.Double()),
           *_link('efficacy_indicators', 'action_plan_id', 'action_plans', False))
    _table('scoring_engines', _uuid(), _text('name', 63, False), _text('description', 255),
           sa.Column('metainfo', sa.Text()), _unique('scoring_engines', 'name', 'deleted'))
    _table('services', _text('name', 255, False), _text('host', 255, False), _time('last_seen_up'),
           _unique('services', 'host', 'name', 'deleted'))
    _table('action_descriptions', _text('action_type', 255, False), _text('description', 255, False),
           _unique('action_descriptions', 'action_type'))


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table with these columns and those that every row has."""
    uuid = [sa.UniqueConstraint('uuid', name=f'uniq_{name}0uuid')] if _has(parts, 'uuid') else []
    op.create_table(
        name, sa.Column('id', sa.Integer(), nullable=False), *parts,
        _time('created_at'), _time('updated_at'), _time('deleted_at'),
        sa.Column('deleted', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=f'pk_{name}'), *uuid, **MYSQL)
    for column in ('state', 'goal_id', 'strategy_id', 'audit_id', 'action_plan_id'):
        if _has(parts, column):
            op.create_index(f'ix_{name}_{column}', name, [column])


def _has(parts: tuple[sa.schema.SchemaItem, ...], name: str) -> bool:
    return any(isinstance(part, sa.Column) and part.name == name for part in parts)


def _uuid() -> sa.Column[str]:
    return _text('uuid', 36, False)


def _text(name: str, length: int, is_nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=is_nullable)


def _state() -> tuple[sa.Column[str], sa.Column[str]]:
    return _text('state', 20, False), _text('status_message', 255)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, LONG_TEXT, nullable=False)


def _time(name: str) -> sa.Column[Any]:
    return sa.Column(name, DATETIME)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _link(table: str, name: str, to: str,
          is_nullable: bool) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (sa.Column(name, sa.Integer(), nullable=is_nullable),
            sa.ForeignKeyConstraint([name], [f'{to}.id'], name=f'fk_{table}_{name}'))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f'uniq_{table}0' + '0'.join(columns))

# SPDX-License-Identifier: Apache-2.0
"""Who works at an audit or a plan, and what an action must know to be taken up by another process."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0003'
down_revision = '0002'

DATETIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), 'mysql', 'mariadb')
LEASED = ('audits', 'action_plans')
COUNTS = ('fence', 'takeovers')
NEW: dict[str, list[tuple[str, Any]]] = {
    'audits': [('triggered_at', DATETIME)],
    'action_plans': [('execution', LONG_TEXT), ('roll_back', sa.Text())],
    'actions': [('memory', LONG_TEXT), ('begun_at', DATETIME), ('ended_at', DATETIME),
                ('project', sa.String(255)), ('wish', sa.String(20))],
}
INDEXED = [*((table, 'owner') for table in LEASED), ('actions', 'begun_at'), ('actions', 'ended_at')]


def upgrade() -> None:
    for table in LEASED:
        op.add_column(table, sa.Column('owner', sa.String(255)))
        op.add_column(table, sa.Column('leased_until', DATETIME))
        for name in COUNTS:
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default='0'))
    for table, columns in NEW.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))
    for table, column in INDEXED:
        op.create_index(f'ix_{table}_{column}', table, [column])


def downgrade() -> None:
    for table, column in INDEXED:
        op.drop_index(f'ix_{table}_{column}', table)
    for table, columns in NEW.items():
        for name, _ in columns:
            op.drop_column(table, name)
    for table in LEASED:
        for name in ('owner', 'leased_until', *COUNTS):
            op.drop_column(table, name)

# SPDX-License-Identifier: Apache-2.0
"""What plans were decided on, so that they can be explained."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0002'
down_revision = '0001'

TABLE = 'evidence'
DATETIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), 'mysql', 'mariadb')
BYTES = sa.LargeBinary().with_variant(mysql.LONGBLOB(), 'mysql', 'mariadb')


def upgrade() -> None:
    op.create_table(
        TABLE, sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('action_plan_id', sa.Integer(), nullable=False),
        sa.Column('parameters', LONG_TEXT, nullable=False), sa.Column('content', BYTES, nullable=False),
        sa.Column('created_at', DATETIME), sa.Column('updated_at', DATETIME),
        sa.Column('deleted_at', DATETIME), sa.Column('deleted', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=f'pk_{TABLE}'),
        sa.ForeignKeyConstraint(['action_plan_id'], ['action_plans.id'], name=f'fk_{TABLE}_action_plan_id'),
        mysql_engine='InnoDB', mysql_charset='utf8mb4', mariadb_engine='InnoDB', mariadb_charset='utf8mb4')
    op.create_index(f'ix_{TABLE}_action_plan_id', TABLE, ['action_plan_id'])


def downgrade() -> None:
    op.drop_table(TABLE)

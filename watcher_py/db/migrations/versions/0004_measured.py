# SPDX-License-Identifier: Apache-2.0
"""What came of plans, beside what they promised."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0004'
down_revision = '0003'

DATETIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql', 'mariadb')
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), 'mysql', 'mariadb')
PLANS, INDICATORS = 'action_plans', 'efficacy_indicators'
OF_PLANS: list[tuple[str, Any]] = [
    ('measured', LONG_TEXT), ('measured_at', DATETIME), ('measure_after', DATETIME)]
INDEX = f'ix_{PLANS}_measured_at'


def upgrade() -> None:
    for name, kind in OF_PLANS:
        op.add_column(PLANS, sa.Column(name, kind))
    op.create_index(INDEX, PLANS, ['measured_at'])
    op.add_column(INDICATORS, sa.Column('measured', sa.Double()))


def downgrade() -> None:
    op.drop_column(INDICATORS, 'measured')
    op.drop_index(INDEX, PLANS)
    for name, _ in OF_PLANS:
        op.drop_column(PLANS, name)

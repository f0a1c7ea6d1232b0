# SPDX-License-Identifier: Apache-2.0
"""When an action is likely to begin, and how long it is likely to take."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'

ACTIONS = 'actions'
PLANNED = ('planned_begin_s', 'planned_seconds')


def upgrade() -> None:
    for name in PLANNED:
        op.add_column(ACTIONS, sa.Column(name, sa.Double()))


def downgrade() -> None:
    for name in PLANNED:
        op.drop_column(ACTIONS, name)

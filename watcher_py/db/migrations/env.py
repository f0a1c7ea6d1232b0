# SPDX-License-Identifier: Apache-2.0
"""Runs the steps on the connection that `db/schema.py` hands over."""

from alembic import context

from watcher_py.db.models import Model

# SQLite alters a table by making it anew, which is what render_as_batch is for.
context.configure(connection=context.config.attributes['connection'], target_metadata=Model.metadata,
                  render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

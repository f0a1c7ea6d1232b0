# SPDX-License-Identifier: Apache-2.0
"""What each type of action does, in the database's own words, for the API."""

from collections.abc import Mapping

from watcher_py.applier.actions.contract import Action
from watcher_py.core.errors import Conflict
from watcher_py.db.models import ActionDescription
from watcher_py.db.store import Store


def align(store: Store, actions: Mapping[str, type[Action]]) -> None:
    """Store each description that is new or has changed; safe when two appliers start at once."""
    known = {row.action_type: row for row in store.find(ActionDescription)}
    for name, action in actions.items():
        if name not in known:
            _add(store, name, action.DESCRIPTION)
        elif known[name].description != action.DESCRIPTION:
            store.change(known[name], description=action.DESCRIPTION)


def _add(store: Store, name: str, description: str) -> None:
    try:
        store.add(ActionDescription(action_type=name, description=description))
    except Conflict:
        return      # another applier was quicker

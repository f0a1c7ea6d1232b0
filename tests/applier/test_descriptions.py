# SPDX-License-Identifier: Apache-2.0
"""The descriptions of actions in the database follow the actions."""

from watcher_py.applier.actions.nop import Nop
from watcher_py.applier.descriptions import align
from watcher_py.db.models import ActionDescription


class Renamed(Nop):
    DESCRIPTION = 'Does nothing at all'


def test_they_are_stored_once_and_changed_in_place(store):
    align(store, {'nop': Nop})
    align(store, {'nop': Nop})
    (first,) = store.find(ActionDescription)
    align(store, {'nop': Renamed})
    (second,) = store.find(ActionDescription)
    assert (first.description, second.description) == (Nop.DESCRIPTION, 'Does nothing at all')
    assert first.id == second.id

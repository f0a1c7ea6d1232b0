# SPDX-License-Identifier: Apache-2.0
"""What an action burdens, by its parameters."""

from watcher_py.applier.lanes import at_hosts, at_pools
from watcher_py.applier.outcome import roads
from watcher_py.core.changes import Migrate, MoveVolume, Nop
from watcher_py.db.models import Action


def roads_of(change):
    return roads(Action(action_type=change.action_type, input_parameters=change.parameters()))


def test_a_server_burdens_hosts_and_what_lies_between_them_and_a_volume_its_pools():
    assert roads_of(Migrate('vm', 'vm', 'a', 'b')) == at_hosts(['a', 'b'])
    assert len(at_hosts(['a', 'b'])) == 3
    for new_type in (None, 'gold'):
        assert roads_of(MoveVolume('v', 'v', 'p', 'q', new_type)) == at_pools(['p', 'q'])
    assert roads_of(Nop('wait')) == ()

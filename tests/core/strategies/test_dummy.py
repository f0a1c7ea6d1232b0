# SPDX-License-Identifier: Apache-2.0
"""The dummy strategy proposes what clients and tempest rely on."""

from tests.core.clusters import document
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.strategies.dummy import STRATEGY
from watcher_py.core.strategy import with_defaults


def test_two_nops_and_a_sleep_with_the_given_values():
    values = with_defaults(STRATEGY.parameters, {'para2': 'hi'})
    changes = [proposal.change for proposal in STRATEGY.decide(read(document([], [])), values,
                                                               UNLIMITED).proposals]
    assert [change.action_type for change in changes] == ['nop', 'nop', 'sleep']
    assert changes[0].parameters() == {'message': 'hi'}
    assert changes[2].parameters() == {'duration': 3.2}

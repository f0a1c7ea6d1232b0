# SPDX-License-Identifier: Apache-2.0
import pytest

from watcher_py.dashboard.plan.objective import teller


@pytest.mark.parametrize(('objective', 'told'), [
    ('deviation of CPU in use', '12.5 %'), ('peak of CPU in use, memory in use', '12.5 %'),
    ('peak of outlet temperature', '0.12'), ('deviation of servers per core', '0.12'),
    ('deviation of CPU in use, servers per core', '0.12'), ('active nodes', '0.12'), (None, '0.12')])
def test_shares_are_told_in_per_cent_and_nothing_else(objective, told):
    assert teller(objective)(0.125) == told


def test_what_is_unknown_is_said_to_be():
    assert teller('active nodes')(None) == teller('peak of CPU in use')(None) == 'unknown'

# SPDX-License-Identifier: Apache-2.0
from watcher_py.dashboard.plan.stayed import stays_of


def test_the_most_common_reason_comes_first_with_its_members_by_name():
    stays = stays_of({'1': 'locked', '2': 'pinned', '3': 'locked'}, {'1': 'web', '3': 'db'})
    assert [(stay.reason, stay.members) for stay in stays] == [
        ('locked', [('3', 'db'), ('1', 'web')]), ('pinned', [('2', '2')])]

# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.dashboard.plan.rows import action, deeds, move
from watcher_py.dashboard.plan.sift import Sift, sift_of

PLAN = deeds(action('change_nova_service_state', 'cmp-1', state='disabled'), move('web', 'cmp-1', 'cmp-2'),
             move('db', 'cmp-3', 'cmp-2', state='FAILED'), action('nop'))


@pytest.mark.parametrize(('kind', 'name', 'numbers'), [
    (None, None, [1, 2, 3, 4]), ('moves', '', [2, 3]), ('others', '', [1, 4]), ('failed', '', [3]),
    ('all', ' CMP-1 ', [1, 2]), ('moves', 'cmp-2', [2, 3]), ('all', 'nobody', []), ('no-kind', 'db', [3])])
def test_actions_are_found_by_kind_and_by_any_name_in_them(kind, name, numbers):
    assert [deed.number for deed in sift_of(kind, name).of(PLAN)] == numbers


def test_it_is_kept_in_addresses_when_it_says_anything():
    assert sift_of(None, None).query == ''
    assert Sift('moves', 'a&b').query == 'kind=moves&name=a%26b&'

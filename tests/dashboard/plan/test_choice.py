# SPDX-License-Identifier: Apache-2.0
import pytest

from tests.dashboard.plan.rows import action, deeds, move
from watcher_py.core.errors import Invalid
from watcher_py.dashboard.plan.choice import after_best, falling, ticked

PLAN = deeds(action('change_nova_service_state', 'a', state='disabled'),
             move('x'), move('y', state='SKIPPED'), move('z'))


def numbers(some):
    return [deed.number for deed in some]


def test_actions_are_chosen_by_their_numbers_but_for_those_that_are_skipped():
    assert numbers(ticked(PLAN, ['4', '1', '3', '4'])) == [1, 4]


def test_keeping_the_best_moves_leaves_the_others_out():
    by_worth = ['migrate-z', 'migrate-x']
    assert numbers(after_best(PLAN, by_worth, '1')) == [2]
    assert numbers(after_best(PLAN, by_worth, '0')) == [2, 4]
    assert numbers(after_best(PLAN, by_worth, '2')) == []


@pytest.mark.parametrize('number', ['0', '5', '-1', 'x', '', '\u0662', '99999999999'])
def test_what_is_no_number_of_an_action_is_refused(number):
    with pytest.raises(Invalid, match='action'):
        ticked(PLAN, [number])


def test_what_falls_is_told_without_what_was_chosen():
    assert numbers(falling(PLAN, ['migrate-x', 'migrate-y', 'migrate-z'], [PLAN[3]])) == [2]

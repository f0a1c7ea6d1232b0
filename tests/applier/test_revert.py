# SPDX-License-Identifier: Apache-2.0
"""Which conditional actions were in vain."""

import pytest

from watcher_py.applier.revert import vain
from watcher_py.db.models import Action


def action(uuid, state, parents=(), **parameters):
    return Action(uuid=uuid, state=state, parents=list(parents), input_parameters=parameters)


@pytest.mark.parametrize(('state', 'is_vain'), [
    ('SUCCEEDED', False), ('SKIPPED', False), ('FAILED', True), ('CANCELLED', True)])
def test_it_is_in_vain_when_something_far_behind_it_was_not_done(state, is_vain):
    rows = [action('a', 'SUCCEEDED', revert_on_failure=True), action('b', 'SUCCEEDED', ['a']),
            action('c', state, ['b'])]
    assert [(row.uuid, missed.uuid) for row, missed in vain(rows)] == [('a', 'c')] * is_vain


def test_what_does_not_depend_on_it_does_not_matter():
    rows = [action('a', 'SUCCEEDED', revert_on_failure=True), action('b', 'FAILED')]
    assert list(vain(rows)) == []


@pytest.mark.parametrize('row', [
    action('a', 'SUCCEEDED'), action('a', 'SKIPPED', revert_on_failure=True),
    action('a', 'FAILED', revert_on_failure=True)])
def test_only_conditional_actions_that_were_done_are_taken_back(row):
    assert list(vain([row, action('b', 'FAILED', ['a'])])) == []

# SPDX-License-Identifier: Apache-2.0
"""Doing nothing succeeds, unless it is told to fail."""

import pytest

from watcher_py.applier.actions.contract import Run, Settings, Skipped
from watcher_py.applier.actions.nop import Nop
from watcher_py.core.errors import Invalid, Refused


def nop(**flags):
    return Nop({'message': 'hello', **flags}, None, Settings(), Run())


def test_nothing_is_done_well():
    action = nop()
    action.check()
    action.execute()
    action.verify()


def test_it_is_skipped_when_told():
    with pytest.raises(Skipped, match='Skipped in pre_condition'):
        nop(skip_pre_condition=True).check()


@pytest.mark.parametrize(('phase', 'deed'), [
    ('pre_condition', Nop.check), ('execute', Nop.execute), ('execute', Nop.resume),
    ('post_condition', Nop.verify)])
def test_it_fails_where_it_is_told(phase, deed):
    with pytest.raises(Refused, match=f'Failed in {phase}'):
        deed(nop(**{f'fail_{phase}': True}))


def test_a_message_is_needed_but_may_be_null():
    Nop({'message': None}, None, Settings(), Run())
    with pytest.raises(Invalid, match="'message' is a required property"):
        Nop({}, None, Settings(), Run())

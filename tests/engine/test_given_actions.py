# SPDX-License-Identifier: Apache-2.0
"""An action that is asked for by name has to be installed, and to take what it is given."""

import pytest

from watcher_py.core.changes import Given, Nop
from watcher_py.core.errors import Invalid
from watcher_py.core.solution import Proposal, Solution
from watcher_py.engine import given_actions

ACTIONS = {'paint': {'properties': {'colour': {'type': 'string'}}, 'required': ['colour']}, 'wash': {}}


def check(*changes):
    given_actions.check(Solution(tuple(Proposal(change, 'why not') for change in changes)), ACTIONS)


def test_what_is_installed_and_fits_may_be_done():
    check(Given('wash', {}), Given('paint', {'colour': 'red'}))


def test_what_is_not_installed_is_told_with_what_is():
    with pytest.raises(Invalid, match='action 2 of 2, burn: there is no such action; there are paint, wash'):
        check(Given('wash', {}), Given('burn', {}))


def test_what_does_not_fit_is_told_with_its_place():
    with pytest.raises(Invalid, match="action 1 of 2, paint: colour: 7 is not of type 'string'"):
        check(Given('paint', {'colour': 7}), Given('paint', {}))


def test_where_no_action_is_installed_none_may_be_asked_for():
    with pytest.raises(Invalid, match='there is no such action; there are none'):
        given_actions.check(Solution((Proposal(Given('wash', {}), 'why not'),)), {})


def test_what_a_strategy_makes_itself_is_its_own_affair():
    check(Nop('hello'))

# SPDX-License-Identifier: Apache-2.0
"""Why rows stay as they are."""

import numpy as np

from watcher_py.core.reasons import Reasons


def test_the_first_reason_of_a_row_counts():
    found = Reasons(3)
    found.where(np.array([True, False, False]), lambda _: 'it is locked')
    found.of([0, 2], lambda row: f'row {row} is busy')
    assert found.texts == ['it is locked', '', 'row 2 is busy']


def test_what_is_none_of_the_values_allowed_has_a_reason():
    found, states = Reasons(4), ('active', 'error', 'paused', 'error')
    found.unless(states, ('active', 'paused', 'stopped'), lambda row: f'{row} is {states[row]}')
    found.unless(states, ('active', 'paused', 'error'), lambda row: f'{row} is odd')
    assert found.texts == ['', '1 is error', '', '3 is error']

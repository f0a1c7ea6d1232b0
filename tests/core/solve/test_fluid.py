# SPDX-License-Identifier: Apache-2.0
"""How even load could be if it were a fluid."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, linprog, minimize

from watcher_py.core.solve.fluid import least_deviation, least_peak

levels = st.floats(0, 1)
# The judge has to be more exact than what is asserted of it.
EXACT = {'primal_feasibility_tolerance': 1e-10, 'dual_feasibility_tolerance': 1e-10}


@st.composite
def vessels(draw):
    """Sizes, levels, and the limits that the levels are within."""
    rows = draw(st.lists(st.tuples(st.floats(1, 8), levels, levels, st.booleans(), st.booleans()),
                         min_size=1, max_size=5))
    size, level, lowest, takes, gives = (np.array(column) for column in zip(*rows, strict=True))
    lowest = np.where(gives, np.minimum(lowest, level), level)
    return size, level, lowest, np.where(takes, np.inf, level)


def test_all_that_may_flow_ends_at_one_level():
    size, level = np.array([1.0, 3.0]), np.array([1.0, 0.0])
    anything = np.zeros(2), np.full(2, np.inf)
    assert least_peak(size, level, *anything) == pytest.approx(0.25, rel=1e-5)
    assert least_deviation(size, level, *anything) == 0


def test_what_is_kept_high_shows_in_both():
    size, level = np.ones(3), np.array([0.9, 0.5, 0.1])
    lowest, highest = np.array([0.9, 0.0, 0.0]), np.full(3, np.inf)
    assert least_peak(size, level, lowest, highest) == pytest.approx(0.9, rel=1e-5)
    # The other two share what is left: 0.9, 0.3, 0.3.
    assert least_deviation(size, level, lowest, highest) == pytest.approx(np.std([0.9, 0.3, 0.3]), rel=1e-5)


def test_what_takes_nothing_stays_low():
    size, level = np.ones(3), np.array([0.8, 0.4, 0.0])
    limits = np.zeros(3), np.array([np.inf, np.inf, 0.0])
    assert least_deviation(size, level, *limits) == pytest.approx(np.std([0.6, 0.6, 0]), rel=1e-5)
    assert least_peak(size, level, *limits) == pytest.approx(0.6, rel=1e-5)


def test_no_nodes_have_no_peak_and_no_deviation():
    nothing = np.zeros(0)
    assert least_peak(nothing, nothing, nothing, nothing) == 0
    assert least_deviation(nothing, nothing, nothing, nothing) == 0


@given(vessels())
@example((np.ones(2), *(np.array([0.0, 2 ** -24]),) * 3))
def test_the_peak_is_that_of_a_linear_programme(vessel):
    size, level, lowest, highest = vessel
    count = len(size)
    below = np.column_stack([np.eye(count), -np.ones(count)])
    best = linprog([0] * count + [1], below, np.zeros(count), [[*size, 0]], [size @ level],
                   bounds=[*zip(lowest, highest, strict=True), (None, None)], options=EXACT)
    assert best.fun == pytest.approx(least_peak(*vessel), rel=1e-4, abs=1e-6)
    assert best.fun >= least_peak(*vessel) - 1e-9


@given(vessels())
def test_no_levels_within_the_limits_deviate_less(vessel):
    size, level, lowest, highest = vessel
    bound = least_deviation(*vessel)
    found = minimize(lambda x: x.var(), level, jac=lambda x: 2 * (x - x.mean()) / len(x), method='SLSQP',
                     bounds=list(zip(lowest, np.minimum(highest, 10), strict=True)),
                     constraints=LinearConstraint(size, size @ level, size @ level), options={'ftol': 1e-14})
    if found.success:
        assert np.sqrt(found.fun) >= bound - 1e-6
        assert np.sqrt(found.fun) == pytest.approx(bound, abs=1e-4)

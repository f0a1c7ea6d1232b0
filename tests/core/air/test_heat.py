# SPDX-License-Identifier: Apache-2.0
"""How warmth and airflow of a node go with its load."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host
from watcher_py.core.air.heat import LEAST_IDLE, MOST_IDLE, growth, warmth
from watcher_py.core.document import read


def node(load=50.0, **values):
    """Of 16 cores."""
    air = {name: values.pop(name) for name in ('outlet_temp_c', 'inlet_temp_c') if name in values}
    return read(document([host('a', metrics={'cpu_util_pct': load, **air}, **values)], []))


@pytest.mark.parametrize(('air', 'degrees'), [
    ({'outlet_temp_c': 36.0, 'inlet_temp_c': 20.0}, 16.0), ({'outlet_temp_c': 36.0}, 14.0),
    ({'outlet_temp_c': 20.0, 'inlet_temp_c': 24.0}, 5.0), ({'inlet_temp_c': 24.0}, np.nan)])
def test_air_that_nobody_measured_comes_in_at_22_degrees_and_is_warmed_by_5_at_least(air, degrees):
    np.testing.assert_equal(warmth(node(**air)), [degrees])


def test_half_of_what_a_core_adds_to_the_power_raises_what_carries_it_off():
    # A host that draws 100 to 400 W is at 250; a core of 16 adds 18.75.
    rated = node(power={'idle_w': 100.0, 'max_w': 400.0})
    assert growth(rated) == pytest.approx([18.75 / 250 / 2])


def test_a_node_of_which_no_more_is_known_draws_half_of_its_most_when_idle():
    assert growth(node()).tolist() == growth(node(power={'idle_w': 100.0, 'max_w': 200.0})).tolist()


def test_without_its_load_nothing_is_known():
    assert np.isnan(growth(node(load=None))).all()


@given(idle=st.floats(10, 300), more=st.floats(0, 400), load=st.floats(0, 100), then=st.floats(0, 100))
def test_a_node_ends_as_cool_as_foretold_or_cooler(idle, more, load, then):
    """By the law that warmth goes with the root of the power."""
    rated = node(load, power={'idle_w': idle, 'max_w': idle + more})
    foretold = 1 + growth(rated)[0] * (then - load) / 100 * 16
    share = np.clip(idle / (idle + more), LEAST_IDLE, MOST_IDLE)
    power = [share + (1 - share) * each / 100 for each in (load, then)]
    assert foretold >= (power[1] / power[0]) ** 0.5 - 1e-9

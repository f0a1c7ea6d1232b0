# SPDX-License-Identifier: Apache-2.0
"""What nodes draw now, and would draw."""

import numpy as np
import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.energy.power import power_of

NOBODY = np.zeros(3, dtype=bool)


def power(rows, off=NOBODY, instances=()):
    """Of hosts of 16 cores: CPU in percent, W as measured, further values."""
    hosts = [host(name, metrics={'cpu_util_pct': percent, 'ram_used_mb': 1.0, 'power_w': watts}, **values)
             for name, (percent, watts, values) in zip('abc', rows, strict=False)]
    return power_of(read(document(hosts, list(instances))), off)


def test_a_reading_counts_first_and_the_rating_by_load_else():
    rated = {'power': {'idle_w': 100.0, 'max_w': 260.0}}
    found = power([(50.0, 111.0, rated), (50.0, None, rated), (50.0, None, {})])
    assert found.watts[:2].tolist() == [111.0, 180.0]
    assert np.isnan(found.watts[2])
    assert found.per_core[:2].tolist() == [10.0, 10.0]


def test_what_a_core_draws_is_told_from_the_readings_of_nodes_alike():
    found = power([(0.0, 90.0, {}), (25.0, 110.0, {}), (50.0, 130.0, {})],
                  instances=[instance('vm', 'b'), instance('vm2', 'c')])
    assert found.per_core == pytest.approx([5.0] * 3)
    assert found.idle == pytest.approx([90.0] * 3)


@pytest.mark.parametrize('rows', [
    [(0.0, 90.0, {}), (25.0, 110.0, {}), (50.0, None, {})],
    [(0.0, 90.0, {}), (25.0, 110.0, {}), (50.0, 130.0, {'vcpus': 8})],
    [(5.0, 90.0, {}), (5.0, 110.0, {}), (5.0, 130.0, {})]])
def test_too_few_alike_or_no_difference_in_load_tell_nothing(rows):
    assert np.isnan(power(rows).per_core).all()


def test_a_free_node_is_idle_at_what_it_draws_now():
    found = power([(5.0, 90.0, {}), (5.0, 110.0, {})], off=NOBODY[:2], instances=[instance('vm', 'a')])
    assert np.isnan(found.idle[0])
    assert found.idle[1] == 110.0


def test_what_is_off_draws_nothing_and_woken_its_idle_draw():
    rated = {'power': {'idle_w': 100.0, 'max_w': 260.0}}
    off = np.array([False, False, True])
    found = power([(50.0, 180.0, rated)] * 3, off)
    assert found.watts.tolist() == [180.0, 180.0, 0.0]
    after = found.after(np.array([0.0, 2.0, 0.0]), np.array([True, False, False]), off)
    assert after.tolist() == [0.0, 200.0, 100.0]


def test_where_nothing_changes_nothing_has_to_be_known_of_the_load():
    found = power([(5.0, 90.0, {}), (5.0, 110.0, {}), (5.0, None, {})])
    assert found.after(np.zeros(3), NOBODY, NOBODY)[:2].tolist() == [90.0, 110.0]
    assert np.isnan(found.after(np.array([1.0, 0, 0]), NOBODY, NOBODY)[0])

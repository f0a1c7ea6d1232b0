# SPDX-License-Identifier: Apache-2.0
import pytest

from watcher_py.dashboard.plan import promise


@pytest.mark.parametrize(('values', 'told'), [
    ({'compute_nodes_count': 40.0, 'released_compute_nodes_count': 25.0}, 'Frees 25 of 40 hosts'),
    ({'standard_deviation_before_audit': 0.1005, 'standard_deviation_after_audit': 0.0909},
     'Brings the deviation of load between hosts from 10.05 to 9.09 percentage points'),
    ({'full_pools_before_count': 3.0, 'full_pools_after_count': 1.0,
      'standard_deviation_before_audit': None, 'standard_deviation_after_audit': None},
     'Brings storage pools that are too full from 3 to 1'),
    ({'maintained_nodes_count': 1.0, 'emptied_nodes_count': 1.0}, 'Empties 1 of 1 host for maintenance'),
    ({'power_before_w': 5000.0, 'power_after_w': 4200.5, 'switched_off_count': 2.0, 'switched_on_count': 0.0},
     'Brings the power that hosts draw from 5,000 to 4,200 W, switching 2 hosts off'),
    ({'switched_off_count': 2.0, 'switched_on_count': 1.0}, 'Switches 2 hosts off and 1 host on'),
    ({'faults_before_count': 2.0, 'faults_after_count': 2.0}, 'Leaves faults of the placement at 2'),
    ({'of_a_plugin': 1.0}, '')])
def test_what_a_plan_is_for_is_told_by_its_indicators(values, told):
    assert promise.gain(values) == told


def test_any_other_plan_tells_of_its_objective_or_its_actions():
    plan = {'efficacy': [], 'actions': [], 'objective': 'GB above the threshold', 'before': 12, 'after': 3}
    assert promise.gain_of(plan) == 'Brings GB above the threshold from 12 to 3'
    assert promise.gain_of({**plan, 'objective': None, 'actions': [{}, {}]}) == 'Carries out 2 actions'
    assert promise.gain_of({**plan, 'objective': None}) == 'Does nothing'


def test_the_cost_is_told_as_far_as_it_is_known():
    assert promise.cost({'instance_migrations_count': 2.0, 'moved_gb': 8.5}, 90) == (
        'moving 2 servers with 8.5 GB of memory in about 1 min 30 s')
    assert promise.cost({'instance_migrations_count': 1.0}) == 'moving 1 server'
    assert promise.cost({'instance_migrations_count': 0.0}) == ''
    assert promise.cost({}) == ''


@pytest.mark.parametrize(('after', 'bound', 'gap', 'told'), [
    (15, 15, 0.0, 'No plan can do better: it is proven that none gets below 15 (nodes).'),
    (16, 15, 1 / 15, 'It is proven that no plan gets below 15 (nodes); this one ends 6.7 % above that.'),
    (3, 0, 1.0, 'How much better another plan could be is not known: nothing above 0 is proven.'),
    (3, None, None, '')])
def test_the_bound_and_the_gap_are_told_in_words(after, bound, gap, told):
    assert promise.proof({'objective': 'nodes', 'after': after, 'bound': bound, 'gap': gap}) == told

# SPDX-License-Identifier: Apache-2.0
"""Hot nodes are cooled by as few moves as it takes, and no other is heated above the threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.clusters import documents
from tests.core.laws import check_laws
from tests.core.strategies import racks
from tests.core.strategies.racks import moves
from watcher_py.core.air import heat
from watcher_py.core.budget import UNLIMITED
from watcher_py.core.document import read
from watcher_py.core.explain.ask import explain
from watcher_py.core.explain.evidence import ends, gather
from watcher_py.core.load import in_use
from watcher_py.core.metrics import Metric
from watcher_py.core.schedule import schedule
from watcher_py.core.strategies.outlet_temperature import STRATEGY
from watcher_py.core.strategy import with_defaults


def rack(**outlets):
    """By name the outlets of hosts.

    What is above the inlet is made of 0.75 of the most that a host draws; a server is 0.0625 of it, of which
    half cools the air: a 24th.
    """
    return racks.rack({name: {'outlet_temp_c': outlet} for name, outlet in outlets.items()})


def decide(doc, **params):
    return STRATEGY.decide(read(doc), with_defaults(STRATEGY.parameters, params), UNLIMITED)


def test_below_the_threshold_nothing_moves():
    solution = decide(rack(a=34.9, b=22.0))
    assert solution.proposals == ()
    assert solution.refrained == 'the outlet temperature of no node is above 35.0 degrees'
    assert solution.indicators['hot_nodes_before_count'] == 0


def test_at_the_threshold_a_node_is_too_hot():
    assert moves(decide(rack(a=35.0, b=22.0))) == [('a', 'b')]


def test_as_many_servers_leave_as_it_takes_and_no_more():
    # 16 degrees above the inlet: each server takes two thirds of a degree along, so two make 36 to 34.67.
    solution = decide(rack(a=36.0, b=22.0))
    assert moves(solution) == [('a', 'b'), ('a', 'b')]
    assert solution.indicators == {
        'instance_migrations_count': 2, 'hot_nodes_before_count': 1, 'hot_nodes_after_count': 0,
        'highest_outlet_temp_before': 36.0, 'highest_outlet_temp_after': 34.667}
    assert solution.outcome.objective == 'peak of outlet temperature'
    assert (solution.outcome.before, solution.outcome.after) == pytest.approx((36.0, 36 - 16 / 12))
    assert solution.proposals[0].reason == (
        'outlet temperature: a is at 36.0 degrees and b at 22.0, where 35.0 is enough; the plan brings them '
        'to 34.7 and 22.4')


def test_a_move_is_explained_in_degrees():
    snapshot, params = read(rack(a=36.0, b=22.0)), with_defaults(STRATEGY.parameters, {})
    solution = STRATEGY.decide(snapshot, params, UNLIMITED)
    node = ends(snapshot.cluster, (proposal.change for proposal in solution.proposals))
    evidence = gather(snapshot, STRATEGY, params, node, solution.stayed)
    told = explain(evidence, solution.proposals[0].change.server)
    assert told.reason == ('a was at 36.0 degrees of outlet temperature, number 1 of 2 nodes, which are at '
                           '29.0 degrees on average')
    assert 'outlet temperature 36.0 degrees before, 34.7 degrees after' in explain(evidence, 'a').reason


def test_every_hot_node_is_cooled_not_one_only():
    solution = decide(rack(a=36.0, b=35.5, c=22.0, d=22.0))
    assert {source for source, _ in moves(solution)} == {'a', 'b'}
    assert solution.indicators['hot_nodes_after_count'] == 0


def test_the_coolest_node_takes_them():
    assert moves(decide(rack(a=35.2, b=30.0, c=24.0, d=28.0))) == [('a', 'c')]


def test_no_node_is_heated_to_the_threshold():
    # A server adds a 24th of what b is above its inlet: 0.6 degrees.
    solution = decide(rack(a=36.0, b=34.5))
    assert solution.proposals == ()
    assert solution.stayed['a-id'].startswith('its outlet temperature stays at 36.0 degrees')
    assert solution.refrained == ''


def test_a_node_whose_outlet_is_unknown_gives_and_takes_nothing():
    doc = rack(a=36.0, b=22.0, c=22.0)
    doc['hosts'][1]['metrics']['outlet_temp_c'] = None
    solution = decide(doc)
    assert {target for _, target in moves(solution)} == {'c'}
    assert 'unknown' in solution.stayed['b-id']
    assert 'unknown' in solution.stayed['b0']
    doc['hosts'][0]['metrics']['cpu_util_pct'] = None
    assert decide(doc).proposals == ()


def test_a_server_whose_load_is_unknown_stays_and_the_others_go():
    doc = rack(a=36.0, b=22.0)
    doc['instances'][0]['metrics']['cpu_util_pct'] = None
    solution = decide(doc)
    assert {proposal.change.server for proposal in solution.proposals} < {'a1', 'a2', 'a3'}
    assert solution.stayed['a0'] == 'its load is unknown'


def test_locked_servers_stay_on_a_node_however_hot_it_is():
    doc = rack(a=60.0, b=22.0)
    for row in doc['instances'][:4]:
        row['locked'] = True
    solution = decide(doc)
    assert solution.proposals == ()
    assert solution.stayed['a0'] == 'it is locked'
    assert solution.outcome.bound == pytest.approx(solution.outcome.after, rel=1e-5)


def test_a_disabled_node_is_cooled_but_takes_nobody():
    doc = rack(a=36.0, b=22.0, c=23.0)
    doc['hosts'][0]['status'] = doc['hosts'][1]['status'] = 'disabled'
    assert set(moves(decide(doc))) == {('a', 'c')}


@settings(max_examples=30)
@given(doc=documents(), threshold=st.floats(5, 60))
def test_no_node_is_heated_above_the_threshold(doc, threshold):
    snapshot = read(doc)
    params = with_defaults(STRATEGY.parameters, {'threshold': threshold})
    solution = STRATEGY.decide(snapshot, params, UNLIMITED)
    placed = check_laws(snapshot, solution, schedule(snapshot, solution))
    rows = len(snapshot.cluster.nodes)
    outlet = snapshot.readings.column(Metric.HOST_OUTLET_TEMP, rows)
    cores = np.nan_to_num(in_use(snapshot, Metric.INSTANCE_CPU))
    home = snapshot.cluster.servers.node
    more = np.bincount(placed, cores, rows) - np.bincount(home, cores, rows)
    after = outlet + np.nan_to_num(heat.warmth(snapshot) * heat.growth(snapshot)) * more
    assert (np.isnan(outlet) | (after < threshold) | (after <= outlet + 1e-6)).all()
    moved = placed != home
    assert not np.isnan(outlet[home[moved]]).any()
    assert not np.isnan(outlet[placed[moved]]).any()


def test_what_came_of_it_is_measured_by_the_same_figures():
    measured = racks.measured(STRATEGY, rack(a=36.0, b=22.0), rack(a=34.0, b=24.0))
    assert (measured['hot_nodes_before_count'], measured['hot_nodes_after_count']) == (1, 0)
    assert measured['highest_outlet_temp_after'] == 34.0
    assert measured['instance_migrations_count'] == 2


def test_nothing_is_told_of_what_nobody_measured():
    doc = rack(a=36.0)
    doc['hosts'][0]['metrics'] = {}
    solution = decide(doc)
    assert solution.indicators == {'instance_migrations_count': 0}
    assert solution.refrained == 'there is no node whose outlet temperature is known'

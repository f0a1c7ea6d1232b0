# SPDX-License-Identifier: Apache-2.0
"""With actions that are left out fall those that can't be done, or are of no use, without them."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from tests.core.laws import Ledger
from tests.core.planned import deeds_of
from tests.core.strategies.every import decide
from tests.core.strategies.test_laws import every_strategy
from watcher_py.core.changes import Migrate, SetPower, SetService, Sleep
from watcher_py.core.document import read
from watcher_py.core.efficacy import Deed
from watcher_py.core.omission import fallen, legs_of

FULL = {'vcpus': 2}


def move(server, source, target):
    return Migrate(server, server, source, target)


def falls(doc, changes, *omitted):
    deeds = [Deed(change.action_type, change.parameters()) for change in changes]
    return fallen(read(doc).cluster, deeds, set(omitted))


def two_rooms(**lists):
    """Two hosts that are full with a server each, and a free one."""
    return document([host('a', **FULL), host('b', **FULL), host('free', **FULL)],
                    [instance('one', 'a'), instance('two', 'b')], **lists)


def test_without_an_omission_nothing_falls():
    assert falls(two_rooms(), [move('two', 'b', 'free'), move('one', 'a', 'b')]) == {}


def test_a_move_falls_whose_room_an_omitted_one_would_have_made():
    assert falls(two_rooms(), [move('two', 'b', 'free'), move('one', 'a', 'b')], 0) == {
        1: 'b lacks 2 VCPU then'}


def test_what_falls_brings_down_what_needs_its_room_in_turn():
    doc = document([host('a', **FULL), host('b', **FULL), host('c', **FULL), host('free', **FULL)],
                   [instance('one', 'a'), instance('two', 'b'), instance('three', 'c')])
    changes = [move('three', 'c', 'free'), move('two', 'b', 'c'), move('one', 'a', 'b')]
    assert set(falls(doc, changes, 0)) == {1, 2}
    assert set(falls(doc, changes, 2)) == set()


def test_a_mate_that_stays_keeps_the_others_of_its_group_away():
    doc = document([host('a'), host('b'), host('c')], [instance('one', 'a'), instance('two', 'b')],
                   server_groups=[{'id': 'g', 'policy': 'anti-affinity', 'members': ['one', 'two']}])
    assert falls(doc, [move('two', 'b', 'c'), move('one', 'a', 'b')], 0) == {
        1: 'b has as many members of anti-affinity group g then as it may'}


@pytest.mark.parametrize('omitted', range(3))
def test_both_legs_of_a_detour_fall_with_one_of_them_or_with_what_they_make_way_for(omitted):
    changes = [move('one', 'a', 'free'), move('two', 'b', 'a'), move('one', 'free', 'b')]
    doc = two_rooms()
    assert falls(doc, changes) == {}
    assert set(falls(doc, changes, omitted)) == {0, 1, 2} - {omitted}
    assert 'another part of its way is left out' in falls(doc, changes, omitted).values()


def test_a_node_that_is_not_enabled_takes_nobody():
    doc = document([host('a'), host('off', status='disabled')], [instance('vm', 'a')])
    changes = [SetService('off-id', 'off', True), move('vm', 'a', 'off')]
    assert falls(doc, changes) == {}
    assert falls(doc, changes, 0) == {1: 'off is disabled then'}


def test_a_node_that_is_not_emptied_is_not_taken_out_of_use():
    doc = document([host('a'), host('b')], [instance('vm', 'a'), instance('other', 'a')])
    changes = [SetService('a-id', 'a', False, is_conditional=True), move('vm', 'a', 'b'),
               move('other', 'a', 'b'), SetPower('m', 'a', False)]
    assert falls(doc, changes) == {}
    assert falls(doc, changes, 1) == dict.fromkeys((0, 3), 'a keeps a server that was to leave it')


def test_with_the_first_step_of_a_node_the_next_one_falls():
    doc = document([host('a'), host('off', status='disabled')], [instance('vm', 'a')])
    down = [SetService('a-id', 'a', False, is_conditional=True), SetPower('m', 'a', False)]
    up = [SetPower('m', 'off', True), SetService('off-id', 'off', True), move('vm', 'a', 'off')]
    assert falls(doc, down, 0) == {1: 'what comes before it on a is left out'}
    assert falls(doc, up, 0) == {1: 'what comes before it on off is left out', 2: 'off is disabled then'}
    assert falls(doc, down, 1) == falls(doc, [up[0], down[0]], 0) == {}


def test_a_node_that_is_to_be_maintained_is_closed_though_it_keeps_a_server():
    doc = document([host('a'), host('b')], [instance('vm', 'a')])
    assert falls(doc, [SetService('a-id', 'a', False), move('vm', 'a', 'b')], 1) == {}


def test_what_is_not_there_any_more_falls_with_nothing():
    doc = document([host('a'), host('b')], [instance('vm', 'a')])
    strange = [move('gone', 'a', 'b'), move('vm', 'a', 'mars'), SetPower('m', 'mars', False), Sleep(1.0)]
    assert falls(doc, strange) == {}
    assert legs_of(read(doc).cluster, [Deed('migrate', {})]) == {}


def test_a_server_that_may_not_move_says_why():
    doc = document([host('a'), host('b')], [instance('vm', 'a', locked=True), instance('free', 'a')])
    assert falls(doc, [move('vm', 'a', 'b'), move('free', 'b', 'a')]) == {
        0: 'it is locked', 1: 'it stands on a then, not on b'}


def test_a_rule_that_speaks_against_a_move_is_told():
    doc = document([host('a'), host('b', zone='az-2')], [instance('vm', 'a', pinned_zone='az-1')])
    assert falls(doc, [move('vm', 'a', 'b')]) == {0: 'b is closed to it by a scheduling rule'}


@every_strategy
@settings(max_examples=15)
@given(doc=documents(), data=st.data())
def test_what_is_kept_is_legal_and_leaves_nobody_half_way(strategy, doc, data):
    assume(doc['hosts'])
    snapshot = read(doc)
    _, plan = decide(strategy, snapshot)
    deeds, places = deeds_of(plan), range(len(plan.actions))
    assert fallen(snapshot.cluster, deeds, set()) == {}
    omitted = set(data.draw(st.lists(st.sampled_from(places), unique=True))) if plan.actions else set()
    down = fallen(snapshot.cluster, deeds, omitted)
    assert not omitted & down.keys()
    ledger = Ledger(snapshot.cluster)
    for place in places:
        if place not in omitted and place not in down:
            ledger.start(plan.actions[place].change)
            ledger.end(plan.actions[place].change)
    ends = {leg.server: leg.target for leg in legs_of(snapshot.cluster, deeds).values()}
    for server, at in enumerate(ledger.at):
        home = int(snapshot.cluster.servers.node[server])
        assert next(iter(+at)) in (home, ends.get(server, home))

# SPDX-License-Identifier: Apache-2.0
"""Whatever a notification says, a picture comes of it."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.collector.nova_says import moment, notice, payload, picture, server
from watcher_py.bus.notice import Notice
from watcher_py.cloud.compute_rows import HostAggregate, ServerGroup
from watcher_py.engine.collector.assemble import assemble
from watcher_py.engine.collector.events import applied
from watcher_py.engine.collector.feed import Feed
from watcher_py.engine.collector.nova_notices import understand

PICTURE = picture(
    server('s1'), server('s2', 'cn2'), groups=[ServerGroup('g', 'web', 'affinity', ('s1',), 1)],
    aggregates=[HostAggregate(1, 'az', ('cn1',), {'availability_zone': 'north'})])
SAID = {
    'instance.update': payload(server('s1', updated=moment(99), metadata={'a': 'b'})),
    'instance.delete.end': payload(server('s1', updated=moment(99))),
    'service.update': {'uuid': 's-cn1', 'host': 'cn1', 'binary': 'nova-compute', 'disabled': True,
                       'forced_down': False, 'disabled_reason': 'fan'},
    'aggregate.update_metadata.end': {'id': 1, 'name': 'az', 'hosts': ['cn1'],
                                      'metadata': {'availability_zone': 'south'}},
    'server_group.add_member': {'uuid': 'g', 'name': 'web', 'policy': 'affinity', 'members': ['s1', 's2'],
                                'rules': {'max_server_per_host': '3'}}}

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5)


@pytest.mark.parametrize('event_type', SAID)
@given(data=st.data())
def test_one_odd_value_does_no_harm(event_type, data):
    tree = copy.deepcopy(notice(event_type, 'P', SAID[event_type]).payload)
    place = tree
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(json)
            break
        place = place[key]
    feed = Feed(understand)
    feed.hear(Notice('nova-compute:cn1', event_type, tree, 0.0))
    assemble(applied(PICTURE, feed.take().events).picture)


@given(tree=json, event_type=st.sampled_from([*SAID, '']))
def test_nonsense_does_no_harm(tree, event_type):
    feed = Feed(understand)
    feed.hear(Notice('nova-compute:cn1', event_type, tree, 0.0))
    assert feed.take().events == ()

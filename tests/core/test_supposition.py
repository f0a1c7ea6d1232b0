# SPDX-License-Identifier: Apache-2.0
"""What would become of servers if their hosts were lost or emptied, and others came."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.capacity import Size
from watcher_py.core.cluster import Policy
from watcher_py.core.document import read
from watcher_py.core.supposition import Addition, Supposition, suppose

SMALL = Size(2, 8192, 20)


def supposed(snapshot, lost=(), emptied=(), added=()):
    names = snapshot.cluster.nodes.name
    return suppose(snapshot, Supposition(
        np.array([name in lost for name in names], dtype=bool),
        np.array([name in emptied for name in names], dtype=bool), tuple(added)))


def placed(hosts, instances, lost=(), emptied=(), **lists):
    """By server the host where it would stand; and those that find none, each with the reason."""
    snapshot = read(document(hosts, instances, **lists))
    found = supposed(snapshot, lost, emptied)
    nodes, servers = snapshot.cluster.nodes.name, snapshot.cluster.servers.name
    return ({name: nodes[node] for name, node in zip(servers, found.node.tolist(), strict=True)},
            {servers[row]: why for row, why in found.unplaced.items()})


def group(policy, *members):
    return {'id': 'g', 'name': 'web', 'policy': policy, 'members': list(members)}


@pytest.mark.parametrize('how', ['lost', 'emptied'])
def test_servers_find_room_elsewhere(how):
    assert placed([host('a'), host('b')], [instance('vm', 'a')], **{how: ['a']}) == ({'vm': 'b'}, {})


@pytest.mark.parametrize('how', ['lost', 'emptied'])
def test_where_there_is_no_room_a_server_says_so(how):
    where, why = placed([host('a'), host('b', vcpus=1)], [instance('vm', 'a')], **{how: ['a']})
    assert (where, why) == ({'vm': 'a'}, {'vm': 'none of the 1 hosts that may take it has room for it'})


def test_a_server_that_may_not_move_starts_anew_where_its_host_is_lost():
    rows = [instance('vm', 'a', locked=True)]
    assert placed([host('a'), host('b')], rows, lost=['a']) == ({'vm': 'b'}, {})
    assert placed([host('a'), host('b')], rows, emptied=['a']) == ({'vm': 'a'}, {'vm': 'it is locked'})


def test_a_host_that_is_down_already_can_be_given_up():
    assert placed([host('a', state='down'), host('b')], [instance('vm', 'a')], lost=['a'])[0] == {'vm': 'b'}


def test_nothing_comes_to_hosts_that_are_lost_or_emptied():
    where, _ = placed([host('a'), host('b'), host('c')], [instance('one', 'a'), instance('two', 'b')],
                      lost=['a'], emptied=['b'])
    assert where == {'one': 'c', 'two': 'c'}


def test_the_rules_hold_for_who_starts_anew():
    hosts = [host('a'), host('b', zone='az-2'), host('c')]
    rows = [instance('pinned', 'a', pinned_zone='az-1'), instance('mate', 'c')]
    where, why = placed(hosts, rows, lost=['a'], server_groups=[group('anti-affinity', 'pinned', 'mate')])
    assert (where['pinned'], why) == ('a', {'pinned': 'the rules let it stand on none of the other hosts'})


def test_an_affinity_group_starts_where_others_of_it_stand_and_nowhere_if_all_are_lost():
    hosts, rows = [host('a'), host('b'), host('c')], [instance('one', 'a'), instance('two', 'b')]
    groups = [group('affinity', 'one', 'two')]
    assert placed(hosts, rows, lost=['a'], server_groups=groups)[0]['one'] == 'b'
    why = 'its affinity group lets it start only beside members that have no host either'
    assert placed(hosts, rows, lost=['a', 'b'], server_groups=groups)[1] == {'one': why, 'two': why}


def test_others_make_way_for_servers_that_move():
    hosts = [host('a'), host('b', vcpus=2), host('c', vcpus=2, ram_mb=4096)]
    rows = [instance('large', 'a'), instance('small', 'b', ram_mb=1024)]
    assert placed(hosts, rows, emptied=['a']) == ({'large': 'b', 'small': 'c'}, {})


def test_new_servers_are_shared_out_among_the_hosts_that_take_them():
    snapshot = read(document([host('a'), host('b'), host('off', status='disabled')], []))
    found = supposed(snapshot, added=[Addition(5, SMALL)])
    assert sorted(found.added[0].tolist()) == [0, 2, 3]
    assert supposed(snapshot, added=[Addition(100, SMALL)]).added[0].tolist() == [8, 8, 0]


def test_the_largest_of_the_new_servers_come_first():
    snapshot = read(document([host('a', vcpus=4)], []))
    found = supposed(snapshot, added=[Addition(3, SMALL), Addition(1, Size(4, 16384, 0))])
    assert [each.tolist() for each in found.added] == [[0], [1]]


def test_new_servers_come_after_those_that_are_there():
    snapshot = read(document([host('a'), host('b', vcpus=4)], [instance('vm', 'a')]))
    found = supposed(snapshot, lost=['a'], added=[Addition(2, SMALL)])
    assert (found.node.tolist(), found.added[0].tolist(), found.unplaced) == ([1], [0, 1], {})


@given(doc=documents(), data=st.data())
def test_nobody_comes_where_there_is_no_room_and_hard_groups_are_kept(doc, data):
    assume(doc['hosts'])
    snapshot = read(doc)
    cluster = snapshot.cluster
    lost, emptied = (data.draw(st.lists(st.sampled_from(cluster.nodes.name))) for _ in range(2))
    found = supposed(snapshot, lost, emptied, [Addition(3, SMALL)])
    came = np.bincount(found.node, minlength=len(cluster.nodes)) + found.added[0] > np.bincount(
        cluster.servers.node, minlength=len(cluster.nodes))
    names = np.array(cluster.nodes.name)
    assert not np.isin(names[came], [*lost, *emptied]).any()
    beyond = np.minimum(snapshot.problem.room - snapshot.problem.used(snapshot.problem.node), 0.0)
    assert (found.free[came] >= beyond[came] - 1e-6).all()
    for row in np.flatnonzero(found.node != cluster.servers.node).tolist():
        for group in cluster.groups:
            if group.policy is Policy.ANTI_AFFINITY and row in group.members and len(group.members) > 1:
                assert (found.node[group.members] == found.node[row]).sum() <= group.limit

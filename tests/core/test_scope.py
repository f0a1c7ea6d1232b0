# SPDX-License-Identifier: Apache-2.0
"""What an audit's scope leaves of a cluster, and which scopes are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher_py.core import document
from watcher_py.core.cluster import Cluster
from watcher_py.core.errors import Invalid
from watcher_py.core.scope import check, narrow
from watcher_py.core.scope_rules import read


def _host(name, zone='nova'):
    return {'id': f'id-{name}', 'name': name, 'hypervisor': f'{name}.example.org', 'zone': zone,
            'vcpus': 16, 'ram_mb': 32768, 'disk_gb': 500, 'cpu_ratio': 4.0, 'held': {'vcpus': 1}}


def _server(name, host, project='alpha', **more):
    return {'id': name, 'host': f'id-{host}', 'project': project, 'vcpus': 2, 'ram_mb': 2048, 'disk_gb': 20,
            **more}


def _cluster(hosts, instances, groups=(), aggregates=()) -> Cluster:
    return document.read({'format': 'watcher-cluster', 'version': 1, 'hosts': hosts, 'instances': instances,
                          'server_groups': list(groups), 'aggregates': list(aggregates)}).cluster


@pytest.fixture
def cluster():
    return _cluster(
        [_host('cn1', 'a'), _host('cn10', 'a'), _host('cn2', 'b'), _host('cn3', 'c')],
        [_server('s1', 'cn1', metadata={'tier': 'Gold', 'team': 'x'}), _server('s2', 'cn10'),
         _server('s3', 'cn2', project='beta'), _server('s4', 'cn3', metadata={'tier': 'gold'})],
        [{'id': 'g', 'policy': 'anti-affinity', 'members': ['s2', 's3', 's4']}],
        [{'id': 1, 'name': 'ssd', 'hosts': ['cn1', 'cn2']}, {'id': 2, 'name': 'gpu', 'hosts': ['cn3']}])


def _kept(cluster, scope, **more):
    return set(narrow(cluster, scope, **more).nodes.name)


def _flagged(cluster, scope):
    servers = narrow(cluster, scope).servers
    return {uuid for uuid, excluded in zip(servers.uuid, servers.excluded, strict=True) if excluded}


EVERYTHING = {'cn1', 'cn10', 'cn2', 'cn3'}


@pytest.mark.parametrize(('rules', 'kept'), [
    ([], EVERYTHING),
    ([{}], EVERYTHING),
    ([{'host_aggregates': [{'id': 1}]}], {'cn1', 'cn2'}),
    ([{'host_aggregates': [{'name': 'gpu'}]}], {'cn3'}),
    ([{'host_aggregates': [{'id': '*'}]}], {'cn1', 'cn2', 'cn3'}),
    ([{'host_aggregates': [{'name': '*'}]}], {'cn1', 'cn2', 'cn3'}),
    ([{'host_aggregates': [{'id': 1}, {'name': 'gpu'}]}], {'cn1', 'cn2', 'cn3'}),
    ([{'host_aggregates': [{'name': 'no such'}]}], set()),
    ([{'host_aggregates': []}], set()),
    ([{'availability_zones': [{'name': 'a'}]}], {'cn1', 'cn10'}),
    ([{'availability_zones': [{'name': '*'}]}], EVERYTHING),
    ([{'host_aggregates': [{'id': 2}]}, {'availability_zones': [{'name': 'b'}]}], {'cn2', 'cn3'}),
    ([{'host_aggregates': [{'id': 2}], 'availability_zones': [{'name': 'b'}]}], {'cn2', 'cn3'}),
    ([{'exclude': [{'compute_nodes': [{'name': 'cn1'}]}]}], {'cn10', 'cn2', 'cn3'}),
    ([{'exclude': [{'compute_nodes': [{'name': 'cn1.example.org'}]}]}], {'cn10', 'cn2', 'cn3'}),
    ([{'exclude': [{'host_aggregates': [{'name': 'ssd'}]}]}], {'cn10', 'cn3'}),
    ([{'availability_zones': [{'name': 'a'}]},
      {'exclude': [{'compute_nodes': [{'name': 'cn1'}]}]}], {'cn10'}),
])
def test_the_listed_aggregates_and_zones_are_kept_and_the_excluded_nodes_are_not(cluster, rules, kept):
    assert _kept(cluster, [{'compute': rules}]) == kept


@pytest.mark.parametrize(('items', 'flagged'), [
    ([{'instances': [{'uuid': 's1'}, {'uuid': 's3'}]}], {'s1', 's3'}),
    ([{'projects': [{'uuid': 'alpha'}]}], {'s1', 's2', 's4'}),
    ([{'projects': [{'uuid': 'beta'}]}, {'instances': [{'uuid': 's1'}]}], {'s1', 's3'}),
    ([{'instance_metadata': [{'tier': 'GOLD'}]}], {'s1', 's4'}),
    ([{'instance_metadata': [{'tier': 'tin'}, {'team': 'X'}]}], {'s1'}),
    ([{'instance_metadata': []}], set()),
])
def test_excluded_servers_stay_and_are_flagged(cluster, items, flagged):
    scope = [{'compute': [{'exclude': items}]}]
    assert _flagged(cluster, scope) == flagged
    assert narrow(cluster, scope).servers.uuid == cluster.servers.uuid


def test_the_flat_style_of_old_means_compute(cluster):
    rules = [{'availability_zones': [{'name': 'a'}]}, {'exclude': [{'instances': [{'uuid': 's1'}]}]}]
    assert _kept(cluster, rules) == {'cn1', 'cn10'}
    assert _flagged(cluster, rules) == {'s1'}


def test_rules_of_storage_leave_compute_alone(cluster):
    assert _kept(cluster, [{'storage': [{'availability_zones': [{'name': 'b'}]}]}]) == EVERYTHING
    both = [{'storage': []}, {'compute': [{'availability_zones': [{'name': 'b'}]}]}]
    assert _kept(cluster, both) == {'cn2'}


def test_rules_of_baremetal_are_understood_but_may_not_be_asked_for(cluster):
    scope = [{'baremetal': [{'exclude': [{'ironic_nodes': [{'uuid': 'n1'}]}]}]}]
    assert _kept(cluster, scope) == EVERYTHING
    assert read(scope).named('baremetal.exclude.ironic_nodes', 'uuid') == {'n1'}
    with pytest.raises(Invalid, match='baremetal: unknown; expected one of compute, storage'):
        check(scope)
    with pytest.raises(Invalid, match='ironic_nodes'):
        narrow(cluster, [{'baremetal': [{'exclude': [{'ironic_nodes': [{'name': 'n1'}]}]}]}])


def test_groups_and_aggregates_follow_their_rows(cluster):
    narrowed = narrow(cluster, [{'availability_zones': [{'name': 'b'}, {'name': 'c'}]}])
    assert [narrowed.servers.uuid[row] for row in narrowed.groups[0].members] == ['s3', 's4']
    assert {aggregate.name: [narrowed.nodes.name[row] for row in aggregate.nodes]
            for aggregate in narrowed.aggregates} == {'ssd': ['cn2'], 'gpu': ['cn3']}


@pytest.mark.parametrize(('scope', 'place'), [
    ({}, 'scope: expected a list'),
    (None, 'scope: expected a list'),
    (['compute'], 'scope[0]: expected an object'),
    ([{'compute': []}, {'baremetal': []}], 'scope[1].baremetal: unknown'),
    ([{'compute': {}}], 'scope[0].compute: expected a list'),
    ([{'compute': [{'hosts': []}]}], 'scope[0].compute[0].hosts: unknown'),
    ([{'hosts': []}], 'scope[0].compute[0].hosts: unknown'),
    ([{'compute': [{'host_aggregates': [{'uuid': 'x'}]}]}], 'compute[0].host_aggregates[0]: expected'),
    ([{'compute': [{'host_aggregates': [{'id': True}]}]}], 'compute[0].host_aggregates[0].id: expected'),
    ([{'compute': [{'host_aggregates': [{'id': '1'}]}]}], 'compute[0].host_aggregates[0].id: expected'),
    ([{'compute': [{'host_aggregates': [{'id': '*'}, {'id': 1}]}]}], '"*" must be the only entry'),
    ([{'compute': [{'availability_zones': [{'name': ''}]}]}], 'availability_zones[0].name: expected a text'),
    ([{'compute': [{'exclude': [{'instances': ['x']}]}]}], 'exclude[0].instances[0]: expected an object'),
    ([{'compute': [{'exclude': [{'instance_metadata': 'x'}]}]}], 'instance_metadata: expected a list'),
    ([{'storage': [{'exclude': [{'pools': []}]}]}], 'scope[0].storage[0].exclude[0].pools: unknown'),
    ([{'compute': [{'host_aggregates': [{'id': 1}]}, {'exclude': [{'host_aggregates': [{'id': 2}]}]}]}],
     'both included and excluded'),
])
def test_a_scope_that_is_none_is_refused_with_the_place_of_its_fault(scope, place):
    with pytest.raises(Invalid) as refusal:
        check(scope)
    assert place in str(refusal.value)


NAMES = [f'cn{number}' for number in range(6)]
names = st.sampled_from(NAMES)
uuids = st.sampled_from([f's{number}' for number in range(12)])


def _entries(key, values):
    return st.lists(st.fixed_dictionaries({key: values}), max_size=4)


@st.composite
def clusters(draw):
    hosts = [_host(name, draw(st.sampled_from('ab'))) for name in NAMES[:draw(st.integers(1, 6))]]
    on = st.sampled_from([host['name'] for host in hosts])
    instances = [_server(f's{number}', draw(on), draw(st.sampled_from(['alpha', 'beta'])))
                 for number in range(draw(st.integers(0, 12)))]
    members = [row['id'] for row in instances if draw(st.booleans())]
    return _cluster(hosts, instances, [{'id': 'g', 'policy': 'affinity', 'members': members}],
                    [{'id': 1, 'name': 'one', 'hosts': draw(st.lists(on, unique=True))}])


scopes = st.lists(st.one_of(
    st.fixed_dictionaries({'availability_zones': _entries('name', st.sampled_from('abc'))}),
    st.fixed_dictionaries({'host_aggregates': _entries('id', st.integers(1, 2))}),
    st.fixed_dictionaries({'exclude': st.lists(st.one_of(
        st.fixed_dictionaries({'instances': _entries('uuid', uuids)}),
        st.fixed_dictionaries({'projects': _entries('uuid', st.sampled_from(['alpha', 'gamma']))}),
        st.fixed_dictionaries({'compute_nodes': _entries('name', names)})), max_size=3)}),
), max_size=4)


@given(clusters(), scopes)
def test_narrowing_changes_nothing_about_what_stays(cluster, scope):
    narrowed = narrow(cluster, scope)
    rows = [cluster.nodes.uuid.index(uuid) for uuid in narrowed.nodes.uuid]
    assert np.array_equal(narrowed.used(), cluster.used()[rows])
    assert np.array_equal(narrowed.capacity(), cluster.capacity()[rows])
    assert ({uuid: narrowed.nodes.uuid[node] for uuid, node in
             zip(narrowed.servers.uuid, narrowed.servers.node, strict=True)}
            == {uuid: cluster.nodes.uuid[node] for uuid, node in
                zip(cluster.servers.uuid, cluster.servers.node, strict=True)
                if cluster.nodes.uuid[node] in narrowed.nodes.uuid})
    assert ({narrowed.servers.uuid[row] for row in narrowed.groups[0].members}
            == {cluster.servers.uuid[row] for row in cluster.groups[0].members} & set(narrowed.servers.uuid))


@given(clusters(), scopes)
def test_a_server_that_stays_is_flagged_if_and_only_if_it_is_excluded(cluster, scope):
    items = [item for rule in scope for item in rule.get('exclude', ())]
    listed = {entry['uuid'] for item in items for key in ('instances', 'projects')
              for entry in item.get(key, ())}
    servers = narrow(cluster, scope).servers
    for uuid, project, excluded in zip(servers.uuid, servers.project, servers.excluded, strict=True):
        assert excluded == bool({uuid, project} & listed)


@given(clusters(), scopes)
def test_narrowing_twice_is_narrowing_once(cluster, scope):
    once = narrow(cluster, scope)
    assert narrow(once, scope).nodes.uuid == once.nodes.uuid

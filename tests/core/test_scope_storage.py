# SPDX-License-Identifier: Apache-2.0
"""What an audit's scope leaves of the storage and of the machines; exclusions hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, host
from tests.core.storages import POOLS, TYPES, machines, pool, storages, volume
from watcher_py.core.document import read
from watcher_py.core.scope import check, narrow


def _cluster(hosts=(), **lists):
    return read(document(list(hosts), [], **lists)).cluster


@pytest.fixture
def cluster():
    return _cluster(
        [host('a'), host('b', zone='az-2')],
        pools=[pool(1, zone='az-1', volume_types=['gold']), pool(2, zone='az-1', volume_types=['silver']),
               pool(3, zone='az-2', volume_types=['gold', 'silver']), pool(4, zone='az-3')],
        volumes=[volume('v1', 1, project='red'), volume('v2', 2), volume('v3', 3, project='red'),
                 volume('v4', 4), volume('lost', None)],
        volume_types=[{'name': name} for name in TYPES],
        machines=[{'id': 'm1', 'host': 'a-id'}, {'id': 'm2', 'host': 'b-id'}, {'id': 'm3'}])


def _pools(cluster, scope):
    return {POOLS.index(name) + 1 for name in narrow(cluster, scope).storage.pools.name}


def _volumes(cluster, scope):
    return set(narrow(cluster, scope).storage.volumes.uuid)


EVERYTHING = {1, 2, 3, 4}


@pytest.mark.parametrize(('rules', 'pools'), [
    ([], EVERYTHING),
    ([{}], EVERYTHING),
    ([{'availability_zones': [{'name': 'az-1'}]}], {1, 2}),
    ([{'availability_zones': [{'name': '*'}]}], EVERYTHING),
    ([{'availability_zones': [{'name': 'no such'}]}], set()),
    ([{'availability_zones': []}], set()),
    ([{'volume_types': [{'name': 'gold'}]}], {1, 3}),
    ([{'volume_types': [{'name': '*'}]}], EVERYTHING),
    ([{'volume_types': [{'name': 'bronze'}]}], set()),
    ([{'volume_types': [{'name': 'silver'}]}, {'availability_zones': [{'name': 'az-3'}]}], {2, 3, 4}),
    ([{'volume_types': [{'name': 'silver'}], 'availability_zones': [{'name': 'az-3'}]}], {2, 3, 4}),
    ([{'exclude': [{'storage_pools': [{'name': POOLS[0]}, {'name': POOLS[3]}]}]}], {2, 3}),
    ([{'volume_types': [{'name': 'gold'}]}, {'exclude': [{'storage_pools': [{'name': POOLS[0]}]}]}], {3}),
])
def test_the_listed_zones_and_types_are_kept_and_the_excluded_pools_are_not(cluster, rules, pools):
    scope = [{'storage': rules}]
    check(scope)
    assert _pools(cluster, scope) == pools


def test_volumes_go_with_their_pools(cluster):
    chosen = [{'storage': [{'availability_zones': [{'name': 'az-1'}]}]}]
    assert _volumes(cluster, chosen) == {'v1', 'v2'}
    excluded = [{'storage': [{'exclude': [{'storage_pools': [{'name': POOLS[0]}]}]}]}]
    assert _volumes(cluster, excluded) == {'v2', 'v3', 'v4', 'lost'}


@pytest.mark.parametrize(('items', 'flagged'), [
    ([], set()), ([{'volumes': [{'uuid': 'v2'}]}], {'v2'}), ([{'projects': [{'uuid': 'red'}]}], {'v1', 'v3'}),
    ([{'volumes': [{'uuid': 'lost'}], 'projects': [{'uuid': 'red'}]}], {'v1', 'v3', 'lost'})])
def test_excluded_volumes_stay_and_are_flagged(cluster, items, flagged):
    volumes = narrow(cluster, [{'storage': [{'exclude': items}]}]).storage.volumes
    marked = {uuid for uuid, excluded in zip(volumes.uuid, volumes.excluded, strict=True) if excluded}
    assert marked == flagged
    assert len(volumes) == 5


def test_a_scope_of_compute_leaves_storage_alone_and_takes_the_machines_of_its_nodes(cluster):
    narrowed = narrow(cluster, [{'compute': [{'availability_zones': [{'name': 'az-2'}]}]}])
    assert (len(narrowed.storage.pools), len(narrowed.storage.volumes)) == (4, 5)
    assert narrowed.machines.uuid == ('m2', 'm3')
    assert narrowed.machines.node.tolist() == [0, -1]


def test_excluded_machines_go_and_their_nodes_stay(cluster):
    narrowed = narrow(cluster, [{'baremetal': [{'exclude': [{'ironic_nodes': [{'uuid': 'm1'}]}]}]}])
    assert narrowed.machines.uuid == ('m2', 'm3')
    assert len(narrowed.nodes) == 2


def _entries(key, values):
    return st.lists(st.fixed_dictionaries({key: st.sampled_from(values)}), max_size=3)


scopes = st.lists(st.one_of(
    st.fixed_dictionaries({'availability_zones': _entries('name', ['az-1', 'az-2'])}),
    st.fixed_dictionaries({'volume_types': _entries('name', TYPES)}),
    st.fixed_dictionaries({'exclude': st.lists(st.one_of(
        st.fixed_dictionaries({'storage_pools': _entries('name', POOLS)}),
        st.fixed_dictionaries({'volumes': _entries('uuid', [f'vol{number}' for number in range(8)])}),
        st.fixed_dictionaries({'projects': _entries('uuid', ['red'])})), max_size=3)}),
), max_size=4).map(lambda rules: [{'storage': rules}])


def _excluded(scope, name, key):
    return {entry[key] for rule in scope[0]['storage'] for item in rule.get('exclude', ())
            for entry in item.get(name, ())}


@given(storages(), scopes)
def test_exclusions_hold(lists, scope):
    before, after = _cluster(**lists).storage, narrow(_cluster(**lists), scope).storage
    assert not set(after.pools.name) & _excluded(scope, 'storage_pools', 'name')
    frozen = _excluded(scope, 'volumes', 'uuid') | _excluded(scope, 'projects', 'uuid')
    flags = dict(zip(before.volumes.uuid, before.volumes.excluded, strict=True))
    for uuid, project, excluded in zip(after.volumes.uuid, after.volumes.project, after.volumes.excluded,
                                       strict=True):
        assert excluded == (flags[uuid] or bool({uuid, project} & frozen))


@given(storages(), scopes)
def test_narrowing_changes_nothing_about_what_stays(lists, scope):
    before, after = _cluster(**lists).storage, narrow(_cluster(**lists), scope).storage
    rows = [before.pools.name.index(name) for name in after.pools.name]
    assert np.array_equal(after.used(), before.used()[rows], equal_nan=True)
    assert np.array_equal(after.pools.total, before.pools.total[rows], equal_nan=True)
    places = dict(zip(before.volumes.uuid, (
        before.pools.name[row] if row >= 0 else None for row in before.volumes.pool), strict=True))
    for uuid, row in zip(after.volumes.uuid, after.volumes.pool, strict=True):
        assert places[uuid] == (after.pools.name[row] if row >= 0 else None)


@given(storages(), scopes)
def test_narrowing_twice_is_narrowing_once(lists, scope):
    once = narrow(_cluster(**lists), scope)
    twice = narrow(once, scope).storage
    assert (twice.pools.name, twice.volumes.uuid) == (once.storage.pools.name, once.storage.volumes.uuid)


@given(machines(['a-id', 'b-id']), st.sampled_from(['az-1', 'az-2']))
def test_machines_stay_with_their_nodes(rows, zone):
    cluster = _cluster([host('a'), host('b', zone='az-2')], machines=rows)
    narrowed = narrow(cluster, [{'compute': [{'availability_zones': [{'name': zone}]}]}])
    on = {row['id']: row['host'] for row in rows}
    for uuid, node in zip(narrowed.machines.uuid, narrowed.machines.node, strict=True):
        assert (narrowed.nodes.uuid[node] if node >= 0 else None) == on[uuid]
    assert set(on) - set(narrowed.machines.uuid) == {
        uuid for uuid, place in on.items() if place and place not in narrowed.nodes.uuid}

# SPDX-License-Identifier: Apache-2.0
"""What Nova refuses: by which status, in which words, and that nothing changes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.core import clusters
from watcher_py.core.document import read
from watcher_py.core.rules import rules_of
from watcher_py.sim.build import build
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.generator import generate
from watcher_py.sim.rules import why_not

KINDS = pytest.mark.parametrize('kind', ['live', 'cold'])


def state_of(cloud: Any) -> Any:
    world = cloud.world
    return dict(world.servers), dict(world.ledger.claims), dict(world.migrations), dict(world.in_flight)


@KINDS
@pytest.mark.parametrize(('server', 'target', 'words'), [
    ('plain', 'tiny', 'No valid host was found. tiny has no room: 2 VCPU wanted'),
    ('plain', 'crowded', 'No valid host was found. crowded has no room: 4096 MEMORY_MB wanted, 4096 of 6000'),
    ('plain', 'delta', 'No valid host was found. The compute service of delta is disabled'),
    ('plain', 'echo', 'No valid host was found. The compute service of echo is down'),
    ('plain', 'leased', 'No valid host was found. leased is kept for other projects'),
    ('pinned', 'gamma', 'No valid host was found. The server is pinned to zone north'),
    ('apart-1', 'beta', 'No valid host was found. Anti-affinity group apart has 1 of 1 members on beta'),
    ('pair-1', 'beta', 'No valid host was found. Anti-affinity group pairs has 2 of 2 members on beta'),
    ('near-1', 'alpha', 'No valid host was found. No other member of affinity group near is on alpha'),
    ('needs-ssd', 'alpha', 'No valid host was found. alpha is in no aggregate with ssd=true'),
    ('needs-avx', 'alpha', 'No valid host was found. alpha lacks trait HW_CPU_X86_AVX512F'),
    ('shuns-avx', 'fast', 'No valid host was found. fast has the forbidden trait HW_CPU_X86_AVX512F'),
    ('plain', 'alpha', 'Unable to migrate instance (plain) to current host (alpha).'),
    ('plain', 'nowhere', 'Compute host nowhere could not be found.'),
])
def test_a_target_that_breaks_a_rule_is_refused(
        cloud: Any, admin: Any, kind: str, server: str, target: str, words: str) -> None:
    before = state_of(cloud)
    answer = getattr(admin, kind)(server, target)
    assert answer.status_code == 400
    assert answer.json()['badRequest']['code'] == 400
    assert answer.json()['badRequest']['message'].startswith(words)
    assert state_of(cloud) == before
    refusal, = cloud.world.refusals
    assert (refusal.server, refusal.reason.startswith(words)) == (server, True)


@pytest.mark.parametrize(('kind', 'server'), [
    ('live', 'off'), ('live', 'asleep'), ('cold', 'frozen'), ('cold', 'asleep')])
def test_a_server_in_the_wrong_state_is_a_conflict(cloud: Any, admin: Any, kind: str, server: str) -> None:
    before = state_of(cloud)
    answer = getattr(admin, kind)(server, 'beta')
    assert answer.status_code == 409
    assert 'while it is in vm_state' in answer.json()['conflictingRequest']['message']
    assert state_of(cloud) == before


@KINDS
def test_a_server_that_moves_is_not_moved_again(admin: Any, kind: str) -> None:
    assert admin.live('plain', 'beta').status_code == 202
    answer = getattr(admin, kind)('plain', 'gamma')
    assert answer.status_code == 409
    assert 'while it is in task_state migrating' in answer.json()['conflictingRequest']['message']


@KINDS
def test_an_unknown_server_is_not_found(admin: Any, kind: str) -> None:
    answer = getattr(admin, kind)('ghost', 'beta')
    assert answer.status_code == 404
    assert answer.json() == {'itemNotFound': {'code': 404, 'message': 'Instance ghost could not be found.'}}


@KINDS
def test_only_admins_migrate(cloud: Any, member: Any, kind: str) -> None:
    before = state_of(cloud)
    answer = getattr(member, kind)('plain', 'beta')
    assert answer.status_code == 403
    assert answer.json()['forbidden']['code'] == 403
    assert state_of(cloud) == before


@KINDS
def test_a_locked_server_obeys_admins(admin: Any, kind: str) -> None:
    assert getattr(admin, kind)('locked', 'beta').status_code == 202


def test_an_arriving_member_counts_on_its_target_at_once(cloud: Any, admin: Any) -> None:
    assert admin.live('apart-1', 'gamma').status_code == 202
    assert admin.live('apart-2', 'gamma').status_code == 400
    assert admin.live('apart-2', 'alpha').status_code == 400       # for it may still come back
    cloud.clock.advance(60)
    assert admin.live('apart-2', 'alpha').status_code == 202


def test_room_is_held_at_both_ends_while_a_server_moves(cloud: Any, admin: Any) -> None:
    used = cloud.world.ledger.used
    alpha, beta = used('host-alpha').vcpus, used('host-beta').vcpus
    admin.live('plain', 'beta')
    assert (used('host-alpha').vcpus, used('host-beta').vcpus) == (alpha, beta + 2)
    cloud.clock.advance(60)
    admin.server('plain')
    assert (used('host-alpha').vcpus, used('host-beta').vcpus) == (alpha - 2, beta + 2)


def test_the_last_room_is_given_once(cloud: Any, admin: Any) -> None:
    """Of the 6000 MiB of crowded its lodger has 4096 until it has left."""
    assert admin.live('lodger', 'gamma').status_code == 202
    assert admin.live('plain', 'crowded').status_code == 400
    cloud.clock.advance(60)
    assert admin.live('plain', 'crowded').status_code == 202
    assert admin.live('locked', 'crowded').status_code == 400


def test_a_member_that_is_booted_beside_its_affinity_group_must_stay_there(admin: Any) -> None:
    flavor = admin.get('/flavors/detail')['flavors'][0]['id']
    body = {'server': {'name': 'near-3', 'flavorRef': flavor, 'imageRef': 'x', 'host': 'gamma'},
            'os:scheduler_hints': {'group': 'near'}}
    new = admin.ask('POST', '/servers', body, '2.74').json()['server']['id']
    assert admin.server(new)['OS-EXT-SRV-ATTR:host'] == 'gamma'
    assert admin.live(new, 'alpha').status_code == 400


def test_the_scheduler_picks_a_host_that_breaks_no_rule(cloud: Any, admin: Any) -> None:
    assert admin.live('pinned').status_code == 202
    assert admin.newest_migration('pinned')['dest_compute'] in ('beta', 'fast')
    assert admin.live('needs-avx').status_code == 400
    assert 'There are not enough hosts available' in cloud.world.refusals[-1].reason


@pytest.mark.parametrize(('asked', 'may'), [('<or> hdd <or> ssd', True), ('s!= ssd', False), ('ssd', True)])
def test_aggregate_extra_specs_are_compared_by_nova_s_operators(asked: str, may: bool) -> None:
    server = clusters.instance('vm', 'a', extra_specs={'aggregate_instance_extra_specs:disk': asked})
    fast = {'name': 'fast', 'hosts': ['b'], 'metadata': {'disk': 'ssd'}}
    doc = clusters.document([clusters.host('a'), clusters.host('b')], [server], aggregates=[fast])
    world = build(read(doc), Clock(speed=0), Faults())
    assert (why_not(world, world.servers['vm'], world.hosts['b-id']) is None) is may


@settings(max_examples=25, deadline=None)
@given(some.integers(1, 12), some.integers(0, 60), some.integers(0, 10**6))
def test_the_core_and_the_cloud_agree_who_may_go_where(hosts: int, servers: int, seed: int) -> None:
    """Two models of the same rules, written apart: core's for planning, this one for refusing."""
    cluster = read(generate(hosts, servers, seed)).cluster
    world = build(read(generate(hosts, servers, seed)), Clock(speed=0), Faults())
    rules, room = rules_of(cluster), cluster.capacity() - cluster.used()
    for row, uuid in enumerate(cluster.servers.uuid):
        server = world.servers[uuid]
        for node, host in enumerate(cluster.nodes.uuid):
            if node == cluster.servers.node[row] or 'affinity group' in rules.stuck[row]:
                continue
            allowed = (rules.takes[rules.class_of[row], node]
                       and (cluster.servers.demand[row] <= room[node]).all()
                       and not any(row in group.members and np.count_nonzero(
                           cluster.servers.node[group.members] == node) >= group.limit
                           for group in rules.apart))
            assert allowed == (why_not(world, server, world.hosts[host]) is None)

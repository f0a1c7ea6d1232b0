# SPDX-License-Identifier: Apache-2.0
"""Servers take more than three sizes, from providers that have it; who finds none may not come."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.core import clusters
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.whatif import WhatIf
from watcher_py.sim import allotments
from watcher_py.sim.build import build
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.rules import why_not
from watcher_py.sim.world import World

GPUS = {'providers': [
    {'name': 'gpu-1', 'inventories': {'VGPU': {'total': 2}}, 'traits': ['CUSTOM_A40']},
    {'name': 'gpu-2', 'inventories': {'VGPU': {'total': 3, 'held': 1}}}]}
PCPUS = {'vcpus': 8, 'inventories': {'PCPU': {'total': 8}}}


def world_of(hosts: list[Any], servers: list[Any]) -> World:
    return build(read(clusters.document(hosts, servers)), Clock(speed=0), Faults())


def taken(world: World, host: str) -> dict[str, dict[str, int]]:
    """What is used of the providers of a host, by the ends of their names."""
    return {one.name: {name: amount for name, amount in world.ledger.taken(one.uuid).items() if amount}
            for one in world.hosts[f'{host}-id'].tree}


def asking(**specs: str) -> dict[str, Any]:
    return {'extra_specs': specs}


def test_a_server_takes_its_devices_where_there_are_some_left() -> None:
    servers = [clusters.instance(f'vm-{number}', 'a', **asking(**{'resources:VGPU': '1'}))
               for number in range(3)]
    world = world_of([clusters.host('a', **GPUS), clusters.host('b')], servers)
    assert taken(world, 'a') == {'a': {'VCPU': 6, 'MEMORY_MB': 24576, 'DISK_GB': 60},
                                 'a_gpu-1': {'VGPU': 2}, 'a_gpu-2': {'VGPU': 2}}


@pytest.mark.parametrize(('specs', 'comes'), [
    ({'resources:VGPU': '2'}, True),
    ({'resources:VGPU': '3'}, False),                               # no provider has three left
    ({'resources1:VGPU': '2', 'resources2:VGPU': '2'}, True),
    ({'resources1:VGPU': '1', 'trait1:CUSTOM_A40': 'required'}, True),
    ({'resources1:VGPU': '1', 'trait1:CUSTOM_H100': 'required'}, False),
    ({'resources1:VGPU': '2', 'trait1:CUSTOM_A40': 'forbidden'}, True),
    ({'resources1:VGPU': '1', 'resources2:VGPU': '1', 'group_policy': 'isolate'}, True),
    ({'resources1:VGPU': '1', 'resources2:VGPU': '1', 'resources3:VGPU': '1', 'group_policy': 'isolate'},
     False),
    ({'resources:CUSTOM_GOLD': '1'}, False)])
def test_who_finds_no_provider_may_not_come(specs: dict[str, str], comes: bool) -> None:
    world = world_of([clusters.host('a', **GPUS), clusters.host('b')],
                     [clusters.instance('vm', 'b', **asking(**specs))])
    assert (why_not(world, world.servers['vm'], world.hosts['a-id']) is None) is comes


def test_dedicated_cpus_are_a_class_of_their_own() -> None:
    own = clusters.instance('own', 'a', vcpus=4, **asking(**{'hw:cpu_policy': 'dedicated'}))
    world = world_of([clusters.host('a', **PCPUS), clusters.host('b', **PCPUS)], [own])
    assert world.servers['own'].flavor.sizes.vcpus == 4
    assert taken(world, 'a')['a'] == {'MEMORY_MB': 8192, 'DISK_GB': 20, 'PCPU': 4}


def test_where_nobody_has_such_cpus_they_are_shared() -> None:
    own = clusters.instance('own', 'a', vcpus=4, **asking(**{'hw:cpu_policy': 'dedicated'}))
    assert taken(world_of([clusters.host('a')], [own]), 'a')['a']['VCPU'] == 4


def test_what_moves_is_claimed_at_both_ends_with_its_devices(cloud: Any, admin: Any) -> None:
    world = cloud.world
    world.add_host(world_of([clusters.host('a', **GPUS)], []).hosts['a-id'])
    world.add_host(world_of([clusters.host('b', **GPUS)], []).hosts['b-id'])
    flavor = admin.get('/flavors/detail')['flavors'][0]['id']
    world.flavors[flavor] = replace(
        world.flavors[flavor], extra_specs={'resources:VGPU': '1'})
    body = {'server': {'name': 'new', 'flavorRef': flavor, 'host': 'a'}}
    new = admin.ask('POST', '/servers', body, '2.74').json()['server']['id']
    assert taken(world, 'a')['a_gpu-1'] == {'VGPU': 1}
    assert admin.live(new, 'beta').status_code == 400
    assert admin.live(new, 'b').status_code == 202
    assert (taken(world, 'a')['a_gpu-1'], taken(world, 'b')['b_gpu-1']) == ({'VGPU': 1}, {'VGPU': 1})
    cloud.clock.advance(60)
    admin.server(new)
    assert (taken(world, 'a')['a_gpu-1'], taken(world, 'b')['b_gpu-1']) == ({}, {'VGPU': 1})


@settings(deadline=None)
@given(doc=clusters.documents())
def test_whatever_the_core_lets_move_may_come(doc: Any) -> None:
    """Two models of one cloud: the core's, that knows sums, and this one, that knows each provider."""
    cluster = read(doc).cluster
    world, trial = build(read(doc), Clock(speed=0), Faults()), WhatIf(allocation_problem(cluster))
    for row in np.flatnonzero(trial.problem.movable).tolist():
        server = world.servers[cluster.servers.uuid[row]]
        for node in np.flatnonzero(trial.fits(row)).tolist():
            if node != cluster.servers.node[row]:
                assert why_not(world, server, world.hosts[cluster.nodes.uuid[node]]) is None


@settings(deadline=None)
@given(doc=clusters.documents())
def test_the_books_hold_what_the_document_says(doc: Any) -> None:
    cluster = read(doc).cluster
    world = build(read(doc), Clock(speed=0), Faults())
    used = cluster.used()
    for row, uuid in enumerate(cluster.nodes.uuid):
        tree = world.hosts[uuid].tree
        for column, name in enumerate(cluster.resources):
            if name.isupper():
                held = sum(have.held for one in cluster.nodes.providers[row]
                           for have_name, have in one.inventories.items() if have_name == name)
                of_servers = used[row, column] - cluster.nodes.held[row, column]
                own = cluster.nodes.held[row, column] if column < 3 else held
                assert sum(world.ledger.taken(one.uuid).get(name, 0) for one in tree) == of_servers + own


def test_a_claim_beyond_what_there_is_is_kept_all_the_same() -> None:
    greedy = clusters.instance('vm', 'a', resources={'VGPU': 9})
    world = world_of([clusters.host('a', **GPUS)], [greedy])
    assert taken(world, 'a')['a_gpu-1'] == {'VGPU': 9}
    assert allotments.asked(world, world.servers['vm']).further() == {}

# SPDX-License-Identifier: Apache-2.0
"""A zone that is emptied over REST: its servers and their volumes, and what the cloud says then."""

from itertools import accumulate

from tests.core.clusters import document, host, instance
from tests.core.storages import POOLS, pool, volume
from watcher_py.sim.cinder_moves import GB_IN_A_SECOND, SETUP_S

SERVERS = [f'{number:032x}' for number in range(2)]
VOLUMES = [f'{number:032x}' for number in range(10, 13)]
OLD, NEW = POOLS[:2]


def cloud():
    """Two servers on a host that goes, each with a volume in a pool that goes; a third volume lies free."""
    return document(
        [host('old'), host('new')], [instance(uuid, 'old') for uuid in SERVERS],
        pools=[pool(1), pool(2)],
        volumes=[*(volume(uuid, 1, size_gb=5, snapshots=0, attached_to=[server], status='in-use')
                   for uuid, server in zip(VOLUMES, SERVERS, strict=False)),
                 volume(VOLUMES[2], 1, size_gb=5, snapshots=0)])


def test_servers_and_their_volumes_leave_a_zone(town):
    here = town(cloud())
    plan = here.plan('zone_migration', compute_nodes=[{'src_node': 'old', 'dst_node': 'new'}],
                     storage_pools=[{'src_pool': OLD, 'dst_pool': NEW}], with_attached_volume=True)
    assert len(plan['actions']) == 5
    ended = here.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert set(here.standing().values()) == {'new'}
    world = here.cloud.world
    with world.lock:
        assert {one.pool for one in world.storage.volumes.values()} == {NEW}
        asked = [(one.volume, one.target) for one in world.storage.departures]
    assert len(asked) == 3


def test_where_no_volume_is_to_leave_only_servers_do(town):
    here = town(document([host('old'), host('new')], [instance(uuid, 'old') for uuid in SERVERS]))
    ended = here.carry_out(here.plan('zone_migration', compute_nodes=[{'src_node': 'old'}]))
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert set(here.standing().values()) == {'new'}


MANY = [f'{number:032x}' for number in range(20, 26)]


def most_at_once(moves):
    """Of moves, each with its first and last moment: the most that went on at one time."""
    events = sorted(event for begun, ended in moves for event in ((begun, 1), (ended, -1)))
    return max(accumulate(change for _, change in events))


def test_a_migration_that_fails_keeps_none_from_its_lane(town):
    here = town(document([host(name) for name in ('old', 'older', 'new', 'newer')],
                         [instance(uuid, 'old' if row < 3 else 'older') for row, uuid in enumerate(MANY)]))
    here.cloud.faults.fail_migrations(MANY[0])
    plan = here.plan('zone_migration', parallel_total=3, compute_nodes=[
        {'src_node': 'old', 'dst_node': 'new'}, {'src_node': 'older', 'dst_node': 'newer'}])
    # Without limits, two a link would go at once.
    assert here.get(f'/v2/action_plans/{plan["uuid"]}/execution') == {'parallel': 3, 'parallel_per_host': 2}
    ended = here.carry_out(plan)
    assert ended['state'] == 'FAILED'
    assert here.standing() == {uuid: 'old' if row == 0 else 'new' if row < 3 else 'newer'
                               for row, uuid in enumerate(MANY)}
    with here.cloud.world.lock:
        moves = [(one.created, one.ends_at) for one in here.cloud.world.migrations.values()]
    assert len(moves) == len(MANY)
    assert most_at_once(moves) <= 3


def test_a_volume_that_fails_keeps_none_from_its_lane(town):
    here = town(document([], [], pools=[pool(1), pool(2)],
                         volumes=[volume(uuid, 1, size_gb=5, snapshots=0) for uuid in MANY]))
    here.cloud.faults.fail_migrations(MANY[0])
    plan = here.plan('zone_migration', storage_pools=[{'src_pool': OLD, 'dst_pool': NEW}],
                     parallel_per_pool=1)
    ended = here.carry_out(plan)
    assert ended['state'] == 'FAILED'
    storage = here.cloud.world.storage
    with here.cloud.world.lock:
        moves = [(one.ends_at - SETUP_S - 5 / GB_IN_A_SECOND, one.ends_at) for one in storage.departures]
        left = [one.uuid for one in storage.volumes.values() if one.pool == OLD]
    assert left == MANY[:1]
    assert len(moves) == len(MANY)
    assert most_at_once(moves) == 1

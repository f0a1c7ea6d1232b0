# SPDX-License-Identifier: Apache-2.0
"""A zone that is emptied over REST: its servers and their volumes, and what the cloud says then."""

from tests.core.clusters import document, host, instance
from tests.core.storages import POOLS, pool, volume

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

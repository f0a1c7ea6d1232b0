# SPDX-License-Identifier: Apache-2.0
"""Storage pools that are too full, over REST: audit, plan, execution, and what the cloud says then."""

from tests.core import storages
from tests.core.clusters import document, host, instance
from tests.core.storages import POOLS, volume

SERVER = '5e' * 16
FREE, DATA, BOOT, KEPT = (f'{number:032x}' for number in range(1, 5))
FULL, SPACIOUS, OTHER_TYPE = POOLS[:3]


def pool(number, free_gb, **values):
    """A small one, for what is copied takes its time."""
    return storages.pool(number, **{**dict.fromkeys(('total_gb', 'allocated_gb', 'provisioned_gb'), 100),
                                    'free_gb': free_gb, **values})


def cloud():
    """A pool at 90 %, one at 30 % of the same type, an empty one of another type."""
    used = {'attached_to': [SERVER], 'status': 'in-use'}
    return document(
        [host('a')], [instance(SERVER, 'a')],
        pools=[pool(1, 10, volume_types=['gold']), pool(2, 70, volume_types=['gold']),
               pool(3, 100, volume_types=['silver'])],
        volumes=[volume(FREE, 1, size_gb=7, type='gold', snapshots=0),
                 volume(DATA, 1, size_gb=4, type='gold', snapshots=0, **used),
                 volume(BOOT, 1, size_gb=3, type='gold', snapshots=0, bootable=True, **used),
                 volume(KEPT, 1, size_gb=20, type='gold', snapshots=1)],
        volume_types=[{'name': 'gold'}, {'name': 'silver'}])


def lies(town):
    world = town.cloud.world
    with world.lock:
        return {one.uuid.replace('-', ''): one.pool for one in world.storage.volumes.values()}


def test_a_pool_that_is_too_full_ends_below_the_threshold(town):
    here = town(cloud())
    plan = here.plan('storage_capacity_balance')
    # 10 GB have to go: what nobody uses first, then the least that is in use and no boot volume.
    assert {action['action_type'] for action in plan['actions']} == {'volume_migrate'}
    ended = here.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert lies(here) == {FREE: SPACIOUS, DATA: SPACIOUS, BOOT: FULL, KEPT: FULL}
    again = here.plan('storage_capacity_balance')
    assert again['actions'] == []


def test_a_second_pool_of_a_type_that_promises_the_same_takes_what_no_other_does(town):
    here = town(document(
        [host('a')], [],
        pools=[pool(1, 10, volume_types=['gold']), pool(2, 70, volume_types=['gold-2'])],
        volumes=[volume(FREE, 1, size_gb=10, type='gold', snapshots=0)],
        volume_types=[{'name': name, 'extra_specs': {'volume_backend_name': backend}}
                      for name, backend in (('gold', 'lvm1'), ('gold-2', 'lvm2'))]))
    ended = here.carry_out(here.plan('storage_capacity_balance'))
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert lies(here) == {FREE: SPACIOUS}
    with here.cloud.world.lock:
        assert [one.type for one in here.cloud.world.storage.volumes.values()] == ['gold-2']

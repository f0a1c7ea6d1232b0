# SPDX-License-Identifier: Apache-2.0
"""Storage and machines for tests: random ones by hypothesis, and small ones written out."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

POOLS = tuple(f'cinder{number}@lvm#pool{number}' for number in range(1, 5))
TYPES = ('gold', 'silver', 'bronze')


def pool(number: int, **values: Any) -> Document:
    """A pool of 1000 GB, half of it free."""
    return {'name': POOLS[number - 1], 'backend': f'lvm{number}', 'total_gb': 1000, 'free_gb': 500,
            'allocated_gb': 500, 'provisioned_gb': 500, **values}


def volume(uuid: str, pool: int | None, **values: Any) -> Document:
    """A volume of 10 GB."""
    return {'id': uuid, 'size_gb': 10, 'pool': None if pool is None else POOLS[pool - 1], **values}


@st.composite
def storages(draw: st.DrawFn) -> Document:
    """The lists of any storage that a document can hold."""
    names = list(POOLS[:draw(st.integers(0, len(POOLS)))])
    count = draw(st.integers(0, 8))
    return {'pools': [draw(_pools(name)) for name in names],
            'volumes': [draw(_volumes(f'vol{number}', tuple(names))) for number in range(count)],
            'volume_types': [{'name': name, 'extra_specs': draw(st.sampled_from((None, {}, {'a': 'b'})))}
                             for name in TYPES]}


def machines(hosts: list[str]) -> st.SearchStrategy[list[Document]]:
    """Machines, some of which run one of these hosts (by their ids)."""
    return _machines(tuple(hosts))


@cache
def _machines(hosts: tuple[str, ...]) -> st.SearchStrategy[list[Document]]:
    return st.lists(st.fixed_dictionaries({
        'id': st.sampled_from([f'metal{number}' for number in range(6)]),
        'host': st.sampled_from([None, *hosts]), 'compute_node': st.sampled_from(['', *hosts]),
        'power_state': st.sampled_from((None, 'power on', 'power off')), 'maintenance': st.booleans(),
        'known': st.booleans()}), max_size=4, unique_by=lambda row: row['id'])


@cache
def _pools(name: str) -> st.SearchStrategy[Document]:
    capacity = st.sampled_from((None, 'infinite', 0, 100, 1000.5))
    return st.fixed_dictionaries({
        'name': st.just(name), 'zone': st.sampled_from(('az-1', 'az-2')),
        'volume_types': st.lists(st.sampled_from(TYPES), unique=True),
        'total_gb': capacity, 'free_gb': capacity, 'allocated_gb': capacity, 'provisioned_gb': capacity,
        'state': st.sampled_from(('up', 'down')), 'status': st.sampled_from(('enabled', 'disabled')),
        'known': st.booleans(), 'thin': st.booleans(), 'reserved_percentage': st.sampled_from((None, 0, 10)),
        'max_over_subscription_ratio': st.sampled_from((None, 20.0))})


@cache
def _volumes(name: str, pools: tuple[str, ...]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({
        'id': st.just(name), 'pool': st.sampled_from([None, *pools]),
        'size_gb': st.sampled_from((None, 1, 50)),
        'project': st.sampled_from(('red', 'blue')), 'type': st.sampled_from(('', *TYPES)),
        'status': st.sampled_from(('available', 'in-use', 'error')),
        'attached_to': st.sampled_from(([], ['vm1'], ['vm1', 'vm2'])),
        'snapshots': st.sampled_from((None, 0, 2)), 'excluded': st.booleans(), 'known': st.booleans()})

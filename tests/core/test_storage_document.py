# SPDX-License-Identifier: Apache-2.0
"""Storage in cluster documents: what is held comes back, what is wrong is told."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from tests.core.clusters import document
from tests.core.storages import POOLS, pool, storages, volume
from watcher_py.core.document import json_schema, read, write
from watcher_py.core.errors import Invalid
from watcher_py.core.storage import NO_STORAGE

SCHEMA = Draft202012Validator(json_schema())


@given(storages())
def test_what_is_written_is_read_back(lists):
    written = write(read(document([], [], **lists)))
    SCHEMA.validate(written)
    assert write(read(json.loads(json.dumps(written)))) == written


@given(storages())
def test_the_json_schema_accepts_what_the_reader_accepts(lists):
    SCHEMA.validate(document([], [], **lists))


def test_a_document_without_storage_has_none():
    storage = read(document([], [])).cluster.storage
    assert (len(storage.pools), len(storage.volumes), storage.types) == (0, 0, ())
    assert len(NO_STORAGE.used()) == 0


def test_capacities_become_columns_in_which_unknown_is_not_zero_and_infinite_has_no_end():
    pools = read(document([], [], pools=[
        pool(1), pool(2, total_gb='infinite', free_gb='infinite'),
        pool(3, total_gb=None, free_gb=None, max_over_subscription_ratio=20)])).cluster.storage.pools
    assert pools.total[:2].tolist() == [1000, math.inf]
    assert np.isnan(pools.total[2])
    assert np.isnan(pools.free[2])
    assert np.isnan(pools.max_over_subscription_ratio[0])
    assert pools.max_over_subscription_ratio[2] == 20
    assert pools.host[0] == POOLS[0].partition('#')[0]


def test_volumes_know_the_rows_of_their_pools():
    volumes = [volume('a', 2), volume('b', None), volume('c', 2, size_gb=5), volume('d', 1, size_gb=None)]
    storage = read(document([], [], pools=[pool(1), pool(2)], volumes=volumes)).cluster.storage
    assert storage.volumes.pool.tolist() == [1, -1, 1, 0]
    assert np.isnan(storage.used()[0])
    assert storage.used()[1] == 15


@pytest.mark.parametrize(('lists', 'sentence'), [
    ({'pools': {}}, '"pools" is not a list'),
    ({'pools': [{}]}, r'pools\[0\] has no "name"'),
    ({'pools': [pool(1), pool(1)]}, "pools: \"name\" 'cinder1@lvm#pool1' stands twice"),
    ({'pools': [pool(1, total_gb='unknown')]}, '"total_gb" is .*, not a number of 0 or more or null or "inf'),
    ({'pools': [pool(1, free_gb=-1)]}, '"free_gb" is -1'),
    ({'volumes': [volume('a', 1)]}, r"volumes\[0\] names pool 'cinder1@lvm#pool1', which is not in"),
    ({'volumes': [volume('a', None), volume('a', None)]}, "\"id\" 'a' stands twice"),
    ({'volumes': [{'id': 'a'}]}, r'volumes\[0\] has no "size_gb"'),
    ({'volumes': [volume('a', None, snapshots=1.5)]}, '"snapshots" is 1.5, not a whole number'),
    ({'volume_types': [{'name': 'a', 'extra_specs': {'b': 1}}]}, '"extra_specs" is'),
    ({'volume_types': [{'name': 'a'}, {'name': 'a'}]}, "\"name\" 'a' stands twice"),
])
def test_a_fault_is_told_with_its_place(lists, sentence):
    with pytest.raises(Invalid, match=sentence):
        read(document([], [], **lists))

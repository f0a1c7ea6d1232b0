# SPDX-License-Identifier: Apache-2.0
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.document import read, write
from watcher_py.core.errors import Invalid
from watcher_py.core.explain.archive import pack, unpack


@given(documents(), st.integers(0, 5))
def test_what_is_packed_comes_back_to_the_letter(text, step):
    snapshot = read(text)
    nodes = max(len(snapshot.cluster.nodes), 1)
    node = (snapshot.cluster.servers.node + step) % nodes
    again, there = unpack(pack(snapshot, node))
    assert write(again) == write(snapshot)
    assert there.tolist() == node.tolist()


def test_many_servers_take_few_bytes():
    instances = [instance(f'{number:032x}', 'a', flavor='m1.large', project='red') for number in range(1000)]
    snapshot = read(document([host('a')], instances))
    packed = pack(snapshot, snapshot.cluster.servers.node)
    assert len(packed) < 20_000 < len(json.dumps(write(snapshot))) / 10


@pytest.mark.parametrize('packed', [
    b'', b'junk', zlib.compress(b'junk'), zlib.compress(b'{"format": "watcher-evidence", "version": 2}')])
def test_what_is_no_evidence_is_refused(packed):
    with pytest.raises(Invalid, match='the evidence'):
        unpack(packed)


def test_a_placement_is_kept_apart_from_the_snapshot():
    snapshot = read(document([host('a'), host('b')], [instance('vm1', 'a')]))
    again, node = unpack(pack(snapshot, np.array([1])))
    assert again.cluster.servers.node.tolist() == [0]
    assert node.tolist() == [1]

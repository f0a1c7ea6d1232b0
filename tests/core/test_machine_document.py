# SPDX-License-Identifier: Apache-2.0
"""Machines in cluster documents: what is held comes back, what is wrong is told."""

import json

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from tests.core.clusters import document, host
from tests.core.storages import machines
from watcher_py.core.document import json_schema, read, write
from watcher_py.core.errors import Invalid

HOSTS = [host('a'), host('b')]

SCHEMA = Draft202012Validator(json_schema())


@given(machines(['a-id', 'b-id']))
def test_what_is_written_is_read_back(rows):
    doc = document(HOSTS, [], machines=rows)
    SCHEMA.validate(doc)
    written = write(read(doc))
    SCHEMA.validate(written)
    assert write(read(json.loads(json.dumps(written)))) == written


def test_machines_know_the_rows_of_their_nodes():
    found = read(document(HOSTS, [], machines=[
        {'id': 'm1', 'host': 'b-id', 'power_state': 'power off'}, {'id': 'm2'}])).cluster.machines
    assert found.node.tolist() == [1, -1]
    assert found.power_state == ('power off', None)
    assert found.known.tolist() == [True, True]


@pytest.mark.parametrize(('rows', 'sentence'), [
    ([{'id': 'm', 'host': 'nowhere'}], r"machines\[0\] names host 'nowhere', which is not in the document"),
    ([{'id': 'm'}, {'id': 'm'}], "machines: \"id\" 'm' stands twice"),
    ([{'id': 'm', 'maintenance': 'no'}], r'machines\[0\]: "maintenance" is \'no\', not true or false'),
])
def test_a_fault_is_told_with_its_place(rows, sentence):
    with pytest.raises(Invalid, match=sentence):
        read(document(HOSTS, [], machines=rows))

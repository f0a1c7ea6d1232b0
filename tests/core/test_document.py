# SPDX-License-Identifier: Apache-2.0
"""Cluster documents: what they hold comes back, what is wrong is told."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from tests.core.clusters import document, documents, host, instance
from watcher_py.core.document import json_schema, read, write
from watcher_py.core.errors import Invalid
from watcher_py.core.metrics import Metric

SMALL = document([host('a'), host('b')], [instance('vm', 'a'), instance('vm2', 'b')],
                 server_groups=[{'id': 'g', 'policy': 'affinity', 'members': ['vm', 'vm2']}])
SCHEMA = Draft202012Validator(json_schema())
SCHEMA_FILE = Path(__file__).parents[2] / 'doc/source/reference/cluster-document.schema.json'


@given(documents())
def test_what_is_written_is_read_back(doc):
    written = write(read(doc))
    again = write(read(json.loads(json.dumps(written))))
    assert again == written


@given(documents())
def test_the_json_schema_accepts_what_the_reader_accepts_and_what_the_writer_writes(doc):
    SCHEMA.validate(doc)
    SCHEMA.validate(write(read(doc)))


def test_the_documented_schema_is_the_reader_s():
    assert json.loads(SCHEMA_FILE.read_text()) == json_schema()


def test_sizes_become_columns():
    cluster = read(document([host('a', cpu_ratio=2.0, vcpu_reserved=1, disk_gb_reserved=50)],
                            [instance('vm', 'a')])).cluster
    assert cluster.capacity().tolist() == [[30.0, 65536.0, 450.0]]
    assert cluster.used().tolist() == [[2.0, 8192.0, 20.0]]


def test_a_missing_metric_is_unknown_and_not_zero():
    snapshot = read(document([host('a', metrics={})], [instance('vm', 'a', metrics={'cpu_util_pct': None})]))
    assert np.isnan(snapshot.readings.column(Metric.HOST_CPU, 1)).all()
    assert np.isnan(snapshot.readings.column(Metric.INSTANCE_CPU, 1)).all()


def _without(part, row, key):
    def change(doc):
        del doc[part][row][key]
    return change


def _with(part, row, **values):
    def change(doc):
        doc[part][row].update(values)
    return change


@pytest.mark.parametrize(('change', 'sentence'), [
    (_without('instances', 1, 'ram_mb'), r'instances\[1\] has no "ram_mb"'),
    (_without('hosts', 0, 'id'), r'hosts\[0\] has no "id"'),
    (_with('hosts', 1, vcpus=-4), r'hosts\[1\]: "vcpus" is -4, not a number of 0 or more'),
    (_with('hosts', 1, vcpus=True), r'hosts\[1\]: "vcpus" is True'),
    (_with('hosts', 1, vcpus=float('nan')), r'hosts\[1\]: "vcpus" is nan'),
    (_with('instances', 0, host='nowhere'), r"instances\[0\] names host 'nowhere', which is not"),
    (_with('instances', 1, id='vm'), "instances: \"id\" 'vm' stands twice"),
    (_with('hosts', 1, name='a'), "hosts: \"name\" 'a' stands twice"),
    (_with('hosts', 0, state='asleep'), r'"state" is \'asleep\', not up or down'),
    (_with('server_groups', 0, members=['vm', 'ghost']), r"server_groups\[0\] names instance 'ghost'"),
    (_with('server_groups', 0, policy='together'), r'"policy" is \'together\''),
    (_with('server_groups', 0, rules={'max_server_per_host': 0}), r'"max_server_per_host" is 0'),
    (lambda doc: doc.update(format='zip'), "\"format\" is 'zip'"),
    (lambda doc: doc.update(version=2), 'this program reads version 1'),
    (lambda doc: doc.update(hosts={}), '"hosts" is not a list'),
    (lambda doc: doc.pop('instances'), '"instances" is not a list'),
    (lambda doc: doc['hosts'].append('c'), r'hosts\[2\] is not an object'),
    (lambda doc: doc.update(taken_at='yesterday'), '"taken_at" is \'yesterday\''),
])
def test_a_fault_is_told_with_its_place(change, sentence):
    doc = copy.deepcopy(SMALL)
    change(doc)
    with pytest.raises(Invalid, match=sentence):
        read(doc)


@pytest.mark.parametrize('value', [None, [], 'text', 3])
def test_a_document_that_is_no_object_is_refused(value):
    with pytest.raises(Invalid, match='not an object'):
        read(value)

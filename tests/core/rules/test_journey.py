# SPDX-License-Identifier: Apache-2.0
"""What a migration asks of two hypervisors."""

import pytest

from tests.core.asking import hosts_of, stuck, targets
from tests.core.clusters import document, instance
from watcher_py.core.document import read
from watcher_py.core.rules import rules_of


def cpu(**values):
    return {'cpu': values}


@pytest.mark.parametrize(('own', 'other', 'may'), [
    ({}, {}, True), (cpu(model='x'), cpu(model='x'), True), (cpu(model='x'), cpu(model='y'), False),
    (cpu(rank=1), cpu(rank=2), True), (cpu(rank=2), cpu(rank=1), False),
    (cpu(rank=2, model='x'), cpu(rank=2), True),
    (cpu(features=['aes']), cpu(features=['aes', 'avx']), True),
    (cpu(features=['aes', 'avx']), cpu(features=['aes']), False),
    (cpu(vendor='Intel', rank=1), cpu(vendor='AMD', rank=2), False), (cpu(model='x'), {}, False),
    ({'hypervisor_version': 8002000}, {'hypervisor_version': 9000000}, True),
    ({'hypervisor_version': 9000000}, {'hypervisor_version': 8002000}, False),
    ({'hypervisor_type': 'QEMU'}, {'hypervisor_type': 'QEMU'}, True),
    ({'hypervisor_type': 'QEMU'}, {'hypervisor_type': 'VMware'}, False),
    (cpu(model='x', arch='x86_64'), cpu(model='x', arch='aarch64'), False),
])
def test_a_running_server_goes_to_no_lesser_hypervisor(own, other, may):
    doc = document(hosts_of(a=own, b=other), [instance('vm', 'a')])
    assert targets(doc) == ({'b'} if may else set())


def test_a_server_that_is_switched_off_starts_anew_on_any_cpu_of_its_kind_of_hypervisor():
    hosts = hosts_of(a={'cpu': {'rank': 2}, 'hypervisor_type': 'QEMU', 'hypervisor_version': 9},
                     b={'cpu': {'rank': 1}, 'hypervisor_type': 'QEMU', 'hypervisor_version': 8},
                     c={'hypervisor_type': 'VMware'},
                     d={'hypervisor_type': 'QEMU', 'cpu': {'arch': 'aarch64'}})
    assert targets(document(hosts, [instance('vm', 'a', state='stopped')])) == {'b', 'd'}


def test_a_running_server_stays_where_the_cpu_is_unknown_that_others_tell():
    doc = document(hosts_of(a={}, b=cpu(model='x'), c={}),
                   [instance('vm', 'a'), instance('off', 'a', state='stopped')])
    assert stuck(doc) == 'the CPU of a is unknown, which others tell'
    assert (stuck(doc, 1), targets(doc, 1)) == ('', {'b', 'c'})


def test_nodes_of_one_kind_are_numbered_alike():
    doc = document(hosts_of(a=cpu(model='x'), b=cpu(model='y'), c=cpu(model='x')), [])
    assert rules_of(read(doc).cluster).kind.tolist() == [0, 1, 0]

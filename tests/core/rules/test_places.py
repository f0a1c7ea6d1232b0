# SPDX-License-Identifier: Apache-2.0
"""Where a server may stand by its flavor and image, and what happens where hosts do not tell."""

import pytest

from tests.core.asking import hosts_of, stuck, targets, with_specs
from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.rules import misplaced, takes_new
from watcher_py.core.whatif import WhatIf


@pytest.mark.parametrize(('asked', 'taking'), [
    ('<or> hdd <or> ssd', {'b', 'c'}), ('s== hdd', {'c'}), ('tape', set())])
def test_aggregate_extra_specs_are_compared_as_nova_does(asked, taking):
    doc = document([host('a'), host('b'), host('c')],
                   [with_specs({'aggregate_instance_extra_specs:disk': asked})],
                   aggregates=[{'name': 'fast', 'hosts': ['b'], 'metadata': {'disk': 'ssd'}},
                               {'name': 'slow', 'hosts': ['c'], 'metadata': {'disk': 'hdd'}}])
    assert targets(doc) == taking


def test_an_extra_spec_without_a_scope_binds_where_an_aggregate_has_its_key():
    aggregates = [{'name': 'fast', 'hosts': ['b'], 'metadata': {'disk': 'ssd'}}]
    hosts = [host('a'), host('b'), host('c')]
    assert targets(document(hosts, [with_specs({'disk': 'ssd'})], aggregates=aggregates)) == {'b'}
    assert targets(document(hosts, [with_specs({'tape': 'dat'})], aggregates=aggregates)) == {'b', 'c'}


def test_hosts_kept_for_a_trait_take_only_servers_that_require_it():
    aggregates = [{'name': 'licensed', 'hosts': ['b'], 'metadata': {'trait:CUSTOM_WINDOWS': 'required'}}]
    hosts = [host('a'), host('b', traits=['CUSTOM_WINDOWS']), host('c', traits=['CUSTOM_WINDOWS'])]
    needs = {'trait:CUSTOM_WINDOWS': 'required'}
    assert targets(document(hosts, [instance('vm', 'a')], aggregates=aggregates)) == {'c'}
    assert targets(document(hosts, [with_specs(needs)], aggregates=aggregates)) == {'b', 'c'}
    assert targets(document(hosts, [instance('vm', 'a', image=needs)], aggregates=aggregates)) == {'b', 'c'}


def test_hosts_kept_for_an_image_property_take_no_image_of_another_value():
    aggregates = [{'name': 'windows', 'hosts': ['b'], 'metadata': {'os_distro': 'windows'}}]
    hosts = [host('a'), host('b'), host('c')]
    for image, taking in (({}, {'b', 'c'}), ({'os_distro': 'windows'}, {'b', 'c'}),
                          ({'os_distro': 'debian'}, {'c'})):
        assert targets(document(hosts, [instance('vm', 'a', image=image)], aggregates=aggregates)) == taking


GPUS = {'providers': [{'name': 'g1', 'inventories': {'VGPU': {'total': 4}}, 'traits': ['CUSTOM_A40']},
                      {'name': 'g2', 'inventories': {'VGPU': {'total': 4}}, 'traits': ['CUSTOM_A16']}]}
GPU = {'providers': [{'name': 'g1', 'inventories': {'VGPU': {'total': 8, 'max_unit': 4}},
                      'traits': ['CUSTOM_A40']}]}


@pytest.mark.parametrize(('specs', 'taking'), [
    ({'resources:VGPU': '1'}, {'two', 'one'}),
    ({'resources:VGPU': '5'}, set()),                   # more than any one card gives to a server
    ({'resources1:VGPU': '1', 'trait1:CUSTOM_A40': 'required'}, {'one'}),
    ({'resources1:VGPU': '1', 'trait1:CUSTOM_A16': 'forbidden'}, {'one'}),
    ({'resources:VGPU': '1', 'trait:CUSTOM_A40': 'required'}, set()),   # asked of the node itself
    ({'resources:VGPU': '1', 'trait:CUSTOM_A16': 'forbidden'}, {'one'}),
    ({'resources1:VGPU': '1', 'resources2:VGPU': '2', 'group_policy': 'none'}, {'two', 'one'}),
    ({'resources1:VGPU': '1', 'resources1:FPGA': '1'}, set()),
])
def test_a_request_is_met_by_one_provider_whichever_placement_takes(specs, taking):
    doc = document(hosts_of(a=GPU, two=GPUS, one=GPU, bare={}), [with_specs(specs, resources=None)])
    assert targets(doc) == taking


def test_an_amount_is_dealt_out_in_steps():
    gold = {'CUSTOM_GOLD': {'total': 8, 'min_unit': 2, 'step_size': 2}}
    doc = document(hosts_of(a={'inventories': {'CUSTOM_GOLD': {'total': 8}}}, b={'inventories': gold}),
                   [with_specs({'resources:CUSTOM_GOLD': amount}, id=amount) for amount in '123'])
    assert [targets(doc, row) for row in range(3)] == [set(), {'b'}, set()]


def test_a_class_that_is_full_of_pieces_takes_nobody():
    rows = [with_specs({'resources:VGPU': amount}, id=f'vm{number}', host='two-id')
            for number, amount in enumerate('441')]
    doc = document(hosts_of(a=GPU, two=GPUS), [with_specs({'resources:VGPU': '1'}), *rows])
    assert targets(doc) == set()
    trial = WhatIf(allocation_problem(read(doc).cluster))
    trial.move(3, 0)                                    # the one unit that leaves may have stood anywhere
    assert not trial.fits(0)[1]


@pytest.mark.parametrize(('specs', 'reason'), [
    ({'resources1:VGPU': '1', 'resources2:VGPU': '1', 'group_policy': 'isolate'}, 'different providers'),
    ({'resources:FPGA': '1'}, 'it takes FPGA, which no node is known to have'),
    ({'pci_passthrough:alias': 'a40:1'}, 'Nova live-migrates no server with a PCI device'),
    ({'hw:mem_encryption': 'true'}, 'Nova live-migrates no server with encrypted memory'),
    ({'hw:tpm_version': '2.0'}, 'Nova live-migrates no server with an emulated TPM'),
    ({'hw:cpu_policy': 'dedicated'}, 'the NUMA cells of no node are known'),
    ({'hw:mem_page_size': 'large'}, 'the NUMA cells of no node are known'),
    ({'capabilities:cpu_info:model': 'x'},
     '"capabilities:cpu_info:model" is asked for, of which no node tells'),
])
def test_a_rule_whose_data_are_missing_keeps_its_servers_only(specs, reason):
    doc = document(hosts_of(a=GPU, b=GPU), [with_specs(specs), instance('plain', 'a')])
    assert reason in stuck(doc, 0)
    assert stuck(doc, 1) == ''


def test_what_keeps_a_running_server_does_not_keep_one_that_is_switched_off():
    specs = {'hw:tpm_version': '2.0'}
    doc = document(hosts_of(a={}, b={'traits': ['COMPUTE_SECURITY_TPM_2_0']}, c={}),
                   [with_specs(specs, state='stopped')])
    assert stuck(doc) == ''
    assert targets(doc) == {'b'}


CELL = {'vcpus': 8, 'pcpus': 8, 'pages': {'4': 32768, '2048': 16384}}
NUMA = {'vcpus': 16, 'inventories': {'PCPU': {'total': 16}}, 'numa_cells': [CELL, CELL]}


@pytest.mark.parametrize(('specs', 'taking'), [
    ({'hw:cpu_policy': 'dedicated'}, {'b', 'shared'}), ({'hw:mem_page_size': '2MB'}, {'b'}),
    ({'hw:mem_page_size': 'large'}, {'b'}), ({'hw:mem_page_size': '1GB'}, set()),
    ({'hw:numa_nodes': '1'}, {'b', 'shared'})])
def test_a_server_with_a_topology_goes_where_each_cell_has_what_it_takes(specs, taking):
    small = NUMA | {'numa_cells': [CELL | {'pages': {'4': 65536}}] * 2}
    doc = document(hosts_of(a=NUMA, b=NUMA, shared=small, unknown={}), [with_specs(specs)])
    assert targets(doc) == taking


@pytest.mark.parametrize(('specs', 'reason'), [
    ({'hw:numa_nodes': '2'}, 'it spans 2 NUMA cells'), ({'hw:mem_page_size': 'any'}, 'it takes "any" pages')])
def test_a_topology_that_leaves_its_cells_open_keeps_the_server(specs, reason):
    assert reason in stuck(document(hosts_of(a=NUMA, b=NUMA), [with_specs(specs)]))


def test_a_cell_s_memory_and_cpus_are_to_be_found_together():
    """Of each there is enough on the node, and never both in one cell."""
    cpus, pages = {'hw:cpu_policy': 'dedicated'}, {'hw:mem_page_size': '2MB'}
    takes_cpus = with_specs(cpus, id='c', host='b-id', vcpus=6, ram_mb=64)
    takes_pages = with_specs(pages, id='m', host='b-id', vcpus=1, ram_mb=12288)
    both = with_specs(cpus | pages, vcpus=4, ram_mb=8192)
    assert targets(document(hosts_of(a=NUMA, b=NUMA), [both])) == {'b'}
    assert targets(document(hosts_of(a=NUMA, b=NUMA), [both, takes_cpus, takes_pages])) == set()


@pytest.mark.parametrize(('image', 'taking'), [
    ({'hw_architecture': 'x86_64'}, {'b'}), ({'hw_architecture': 'amd64'}, {'b'}),
    ({'hw_architecture': 'aarch64'}, set()),
    ({'img_hv_type': 'qemu'}, {'b'}), ({'img_hv_requested_version': '>=8.2, <9'}, {'b'}),
    ({'img_hv_requested_version': '>8.2.0'}, set()), ({'img_hv_requested_version': 'new'}, set())])
def test_an_image_goes_to_the_hypervisor_it_is_made_for(image, taking):
    told = {'hypervisor_type': 'QEMU', 'hypervisor_version': 8002000, 'cpu': {'arch': 'x86_64', 'model': 'm'}}
    doc = document(hosts_of(a=told, b=told, c={}), [instance('vm', 'a', image=image)])
    assert targets(doc) == taking


def test_cells_that_are_full_of_pieces_take_nobody():
    cpus = {'hw:cpu_policy': 'dedicated'}
    rows = [with_specs(cpus, id=f'vm{number}', host='b-id', vcpus=vcpus, ram_mb=64)
            for number, vcpus in enumerate((7, 4, 3, 2))]
    trial = WhatIf(allocation_problem(read(document(hosts_of(a=NUMA, b=NUMA), [
        with_specs(cpus, vcpus=3, ram_mb=64), *rows])).cluster))
    trial.move(3, 0)                        # the 3 that leave may have stood beside the 4 or beside the 2
    assert not trial.fits(0)[1]


def test_a_host_whose_server_takes_unknown_pages_takes_no_other_with_a_topology():
    guest = with_specs({'hw:mem_page_size': 'any', 'hw:numa_nodes': '2'}, id='odd', host='b-id')
    doc = document(hosts_of(a=NUMA, b=NUMA, c=NUMA), [with_specs({'hw:numa_nodes': '1'}), guest])
    assert targets(doc) == {'c'}


def test_a_server_to_come_is_asked_about_its_place_and_not_its_way():
    hosts = hosts_of(a={'cpu': {'model': 'x'}}, b={'cpu': {'model': 'y'}, 'traits': ['T']},
                     c={'status': 'disabled', 'traits': ['T']})
    cluster = read(document(hosts, [with_specs({'trait:T': 'required'})])).cluster
    assert takes_new(cluster).tolist() == [[False, True, False]]


def test_misplaced_are_those_whom_the_rules_would_not_let_back():
    hosts = hosts_of(a={}, b={'traits': ['T'], 'status': 'disabled', 'zone': 'az-2'}, two=GPUS)
    over = [with_specs({'resources:VGPU': amount}, id=f'vm{number}', host='two-id')
            for number, amount in enumerate('441')]
    doc = document(hosts, [with_specs({'trait:T': 'required'}),
                           instance('right', 'b', extra_specs={'trait:T': 'required'}),
                           instance('zone', 'a', pinned_zone='az-2'),
                           instance('nowhere', 'a', pinned_zone='az-9'), *over])
    assert misplaced(read(doc).cluster).tolist() == [True, False, True, False, False, False, False]

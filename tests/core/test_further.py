# SPDX-License-Identifier: Apache-2.0
"""Resource classes beyond the three sizes: what is counted, and how much of it is sure."""

from dataclasses import replace

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core.cluster import VCPU
from watcher_py.core.document import read, write
from watcher_py.core.errors import Invalid
from watcher_py.core.further import newcomers

CELL = {'vcpus': 8, 'pcpus': 8, 'pages': {'4': 16384, '2048': 32768}}


def cluster_of(hosts, instances=()):
    return read(document(list(hosts), list(instances))).cluster


def room(cluster, resource, row=0):
    column = cluster.resources.index(resource)
    return (cluster.capacity() - cluster.nodes.held)[row, column]


def demand(cluster, resource, row=0):
    return cluster.servers.demand[row, cluster.resources.index(resource)]


def gpus(*totals):
    return [{'name': f'gpu-{number}', 'inventories': {'VGPU': {'total': total}}}
            for number, total in enumerate(totals)]


def asks(name, on='a', **specs):
    return instance(name, on, extra_specs={key.replace('__', ':'): value for key, value in specs.items()})


def test_the_three_sizes_come_first_then_the_others_by_name():
    gold = {'CUSTOM_GOLD': {'total': 4}}
    cluster = cluster_of([host('a', inventories=gold | {'PCPU': {'total': 8}}), host('b', providers=gpus(2))])
    assert cluster.resources == ('VCPU', 'MEMORY_MB', 'DISK_GB', 'CUSTOM_GOLD', 'PCPU', 'VGPU')
    assert cluster.capacity().shape == (2, 6)
    assert [room(cluster, name, row) for name in ('CUSTOM_GOLD', 'VGPU') for row in (0, 1)] == [4, 0, 0, 2]


def test_an_inventory_counts_with_ratio_reserve_and_what_is_held():
    inventory = {'total': 10, 'reserved': 2, 'ratio': 3.0, 'held': 5}
    assert room(cluster_of([host('a', inventories={'CUSTOM_GOLD': inventory})]), 'CUSTOM_GOLD') == 19


def test_dedicated_cpus_are_counted_apart_from_shared_ones():
    hosts = [host('a', vcpus=8, inventories={'PCPU': {'total': 8}}, numa_cells=[CELL])]
    cluster = cluster_of(hosts, [
        asks('own', hw__cpu_policy='dedicated', hw__emulator_threads_policy='isolate'),
        instance('shared', 'a'), asks('both', hw__cpu_policy='mixed', hw__cpu_dedicated_mask='0')])
    assert [demand(cluster, 'PCPU', row) for row in range(3)] == [3, 0, 1]
    assert cluster.servers.demand[:, VCPU].tolist() == [0, 2, 1]
    assert cluster.vcpus().tolist() == [3, 2, 2]
    assert cluster.cores().tolist() == [16]


def test_what_is_stated_to_be_allocated_counts_more_than_the_flavor():
    hosts = [host('a', inventories={'PCPU': {'total': 8}, 'CUSTOM_GOLD': {'total': 9}}, numa_cells=[CELL])]
    stated = asks('vm', hw__cpu_policy='dedicated', resources__CUSTOM_GOLD='4') | {'resources': {'PCPU': 1}}
    cluster = cluster_of(hosts, [stated])
    assert (demand(cluster, 'PCPU'), demand(cluster, 'CUSTOM_GOLD')) == (1, 0)
    assert cluster.servers.demand[0, VCPU] == 2


@pytest.mark.parametrize(('amounts', 'sure'), [
    ([], 7), ([1], 7), ([1, 1, 1], 7),
    ([2], 6),           # whole pieces of 2: two in the card of 4, one in the card of 3
    ([1, 2], 6),        # one unit may be left over on a card, so that 2 find no place at 7 - 1 taken
    ([1, 3], 5), ([3], 6)])
def test_of_several_providers_counts_what_is_sure_to_be_found_in_one(amounts, sure):
    hosts = [host('a', providers=gpus(4, 3)), host('b', providers=gpus(9))]
    servers = [asks(f'vm{number}', 'b', resources__VGPU=str(amount)) for number, amount in enumerate(amounts)]
    assert room(cluster_of(hosts, servers), 'VGPU') == sure


def test_parts_of_a_request_count_as_the_pieces_that_they_are():
    """3 in two parts: 2 may come of one card and 1 of the other, so that all are not multiples of 3."""
    hosts = [host('a', providers=gpus(4, 3)), host('b', providers=gpus(9))]
    servers = [asks('vm', 'b', resources_A__VGPU='1', resources_B__VGPU='2')]
    assert room(cluster_of(hosts, servers), 'VGPU') == 5


def test_a_node_with_several_providers_that_holds_more_than_is_sure_is_closed_and_full():
    servers = [asks(f'vm{number}', resources__VGPU=amount) for number, amount in enumerate(('3', '3', '1'))]
    cluster = cluster_of([host('a', providers=gpus(4, 3)), host('b', providers=gpus(8))], servers)
    assert room(cluster, 'VGPU') == 7 == cluster.used()[0, 3]
    assert cluster.nodes.closed_to == ({'VGPU'}, frozenset())


def test_a_class_that_nobody_is_known_to_have_is_where_it_is_and_nowhere_else():
    cluster = cluster_of([host('a'), host('b')], [asks('vm', resources__CUSTOM_GOLD='2')])
    assert [room(cluster, 'CUSTOM_GOLD', row) for row in (0, 1)] == [2, 0]


@pytest.mark.parametrize(('values', 'sentence'), [
    ({'inventories': {'VCPU': {'total': 1}}}, r'hosts\[0\].inventories: VCPU has fields of its own'),
    ({'inventories': {'gold': {'total': 1}}}, "'gold' is not the name of a resource class"),
    ({'inventories': {'PCPU': {}}}, r'hosts\[0\].inventories\[0\] has no "total"'),
    ({'providers': [{'name': 'x'}, {'name': 'x'}]}, r'hosts\[0\].providers: "name" .x. stands twice'),
    ({'numa_cells': [{'pages': {'2MB': 1}}]}, r'hosts\[0\].numa_cells: "pages" has sizes other than KiB'),
    ({'cpu': {'rank': -1}}, 'hosts.cpu.* "rank" is -1'),
])
def test_a_fault_in_a_host_s_hardware_is_told_with_its_place(values, sentence):
    with pytest.raises(Invalid, match=sentence):
        cluster_of([host('a', **values)])


def test_amounts_are_whole_numbers_of_further_classes():
    for resources, sentence in (({'PCPU': 0.5}, 'whole numbers'), ({'DISK_GB': 1}, 'DISK_GB has fields')):
        with pytest.raises(Invalid, match=sentence):
            cluster_of([host('a')], [instance('vm', 'a', resources=resources)])


def test_hardware_is_written_as_it_was_read():
    hosts = [host('a', providers=gpus(4, 3), numa_cells=[CELL], inventories={
        'PCPU': {'total': 8, 'reserved': 1, 'ratio': 1.0, 'held': 2,
                 'min_unit': 2, 'max_unit': 6, 'step_size': 2}},
        cpu={'arch': 'x86_64', 'vendor': 'Intel', 'model': 'x', 'features': ['aes'], 'rank': 3},
        hypervisor_type='QEMU', hypervisor_version=8002000)]
    row = write(read(document(hosts, [])))['hosts'][0]
    for key in ('inventories', 'cpu', 'hypervisor_type', 'hypervisor_version', 'numa_cells'):
        assert row[key] == hosts[0][key]
    assert [(one['name'], one['inventories']['VGPU']['total']) for one in row['providers']] == [
        ('gpu-0', 4), ('gpu-1', 3)]


def test_a_cell_is_shared_by_what_a_server_takes_most_of():
    servers = [asks('half', hw__cpu_policy='dedicated') | {'vcpus': 4, 'ram_mb': 1024},
               asks('most', hw__mem_page_size='2048') | {'vcpus': 1, 'ram_mb': 24576}]
    cluster = cluster_of([host('a', inventories={'PCPU': {'total': 8}}, numa_cells=[CELL])], servers)
    assert [demand(cluster, 'numa_cells', row) for row in (0, 1)] == [0.5, 0.75]


@pytest.mark.parametrize(('vcpus', 'sure'), [
    ((2,), 2.0), ((2, 4), 1.75), ((3,), 1.5), ((8, 2), 1.25)])
def test_of_several_cells_counts_the_share_that_is_sure_to_be_found_in_one(vcpus, sure):
    hosts = [host('a', inventories={'PCPU': {'total': 16}}, numa_cells=[CELL] * 2), host(
        'b', inventories={'PCPU': {'total': 80}}, numa_cells=[CELL | {'pcpus': 80, 'pages': {'4': 999999}}])]
    servers = [asks(f'vm{count}', 'b', hw__cpu_policy='dedicated') | {'vcpus': count, 'ram_mb': 1}
               for count in vcpus]
    assert room(cluster_of(hosts, servers), 'numa_cells') == pytest.approx(sure)


def test_a_server_to_come_takes_the_columns_of_the_cluster():
    cluster = cluster_of([host('a', inventories={'CUSTOM_GOLD': {'total': 4}}, providers=gpus(2))])
    wanted = cluster_of([host('a')], [asks('new', resources__VGPU='1')]).servers
    three = read(document([host('a')], [instance('new', 'a')])).cluster.servers
    servers = newcomers(cluster, three_columns(wanted)).servers
    assert servers.demand.tolist() == [[2, 8192, 20, 0, 1]]
    assert newcomers(cluster, three).servers.demand.tolist() == [[2, 8192, 20, 0, 0]]


@pytest.mark.parametrize(('specs', 'sentence'), [
    ({'hw__cpu_policy': 'dedicated'}, 'NUMA topology'), ({'resources__FPGA': '1'}, 'FPGA is asked for')])
def test_what_can_t_be_judged_of_a_server_to_come_is_said(specs, sentence):
    cluster = cluster_of([host('a')])
    with pytest.raises(Invalid, match=sentence):
        newcomers(cluster, three_columns(cluster_of([host('a')], [asks('new', **specs)]).servers))


def three_columns(servers):
    return replace(servers, demand=servers.demand[:, :3])

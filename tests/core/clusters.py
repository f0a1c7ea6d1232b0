# SPDX-License-Identifier: Apache-2.0
"""Clusters for tests: random ones by hypothesis, and small ones written out.

What is drawn from is made once: hypothesis takes most of its time to make it.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.core.storages import machines, storages

Document = dict[str, Any]

ZONES = ('az-1', 'az-2')
POLICIES = ('anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity')
AGGREGATES = (
    {}, {'disk': 'ssd'}, {'disk': 'nvme, ssd', 'level': '3'}, {'filter_tenant_id': 'red'},
    {'filter_tenant_id_1': 'blue,green'}, {'trait:HW_CPU_X86_AVX2': 'required'}, {'os_distro': 'windows'})

# Of a cluster that tells of its hardware, what a host may have.
CELLS = [{'vcpus': 4, 'pcpus': 4, 'pages': {'4': 8192, '2048': 16384}}] * 2
HARDWARE = (
    {}, {'inventories': {'CUSTOM_GOLD': {'total': 4, 'reserved': 1, 'ratio': 2.0, 'step_size': 2}}},
    {'inventories': {'PCPU': {'total': 8}}, 'numa_cells': CELLS},
    {'inventories': {'PCPU': {'total': 4}, 'CUSTOM_GOLD': {'total': 3, 'held': 1}}, 'numa_cells': CELLS[:1]},
    {'providers': [{'name': 'gpu-1', 'inventories': {'VGPU': {'total': 4}}, 'traits': ['CUSTOM_A40']},
                   {'name': 'gpu-2', 'inventories': {'VGPU': {'total': 3}}, 'traits': ['CUSTOM_A40']}]},
    {'providers': [{'name': 'gpu-1', 'inventories': {'VGPU': {'total': 2, 'max_unit': 1}}},
                   {'name': 'gpu-2', 'inventories': {'VGPU': {'total': 4}}, 'traits': ['CUSTOM_A40']}]})
HYPERVISORS = (
    {'hypervisor_type': 'QEMU', 'hypervisor_version': 8002000, 'cpu': {'model': 'old', 'rank': 1}},
    {'hypervisor_type': 'QEMU', 'hypervisor_version': 8002000, 'cpu': {'model': 'new', 'rank': 2}},
    {'hypervisor_type': 'QEMU', 'hypervisor_version': 9000000,
     'cpu': {'model': 'new', 'arch': 'x86_64', 'features': ['aes', 'avx2']}},
    {'hypervisor_type': 'QEMU', 'hypervisor_version': 9000000,
     'cpu': {'model': 'other', 'features': ['aes']}},
    {'hypervisor_type': 'QEMU', 'hypervisor_version': 9000000}, {'hypervisor_type': 'VMware'}, {})
# What a server's flavor, image or allocation may ask of it.
ASKS = (
    {'extra_specs': {'resources:CUSTOM_GOLD': '2'}}, {'resources': {'CUSTOM_GOLD': 1}},
    {'extra_specs': {'resources:VGPU': '1'}},
    {'extra_specs': {'resources1:VGPU': '1', 'trait1:CUSTOM_A40': 'required'}},
    {'extra_specs': {'resources_A:VGPU': '1', 'resources_B:VGPU': '2'}},
    {'extra_specs': {'resources1:VGPU': '1', 'resources2:VGPU': '1', 'group_policy': 'isolate'}},
    {'extra_specs': {'hw:cpu_policy': 'dedicated'}},
    {'extra_specs': {'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0'}},
    {'extra_specs': {'hw:mem_page_size': '2MB', 'hw:numa_nodes': '1'}},
    {'extra_specs': {'hw:numa_nodes': '2'}}, {'extra_specs': {'hw:mem_page_size': 'large'}},
    {'extra_specs': {'hw:tpm_version': '2.0'}}, {'extra_specs': {'pci_passthrough:alias': 'a40:1'}},
    {'extra_specs': {'aggregate_instance_extra_specs:level': '>= 2'}}, {'extra_specs': {'disk': 's== ssd'}},
    {'extra_specs': {'capabilities:hypervisor_type': 'QEMU'}},
    {'image': {'hw_architecture': 'x86_64', 'img_hv_requested_version': '>=8.2,<9'}},
    {'image': {'os_distro': 'linux'}}, {'image': {'trait:HW_CPU_X86_AVX2': 'required'}},
    {'hints': {'different_host': ['vm']}}, {'hints': {'group': ['g']}})
# Some hardware, hypervisors and asks, of few sorts, so that servers have somewhere to go.
FEW = st.tuples(*(st.lists(st.sampled_from(sorts), min_size=1, max_size=most)
                  for sorts, most in ((HARDWARE, 2), (HYPERVISORS, 2), (ASKS, 3))))


def host(name: str, **values: Any) -> Document:
    """A host of 16 CPUs, 64 GiB and 500 GB that is idle but measured."""
    return {'id': f'{name}-id', 'name': name, 'zone': 'az-1', 'vcpus': 16, 'ram_mb': 65536, 'disk_gb': 500,
            'metrics': {'cpu_util_pct': 5.0, 'ram_used_mb': 2048.0}, **values}


def instance(name: str, on: str, **values: Any) -> Document:
    """A server of 2 vCPUs, 8 GiB and 20 GB on a host of `host`."""
    return {'id': name, 'name': name, 'host': f'{on}-id', 'vcpus': 2, 'ram_mb': 8192, 'disk_gb': 20,
            'metrics': {'cpu_util_pct': 10.0, 'ram_used_mb': 1024.0}, **values}


def document(hosts: list[Document], instances: list[Document], **lists: Any) -> Document:
    return {'format': 'watcher-cluster', 'version': 1, 'hosts': hosts, 'instances': instances, **lists}


@st.composite
def documents(draw: st.DrawFn, max_hosts: int = 6, max_instances: int = 14) -> Document:
    """Any cluster that a document can hold: odd states, missing metrics, even beyond capacity.

    Half of them tell of their hardware, and have servers that ask for it; half have storage and machines.
    """
    names = [f'cn{number}' for number in range(draw(st.integers(0, max_hosts)))]
    count = draw(st.integers(0, max_instances)) if names else 0
    hosts = [draw(_hosts(name)) for name in names]
    instances = [draw(_instances(f'vm{number}', tuple(names))) for number in range(count)]
    if draw(st.booleans()):
        hardware, hypervisors, asks = draw(FEW)
        for row in hosts:
            row |= draw(st.sampled_from(hardware)) | draw(st.sampled_from(hypervisors))
        for row in instances:
            row |= draw(st.sampled_from([{}, *asks]))
    further = draw(storages()) | {'machines': draw(machines([row['id'] for row in hosts]))} if draw(
        st.booleans()) else {}
    return document(hosts, instances, **further,
                    server_groups=draw(_groups(count)) if count else [],
                    aggregates=draw(_aggregates(tuple(names))))


@cache
def _hosts(name: str) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({
        'id': st.just(f'{name}-id'), 'name': st.just(name), 'zone': st.sampled_from(ZONES),
        'vcpus': st.sampled_from((4, 8, 16)), 'ram_mb': st.sampled_from((32768, 65536)),
        'disk_gb': st.just(200), 'cpu_ratio': st.sampled_from((1.0, 2.0)), 'ram_mb_reserved': st.just(512),
        'state': st.sampled_from(('up', 'up', 'up', 'down')),
        'status': st.sampled_from(('enabled', 'enabled', 'disabled')),
        'known': st.sampled_from((True, True, True, False)),
        'traits': st.sampled_from(([], ['HW_CPU_X86_AVX2'])),
        'metrics': st.fixed_dictionaries({
            'cpu_util_pct': _readings(100.0), 'ram_used_mb': _readings(32768.0),
            'outlet_temp_c': _readings(60.0), 'inlet_temp_c': _readings(40.0), 'airflow_cfm': _readings(80.0),
            'power_w': _readings(600.0)}),
        'power': st.sampled_from(({}, {'idle_w': 100.0, 'max_w': 400.0})),
    })


@cache
def _instances(name: str, hosts: tuple[str, ...]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({
        'id': st.just(name), 'name': st.just(name),
        'host': st.sampled_from(hosts).map(lambda on: f'{on}-id'),
        'vcpus': st.sampled_from((1, 2, 4)), 'ram_mb': st.sampled_from((1024, 4096, 8192)),
        'disk_gb': st.sampled_from((0, 10, 40)), 'project': st.sampled_from(('red', 'blue')),
        'state': st.sampled_from(('active', 'active', 'active', 'stopped', 'paused', 'error')),
        'task_state': st.sampled_from((None, None, None, 'migrating')),
        'locked': st.sampled_from((False, False, False, True)),
        'excluded': st.sampled_from((False, False, False, True)),
        'pinned_zone': st.sampled_from((None, None, *ZONES)),
        'extra_specs': st.sampled_from((
            {}, {}, {'trait:HW_CPU_X86_AVX2': 'required'}, {'trait:HW_CPU_X86_AVX2': 'forbidden'},
            {'aggregate_instance_extra_specs:disk': 'ssd'},
            {'aggregate_instance_extra_specs:disk': '<or> hdd <or> nvme'})),
        'moved_at': st.sampled_from((None, '2026-01-05T08:00:00+00:00')),
        'metrics': st.fixed_dictionaries({
            'cpu_util_pct': _readings(100.0), 'ram_used_mb': _readings(8192.0),
            'l3_cache_bytes': _readings(1e7), 'l3_cache_prev_bytes': _readings(1e7),
            'cpu_steal_pct': _readings(50.0)}),
    })


def _readings(most: float) -> st.SearchStrategy[float | None]:
    return st.one_of(st.none(), *[st.floats(0.0, most)] * 5)


@cache
def _groups(instances: int) -> st.SearchStrategy[list[Document]]:
    names = [f'vm{number}' for number in range(instances)]
    members = st.lists(st.sampled_from(names), max_size=5, unique=True)
    return st.lists(st.fixed_dictionaries({
        'id': st.uuids().map(str), 'policy': st.sampled_from(POLICIES), 'members': members,
        'rules': st.sampled_from(({}, {'max_server_per_host': 2}))}), max_size=3)


@cache
def _aggregates(hosts: tuple[str, ...]) -> st.SearchStrategy[list[Document]]:
    return st.lists(st.fixed_dictionaries({
        'name': st.sampled_from(('one', 'two')), 'hosts': st.lists(st.sampled_from(hosts), unique=True)
        if hosts else st.just([]),
        'metadata': st.sampled_from(AGGREGATES)}), max_size=2, unique_by=lambda row: row['name'])

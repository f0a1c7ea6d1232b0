# SPDX-License-Identifier: Apache-2.0
"""What flavors and images ask for."""

import pytest

from watcher_py.core.request import Request


def request(specs=None, image=None):
    return Request(specs or {}, image or {})


def test_numbered_parts_are_kept_apart_and_added_up():
    asked = request({'resources1:VGPU': '1', 'trait1:CUSTOM_A40': 'required', 'resources_B:VGPU': '2',
                     'resources:CUSTOM_GOLD': '4', 'trait:HW_X': 'forbidden', 'resources:VCPU': '2'})
    assert dict(asked.further) == {'VGPU': 3.0, 'CUSTOM_GOLD': 4.0}
    plain, first, second = asked.parts
    assert (plain.name, plain.forbidden, plain.resources) == ('', {'HW_X'}, {'CUSTOM_GOLD': 4.0})
    assert (first.name, first.required, first.resources) == ('1', {'CUSTOM_A40'}, {'VGPU': 1.0})
    assert (second.name, second.required, second.resources) == ('_B', frozenset(), {'VGPU': 2.0})


def test_parts_must_be_apart_only_where_there_are_several_and_the_flavor_says_so():
    one = {'resources1:VGPU': '1', 'group_policy': 'isolate'}
    assert not request(one).is_apart
    assert request(one | {'resources2:VGPU': '1'}).is_apart
    assert not request({**one, 'resources2:VGPU': '1', 'group_policy': 'none'}).is_apart


@pytest.mark.parametrize(('specs', 'dedicated'), [
    ({}, 0), ({'hw:cpu_policy': 'shared'}, 0), ({'hw:cpu_policy': 'dedicated'}, 8),
    ({'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '0-3,^2'}, 3),
    ({'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0-1'}, 6),
    ({'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '6-20'}, 2),
])
def test_the_cpus_that_a_server_has_for_itself(specs, dedicated):
    assert request(specs).dedicated(8.0) == dedicated


def test_an_isolated_emulator_takes_one_cpu_more():
    specs = {'hw:emulator_threads_policy': 'isolate'}
    assert request(specs | {'hw:cpu_policy': 'dedicated'}).emulator_cpus == 1
    assert request(specs).emulator_cpus == 0


@pytest.mark.parametrize(('asked', 'size'), [
    ('', ''), ('small', '4'), ('large', 'large'), ('any', 'any'), ('2048', '2048'), ('2MB', '2048'),
    ('1GB', '1048576'), ('4KB', '4')])
def test_page_sizes_are_counted_in_kib(asked, size):
    assert request({'hw:mem_page_size': asked}).page_size == size


def test_a_topology_is_stated_or_implied():
    assert request().cells == 0
    assert request({'hw:numa_nodes': '2'}).cells == 2
    assert request({'hw:cpu_policy': 'dedicated'}).cells == 1
    assert request({'hw:mem_page_size': 'large'}).cells == 1


def test_an_image_asks_as_a_flavor_does_and_the_flavor_has_the_last_word():
    assert request(image={'hw_cpu_policy': 'dedicated'}).is_dedicated
    assert not request({'hw:cpu_policy': 'shared'}, {'hw_cpu_policy': 'dedicated'}).is_dedicated


def test_what_the_image_requires_and_the_flavor_forbids_is_asked_for_twice_and_had_by_no_node():
    parts = request({'trait:HW_X': 'forbidden'}, {'trait:HW_X': 'required', 'trait:HW_Y': 'required'}).parts
    assert (parts[0].required, parts[0].forbidden) == ({'HW_X', 'HW_Y'}, {'HW_X'})


@pytest.mark.parametrize(('specs', 'required', 'forbidden'), [
    ({'hw:cpu_policy': 'dedicated', 'hw:cpu_thread_policy': 'require'}, {'HW_CPU_HYPERTHREADING'}, set()),
    ({'hw:cpu_policy': 'dedicated', 'hw:cpu_thread_policy': 'isolate'}, set(), {'HW_CPU_HYPERTHREADING'}),
    ({'hw:cpu_thread_policy': 'require'}, set(), set()),
    ({'os:secure_boot': 'required'}, {'COMPUTE_SECURITY_UEFI_SECURE_BOOT'}, set()),
    ({'hw:tpm_version': '2.0'}, {'COMPUTE_SECURITY_TPM_2_0'}, set())])
def test_other_keys_imply_traits(specs, required, forbidden):
    plain = request(specs).parts[0]
    assert (plain.required, plain.forbidden) == (required, forbidden)

# SPDX-License-Identifier: Apache-2.0
"""A real Ironic beside the stack, whose machines' power supplies only pretend."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import openstack
import pytest

RELEASE = '39.0.0'
STARTS_WITHIN = 90              # seconds
ENDS_WITHIN = 40

# Of everything that Ironic can do with a machine only its power is of interest, and that takes a moment.
SETTINGS = '''[DEFAULT]
auth_strategy = keystone
host = machines
rbac_service_role_elevated_access = true
rpc_transport = none
enabled_hardware_types = fake-hardware
enabled_bios_interfaces = no-bios
enabled_boot_interfaces = fake
enabled_console_interfaces = no-console
enabled_deploy_interfaces = fake
enabled_firmware_interfaces = no-firmware
enabled_inspect_interfaces = no-inspect
enabled_management_interfaces = fake
enabled_network_interfaces = noop
enabled_power_interfaces = fake
enabled_raid_interfaces = no-raid
enabled_rescue_interfaces = no-rescue
enabled_storage_interfaces = noop
enabled_vendor_interfaces = no-vendor
default_network_interface = noop
state_path = {folder}
graceful_shutdown_timeout = 5
[api]
host_ip = 127.0.0.1
port = {port}
api_workers = 1
[conductor]
graceful_shutdown_timeout = 5
[database]
connection = sqlite:///{folder}/ironic.sqlite
[fake]
power_delay = 2
[keystone_authtoken]
auth_type = password
auth_url = {auth_url}
username = admin
password = {password}
project_name = admin
user_domain_id = default
project_domain_id = default
region_name = RegionOne
'''


@dataclass(frozen=True)
class Ironic:
    """The running service, by its own administrator."""

    api: openstack.connection.Connection

    def enroll(self, name, noted=None, ready='manageable', power='power on'):
        """A machine in the state in which a compute host's is: `available`, `active` or `manageable`."""
        node = self.api.baremetal.create_node(
            name=name, driver='fake-hardware', provision_state='enroll',
            extra={} if noted is None else {'compute_node_id': noted})
        for step in {'enroll': (), 'manageable': ('manage',), 'available': ('manage', 'provide'),
                     'active': ('manage', 'adopt')}[ready]:
            self.api.baremetal.set_node_provision_state(node.id, step, wait=True, timeout=60)
        if power:
            self.api.baremetal.set_node_power_state(node.id, power, wait=True, timeout=60)
        return node.id

    def power(self, machine):
        return self.api.baremetal.get_node(machine).power_state


@contextlib.contextmanager
def open_ironic(stack, password, folder):
    """Ironic in one process, in the catalog for as long as this lasts."""
    programs = _installed()
    port = _free_port()
    settings = folder / 'ironic.conf'
    auth_url = stack.environment['OS_AUTH_URL']
    settings.write_text(SETTINGS.format(folder=folder, port=port, auth_url=auth_url, password=password))
    subprocess.run([programs / 'ironic-dbsync', '--config-file', settings, 'create_schema'], check=True,
                   capture_output=True)
    with (folder / 'ironic.log').open('wb') as log:
        process = subprocess.Popen([programs / 'ironic', '--config-file', settings], stdout=log, stderr=log,
                                   cwd=folder)
        try:
            _wait_for(process, port, folder)
            with _in_the_catalog(stack.cloud, f'http://127.0.0.1:{port}'):
                yield Ironic(_administrator(auth_url, password))
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _installed():
    """Where its programs are: in an environment of its own, kept in the cache."""
    cache = Path(os.environ.get('WATCHER_PY_CACHE', '~/.cache/watcher_py')).expanduser() / 'ironic'
    programs = cache / 'venv' / 'bin'
    if not (programs / 'ironic').exists():
        subprocess.run([sys.executable, '-m', 'venv', cache / 'venv'], check=True)
        constraints = Path(os.environ['MINISTACK']).with_name('constraints.txt')
        chosen = ['-c', constraints] if constraints.exists() else []
        subprocess.run([programs / 'pip', 'install', '-q', *chosen, f'ironic=={RELEASE}'], check=True)
    return programs


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def _wait_for(process, port, folder):
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f'Ironic did not start: {(folder / "ironic.log").read_text()[-2000:]}')
        time.sleep(0.5)


@contextlib.contextmanager
def _in_the_catalog(cloud, url):
    identity = cloud.identity
    for left in list(identity.services(type='baremetal')):      # by a run that was killed
        identity.delete_service(left)
    service = identity.create_service(type='baremetal', name='ironic')
    for interface in ('public', 'internal'):
        identity.create_endpoint(service_id=service.id, interface=interface, url=url, region_id='RegionOne')
    try:
        yield
    finally:
        identity.delete_service(service)        # its endpoints go with it


def _administrator(auth_url, password):
    """Ironic's: an administrator of a project sees the project's own machines only."""
    return openstack.connect(
        load_yaml_config=False, load_envvars=False, auth_url=auth_url, username='admin', password=password,
        system_scope='all', user_domain_id='default', region_name='RegionOne')

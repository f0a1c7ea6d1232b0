# SPDX-License-Identifier: Apache-2.0
"""A workspace for tempest: where it finds the cloud, and what of the cloud is there."""

import configparser
from pathlib import Path

# Of the seeded cloud.
IMAGE, SMALL, LARGE, NETWORK = 'blank', 'tiny', 'small', 'private'


def write_workspace(folder: Path, packages: Path, cloud, environment) -> None:
    """Write etc/tempest.conf and .stestr.conf; `packages` is where tempest is installed."""
    for name in ('etc', 'lock', 'log'):
        (folder / name).mkdir(parents=True)
    # Tempest has a section DEFAULT of its own, from which the others must inherit nothing.
    parser = configparser.RawConfigParser(default_section='\0')
    parser.read_dict({**_runner(folder), **_identity(environment), **_compute(cloud), **_services()})
    with (folder / 'etc' / 'tempest.conf').open('w') as file:
        parser.write(file)
    (folder / '.stestr.conf').write_text(
        f'[DEFAULT]\ntest_path={packages}/tempest/test_discover\ntop_dir={packages}\n')


def _runner(folder):
    return {'DEFAULT': {'log_dir': folder / 'log', 'log_file': 'tempest.log'},
            'oslo_concurrency': {'lock_path': folder / 'lock'}}


def _identity(environment):
    url = environment['OS_AUTH_URL']
    return {
        'auth': {
            'use_dynamic_credentials': 'true', 'create_isolated_networks': 'false',
            'admin_username': environment['OS_USERNAME'], 'admin_password': environment['OS_PASSWORD'],
            'admin_project_name': environment['OS_PROJECT_NAME'], 'admin_domain_name': 'Default',
            'default_credentials_domain_name': 'Default'},
        'identity': {'auth_version': 'v3', 'uri_v3': url, 'uri': url, 'v3_endpoint_type': 'public',
                     'region': environment['OS_REGION_NAME']},
        'identity-feature-enabled': {'api_v2': 'false'}}


def _compute(cloud):
    image = cloud.image.find_image(IMAGE, ignore_missing=False).id
    small, large = (cloud.compute.find_flavor(name, ignore_missing=False).id for name in (SMALL, LARGE))
    network = cloud.network.find_network(NETWORK, ignore_missing=False).id
    return {
        'compute': {
            'image_ref': image, 'image_ref_alt': image, 'flavor_ref': small, 'flavor_ref_alt': large,
            'fixed_network_name': NETWORK, 'min_compute_nodes': 2, 'max_microversion': 'latest'},
        'compute-feature-enabled': {
            'live_migration': 'true', 'cold_migration': 'true', 'resize': 'true', 'vnc_console': 'false',
            'live_migrate_back_and_forth': 'true', 'block_migration_for_live_migration': 'true',
            'can_migrate_between_any_hosts': 'true'},
        # Tempest asks of the public network only whether one is named.
        'network': {'project_network_cidr': '10.78.0.0/20', 'project_networks_reachable': 'true',
                    'public_network_id': network},
        'validation': {'run_validation': 'false'},
        'placement': {'min_microversion': '1.30', 'max_microversion': 'latest'}}


def _services():
    return {
        'service_available': {
            'nova': 'true', 'glance': 'true', 'neutron': 'true', 'cinder': 'false', 'swift': 'false',
            'horizon': 'false', 'watcher': 'true', 'gnocchi': 'false'},
        'optimize': {
            'min_microversion': '1.0', 'max_microversion': 'latest', 'datasource': '',
            'run_continuous_audit_tests': 'true', 'run_skipped_action_tests': 'true'}}

# SPDX-License-Identifier: Apache-2.0
"""The cloud as the plain `openstack` command tells it, and a Cluster in the same form, to be compared."""

import json
import subprocess

# Newer microversions than the command's own default: groups' policies, pinned zones.
VERSIONS = {'OS_COMPUTE_API_VERSION': '2.96', 'OS_PLACEMENT_API_VERSION': '1.39'}
SIZES = ('VCPU', 'MEMORY_MB', 'DISK_GB')


def told(stack, *commands):
    """What each of some `openstack` commands prints as JSON; one process runs them all."""
    lines = ''.join(f'{command} -f json\n' for command in commands)
    done = subprocess.run(['openstack'], input=lines, env={**stack.environment, **VERSIONS},
                          capture_output=True, text=True)
    found, rest, decoder = [], done.stdout.lstrip(), json.JSONDecoder()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    assert len(found) == len(commands), done.stderr
    return found


def plain(stack):
    """Nodes, servers, groups and aggregates by what they are called."""
    servers, hypervisors, services, aggregates, groups = told(
        stack, 'server list --all-projects -c ID', 'hypervisor list', 'compute service list --long '
        '--service nova-compute', 'aggregate list --long', 'server group list --all-projects --long')
    uuids = [row['ID'] for row in servers]
    providers = [row['ID'] for row in hypervisors]
    shown = told(
        stack, *(f'server show {uuid}' for uuid in uuids), *(f'hypervisor show {uuid}' for uuid in providers),
        *(f'resource provider inventory list {uuid}' for uuid in providers),
        *(f'resource provider trait list {uuid}' for uuid in providers))
    count = len(providers)
    by_host = {row['Host']: row for row in services}
    nodes = [_node(*rows, by_host) for rows in zip(
        shown[-3 * count:-2 * count], shown[-2 * count:-count], shown[-count:], strict=True)]
    placed = [_server(row) for row in shown[:-3 * count] if row['OS-EXT-SRV-ATTR:host']]
    present = {row['uuid'] for row in placed}
    return {
        'nodes': _keyed(nodes, 'uuid'), 'servers': _keyed(placed, 'uuid'),
        'aggregates': {row['Name']: (set(row['Hosts'] or ()), _metadata(row)) for row in aggregates},
        'groups': {row['ID']: (row['Name'], row['Policy'], set(row['Members']) & present) for row in groups}}


def _node(hypervisor, inventory, traits, services):
    service = services[hypervisor['service_host']]
    sizes = {row['resource_class']: row for row in inventory}
    return {
        'uuid': hypervisor['id'], 'name': hypervisor['service_host'],
        'hypervisor': hypervisor['hypervisor_hostname'], 'type': hypervisor['hypervisor_type'],
        'zone': service['Zone'], 'enabled': service['Status'] == 'enabled', 'up': service['State'] == 'up',
        'disabled_reason': service['Disabled Reason'],
        'capacity': [(sizes[one]['total'] - sizes[one]['reserved']) * sizes[one]['allocation_ratio']
                     for one in SIZES],
        'used': [sizes[one]['used'] for one in SIZES],
        'traits': {row['name'] for row in traits}, 'known': True}


def _server(row):
    flavor = row['flavor']
    root = flavor['disk'] if row['image'] else 0
    return {
        'uuid': row['id'], 'name': row['name'], 'project': row['project_id'],
        'node': row['OS-EXT-SRV-ATTR:host'], 'flavor': flavor['original_name'],
        'state': row['OS-EXT-STS:vm_state'], 'task_state': row['OS-EXT-STS:task_state'],
        'locked': row['locked'], 'created': row['created'], 'metadata': row['properties'],
        'pinned_zone': row['pinned_availability_zone'], 'extra_specs': flavor['extra_specs'],
        'demand': [flavor['vcpus'], flavor['ram'], root + flavor['ephemeral']]}


def _metadata(aggregate):
    zone = aggregate['Availability Zone']
    return {**aggregate['Properties'], **({'availability_zone': zone} if zone else {})}


def as_plain(cluster):
    """A Cluster in the same form."""
    nodes, servers = cluster.nodes, cluster.servers
    capacity, used = cluster.capacity().tolist(), cluster.used().tolist()
    rows = [{
        'uuid': nodes.uuid[row], 'name': nodes.name[row], 'hypervisor': nodes.hypervisor[row],
        'type': nodes.hypervisor_type[row], 'zone': nodes.zone[row], 'enabled': bool(nodes.enabled[row]),
        'up': bool(nodes.up[row]), 'disabled_reason': nodes.disabled_reason[row], 'capacity': capacity[row],
        'used': used[row], 'traits': set(nodes.traits[row]), 'known': bool(nodes.known[row])}
        for row in range(len(nodes))]
    placed = [{
        'uuid': servers.uuid[row], 'name': servers.name[row], 'project': servers.project[row],
        'node': nodes.name[servers.node[row]], 'flavor': servers.flavor[row], 'state': servers.state[row],
        'task_state': servers.task_state[row], 'locked': bool(servers.locked[row]),
        'created': servers.created[row], 'metadata': dict(servers.metadata[row]),
        'pinned_zone': servers.pinned_zone[row], 'extra_specs': dict(servers.extra_specs[row]),
        'demand': servers.demand[row].tolist()} for row in range(len(servers))]
    return {
        'nodes': _keyed(rows, 'uuid'), 'servers': _keyed(placed, 'uuid'),
        'aggregates': {one.name: ({nodes.name[row] for row in one.nodes}, dict(one.metadata))
                       for one in cluster.aggregates},
        'groups': {one.uuid: (one.name, str(one.policy), {servers.uuid[row] for row in one.members})
                   for one in cluster.groups}}


def differences(seen, there):
    """What is not seen as it is there, one line each."""
    lines = []
    for part in there:
        for key in sorted(seen[part].keys() | there[part].keys()):
            one, other = seen[part].get(key), there[part].get(key)
            if isinstance(one, dict) and isinstance(other, dict):
                lines += [f'{part} {key} {field}: seen {one[field]!r}, is {other[field]!r}'
                          for field in other if one[field] != other[field]]
            elif one != other:
                lines.append(f'{part} {key}: seen {one!r}, is {other!r}')
    return lines


def _keyed(rows, name):
    return {row[name]: row for row in rows}

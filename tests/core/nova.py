# SPDX-License-Identifier: Apache-2.0
"""What Nova and Placement would refuse, rule by rule, in the plainest words; asks nothing of core's rules."""

from fractions import Fraction

import numpy as np


def check_hypervisors(cluster, server, source, target):
    """A running guest stands on a node it can run on, and no hypervisor is of another type or older."""
    nodes, servers = cluster.nodes, cluster.servers
    assert nodes.hypervisor_type[source] == nodes.hypervisor_type[target]
    assert len({nodes.cpu[source].arch, nodes.cpu[target].arch} - {''}) < 2
    if servers.state[server] == 'stopped':
        return
    assert not nodes.hypervisor_version[target] < nodes.hypervisor_version[source]
    assert np.isnan(nodes.hypervisor_version[source]) == np.isnan(nodes.hypervisor_version[target])
    started, now = nodes.cpu[servers.node[server]], nodes.cpu[target]
    if started.rank is not None and now.rank is not None:
        assert now.rank >= started.rank
    elif started.features and now.features:
        assert not started.features - now.features
    else:
        assert started.model == now.model


def check_request(cluster, server, target):
    """The keys of flavor and image, those aside that ask for amounts."""
    nodes, servers = cluster.nodes, cluster.servers
    specs, image = servers.extra_specs[server], servers.image[server]
    assert not servers.hints[server].keys() & {'same_host', 'different_host', 'query', 'build_near_host_ip'}
    for key, value in [*specs.items(), *image.items()]:
        if key.startswith('trait:'):
            assert (key[6:] in nodes.traits[target]) == (value == 'required'), key
    words = merged_metadata(cluster, target)
    for key, value in specs.items():
        name = key.removeprefix('aggregate_instance_extra_specs:')
        known = {one for aggregate in cluster.aggregates for one in aggregate.metadata if ':' not in one}
        if name != key or key in known:
            assert any(matches(word, value) for word in words.get(name, ())), key
    for key, value in image.items():
        assert ':' in key or value in words.get(key, (value,)), key
    tenants = [words[key] for key in words if key.startswith('filter_tenant_id')]
    assert not tenants or any(servers.project[server] in names for names in tenants), 'tenants'
    for key in words:
        if key.startswith('trait:'):
            assert key in specs or key in image, f'kept for {key}'
    if 'capabilities:hypervisor_type' in specs:
        assert nodes.hypervisor_type[target] == specs['capabilities:hypervisor_type']
    if 'hw_architecture' in image:
        assert nodes.cpu[target].arch == image['hw_architecture']
        assert 8_002_000 <= nodes.hypervisor_version[target] < 9_000_000
    is_live = servers.state[server] != 'stopped'
    assert not (is_live and {'hw:tpm_version', 'pci_passthrough:alias'} & specs.keys()), 'not live'


def merged_metadata(cluster, node):
    words = {}
    for aggregate in cluster.aggregates:
        if node in aggregate.nodes:
            for key, value in aggregate.metadata.items():
                words.setdefault(key, set()).update(word.strip() for word in value.split(','))
    return words


def matches(word, asked):
    """The operators that tests use."""
    name, _, operand = asked.partition(' ')
    if name == '>=':
        return float(word) >= float(operand) if word.replace('.', '').isdigit() else False
    if name == '<or>':
        return word in [one.strip() for one in asked.split('<or>')]
    return word == operand if name == 's==' else word == asked


class Pieces:
    """Which provider and which NUMA cell each server holds: the answers that Nova knows and no plan does.

    At first, and on each arrival, a server gets the emptiest that will do, which leaves the most pieces.
    """

    def __init__(self, cluster):
        self.cluster = cluster
        nodes, ratio = cluster.nodes, cluster.nodes.ratio[:, 0]
        self.providers = [[(one, name, [Fraction((have.total - have.reserved) * have.ratio - have.held)])
                           for one in own for name, have in one.inventories.items()]
                          for own in nodes.providers]
        self.cells = [[{'vcpus': cell.vcpus * ratio[node], 'pcpus': cell.pcpus, **cell.pages}
                       for cell in own] for node, own in enumerate(nodes.cells)]
        self.holds = {}
        for server, node in enumerate(cluster.servers.node.tolist()):
            self.take(server, node, may_overfill=True)

    def take(self, server, node, may_overfill=False):
        held = []
        for name, amount in self.amounts(server):
            offers = [offer for offer in self.providers[node] if offer[1] == name
                      and (may_overfill or self.suits(server, name, amount, offer))]
            best = max(offers, key=lambda offer: offer[2][0], default=None)
            assert may_overfill or (best and best[2][0] >= amount), f'no provider has {amount} {name}'
            if best:
                best[2][0] -= amount
                held.append((best[2], 0, amount))
        wants = self.wants(server)
        for _ in range(bool(wants) and self.spans(server)):
            fitting = [cell for cell in self.cells[node]
                       if all(cell.get(key, 0) >= amount - 1e-6 for key, amount in wants.items())]
            assert may_overfill or fitting, 'no NUMA cell has all it wants'
            emptiest = sorted(fitting or self.cells[node], key=lambda cell: -cell['vcpus'] - cell['pcpus'])
            for cell in emptiest[:1]:
                for key, amount in wants.items():
                    cell[key] = cell.get(key, 0) - amount
                    held.append((cell, key, amount))
        self.holds[server, node] = held

    def give(self, server, node):
        for where, key, amount in self.holds.pop((server, node)):
            where[key] += amount

    def amounts(self, server):
        """Numbered parts one by one, and what is in none of them in one piece."""
        demand = dict(zip(self.cluster.resources[3:], self.cluster.servers.demand[server, 3:].tolist(),
                          strict=True))
        demand.pop('numa_cells', None)
        for key, value in self.cluster.servers.extra_specs[server].items():
            scope, _, name = key.partition(':')
            if scope.startswith('resources') and scope != 'resources' and demand.get(name, 0) >= int(value):
                demand[name] -= int(value)
                yield name, int(value)
        yield from ((name, int(amount)) for name, amount in demand.items() if amount)

    def suits(self, server, name, amount, offer):
        provider, _, _ = offer
        have = provider.inventories[name]
        traits = [key.partition(':')[2] for key in self.cluster.servers.extra_specs[server]
                  if key.startswith('trait') and not key.startswith('trait:')]
        is_dealt = have.least <= amount <= have.most and amount % have.step == 0
        return is_dealt and provider.traits >= set(traits)

    def spans(self, server):
        specs = self.cluster.servers.extra_specs[server]
        return int(specs.get('hw:numa_nodes', bool({'hw:cpu_policy', 'hw:mem_page_size'} & specs.keys())))

    def wants(self, server):
        """What a server takes of each cell it spans."""
        spans, demand = self.spans(server), self.cluster.servers.demand[server]
        if not spans:
            return {}
        own = dict(zip(self.cluster.resources, demand.tolist(), strict=True)).get('PCPU', 0.0)
        page = {'2MB': '2048', 'large': '2048'}.get(
            self.cluster.servers.extra_specs[server].get('hw:mem_page_size'), '4')
        wants = {'vcpus': demand[0] / spans, 'pcpus': own / spans, page: demand[1] / spans}
        return {key: amount for key, amount in wants.items() if amount}

# SPDX-License-Identifier: Apache-2.0
"""What is told of hosts and servers is what is known, and no more."""

from typing import Any

import pytest

from tests.core.clusters import document, host, instance
from watcher_py.core import document as documents
from watcher_py.engine import hosts, servers
from watcher_py.engine.collector.assemble import Collected
from watcher_py.engine.present import Look

Document = dict[str, Any]


def look(doc: Document, **seen: Any) -> Look:
    """As if the document's readings had been measured now."""
    snapshot = documents.read(doc)
    return Look(Collected(snapshot.cluster, **seen), snapshot, seen.get('gaps', ()))


def named(rows: list[Document]) -> dict[str, Document]:
    return {row['name']: row for row in rows}


def test_the_list_has_every_host_and_the_figures_of_the_cloud() -> None:
    told = hosts.listed(look(document(
        [host('cn1', metrics={'cpu_util_pct': 30.0, 'ram_used_mb': 2048.25}),
         host('cn2', state='down', metrics={}), host('cn3', metrics={'cpu_util_pct': 10.0})],
        [instance('vm', 'cn1')], aggregates=[{'name': 'ssd', 'hosts': ['cn1', 'cn3'], 'metadata': {}}]),
        read_at=60.0, gaps=('migrations: boom',)))
    assert (told['taken_at'], told['gaps']) == ('1970-01-01T00:01:00+00:00', ['migrations: boom'])
    assert told['figures'] == {'hosts': 3, 'hosts_in_use': 1, 'servers': 1, 'cpu_mean': 20,
                               'cpu_deviation': 10, 'cpu_max': 30}
    rows = named(told['hosts'])
    assert rows['cn1']['vcpus'] == {'total': 16, 'capacity': 16, 'allocated': 2, 'used': 4.8}
    assert rows['cn1']['memory_mb']['used'] == 2048.25
    assert [rows[name]['aggregates'] for name in ('cn1', 'cn2', 'cn3')] == [['ssd'], [], ['ssd']]
    assert (rows['cn2']['state'], rows['cn2']['vcpus']['used']) == ('down', None)


def test_what_was_not_read_of_a_host_is_unknown_and_it_is_said_why_it_is_frozen() -> None:
    doc = document([host('cn1', known=False, vcpus=0),
                    host('cn2', status='disabled', disabled_reason='fan')], [])
    lost, off = hosts.listed(look(doc, frozen={'cn1-id': 'no resource provider'}))['hosts']
    assert (lost['known'], lost['why_frozen']) == (False, 'no resource provider')
    assert lost['vcpus'] == {'total': None, 'capacity': None, 'allocated': None, 'used': None}
    assert lost['memory_mb']['capacity'] == 65536
    assert (off['enabled'], off['disabled_reason'], off['why_frozen']) == (False, 'fan', None)


def test_a_host_tells_what_it_is_and_which_of_its_servers_may_go_where() -> None:
    doc = document(
        [host('cn1', hypervisor='cn1.x', hypervisor_type='QEMU', traits=['HW_A', 'COMPUTE_B']),
         host('cn2', hypervisor_type='QEMU'), host('cn3', hypervisor_type='QEMU', vcpus=1)],
        [instance('vm-1', 'cn1'), instance('vm-2', 'cn1', locked=True), instance('vm-3', 'cn2')],
        aggregates=[{'name': 'ssd', 'hosts': ['cn1'], 'metadata': {'disk': 'ssd'}}])
    told = hosts.shown(look(doc), 'cn1.x')
    assert (told['name'], told['hypervisor'], told['hypervisor_type']) == ('cn1', 'cn1.x', 'QEMU')
    assert (told['traits'], told['metadata']) == (['COMPUTE_B', 'HW_A'], {'ssd': {'disk': 'ssd'}})
    free, locked = told['servers']
    assert (free['uuid'], free['stays'], free['may_go_to']) == ('vm-1', None, 1)
    assert (free['cpu_used'], free['memory_used'], free['vcpus']) == (0.2, 1024, 2)
    assert (locked['stays'], locked['may_go_to']) == ('it is locked', 0)


@pytest.fixture
def targets() -> Any:
    """By node, whether it would take the first server of a document, and if not, why."""
    def found(doc: Document) -> dict[str, tuple[bool, str | None]]:
        return {row['node']: (row['is_possible'], row['why_not'])
                for row in servers.shown(look(doc), doc['instances'][0]['id'])['targets']}

    return found


def test_a_server_tells_which_hosts_would_take_it_and_why_the_others_do_not(targets: Any) -> None:
    doc = document(
        [host('cn1'), host('cn2'), host('cn3', vcpus=1, ram_mb=1024), host('cn4', status='disabled'),
         host('cn5')],
        [instance('vm-1', 'cn1'), instance('vm-2', 'cn5')],
        server_groups=[{'id': 'g', 'name': 'apart', 'policy': 'anti-affinity', 'members': ['vm-1', 'vm-2']}])
    assert targets(doc) == {
        'cn2': (True, None), 'cn3': (False, 'it lacks 1 VCPU and 7168 MEMORY_MB'),
        'cn4': (False, 'its compute service is disabled'),
        'cn5': (False, 'anti-affinity group apart has as many members there as it may')}


def test_nothing_is_possible_for_a_server_that_has_to_stay(targets: Any) -> None:
    doc = document([host('cn1'), host('cn2'), host('cn3', state='down')],
                   [instance('vm', 'cn1', locked=True)])
    assert targets(doc) == {'cn2': (False, 'it is locked'), 'cn3': (False, 'its compute service is down')}


def test_a_server_tells_where_the_members_of_its_groups_stand() -> None:
    doc = document([host('cn1'), host('cn2')], [instance('vm-1', 'cn1'), instance('vm-2', 'cn2')],
                   server_groups=[{'id': 'g', 'name': 'apart', 'policy': 'soft-anti-affinity',
                                   'members': ['vm-1', 'vm-2']}])
    told = servers.shown(look(doc), 'vm-2')
    assert told['host'] == 'cn2'
    assert told['groups'] == [{'uuid': 'g', 'name': 'apart', 'policy': 'soft-anti-affinity', 'members': [
        {'uuid': 'vm-1', 'name': 'vm-1', 'host': 'cn1'}, {'uuid': 'vm-2', 'name': 'vm-2', 'host': 'cn2'}]}]

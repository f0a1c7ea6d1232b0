# SPDX-License-Identifier: Apache-2.0
"""Rules that are broken, and groups, are told by names that lead to what is meant."""

from tests.core.clusters import document, host, instance
from tests.engine.looks import look
from watcher_py.engine.violations import listed

PAIR = {'id': 'g', 'name': 'web', 'policy': 'anti-affinity', 'members': ['one', 'two']}


def test_a_crowded_host_is_told_with_its_group():
    rows = [instance('one', 'a'), instance('two', 'a')]
    told = listed(look(document([host('a')], rows, server_groups=[PAIR]), 'volumes: Cinder does not answer'))
    assert told['violations'] == [{
        'kind': 'anti-affinity', 'what': 'web', 'servers': ['one', 'two'], 'hosts': ['a'],
        'sentence': '2 members of anti-affinity group web stand on a, where 1 may'}]
    assert told['groups'] == [{
        'uuid': 'g', 'name': 'web', 'policy': 'anti-affinity', 'limit': 1, 'is_kept': False,
        'members': [{'uuid': name, 'server': name, 'host': 'a'} for name in ('one', 'two')]}]
    assert told['gaps'] == ['volumes: Cinder does not answer']


def test_servers_of_one_name_are_told_apart():
    rows = [{**instance('one', 'a'), 'name': 'twin'}, {**instance('two', 'a'), 'name': 'twin'}]
    told = listed(look(document([host('a')], rows, server_groups=[{**PAIR, 'policy': 'soft-anti-affinity'}])))
    group, = told['groups']
    assert told['violations'] == []
    assert ([row['server'] for row in group['members']], group['is_kept'], group['limit']) == (
        ['one', 'two'], False, None)

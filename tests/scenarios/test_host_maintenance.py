# SPDX-License-Identifier: Apache-2.0
"""A host emptied for maintenance."""

from tests.core.clusters import document, host, instance


def test_a_host_is_emptied_over_rest(town):
    here = town(document([host('a'), host('b')], [instance(f'{number:032x}', 'a') for number in range(3)]))
    plan = here.plan('host_maintenance', maintenance_node='a')
    ended = here.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    assert set(here.standing().values()) == {'b'}

# SPDX-License-Identifier: Apache-2.0
"""Hosts switched off for want of work, and one woken when more room is asked for."""

import pytest
import requests

from tests.core.clusters import document, host, instance

POWER = {'idle_w': 100.0, 'max_w': 260.0}


def fleet(hosts, instances):
    return document([host(name, power=POWER) for name in hosts], instances, machines=[
        {'id': f'{number:032x}', 'name': f'{name}-metal', 'host': f'{name}-id', 'power_state': 'power on',
         'provision_state': 'active'} for number, name in enumerate(hosts, start=0xfee0)])


def server(number, on):
    return instance(f'{number:032x}', on)


def states(here):
    """By host, whether its machine is on, and whether its compute service is up and enabled."""
    world = here.cloud.world
    with world.lock:
        power = {machine.host: machine.power_state for machine in world.machines.machines.values()}
        return {found.name: (power[found.uuid] == 'power on', found.reports, found.enabled)
                for found in world.hosts.values()}


def watts(here):
    """What the hosts draw together at this moment, by the emulated Prometheus."""
    query = 'avg by (fqdn) (avg_over_time(ipmi_dcmi_power_consumption_watts[1s]))'
    answer = requests.get(f'{here.cloud.prometheus_url}/api/v1/query', params={'query': query}, timeout=60)
    return sum(float(row['value'][1]) for row in answer.json()['data']['result'])


def promised(plan):
    return {row['name']: row['predicted'] for row in plan['efficacy']}


def test_hosts_are_emptied_and_switched_off_and_one_is_woken_when_more_are_to_be_spare(town):
    here = town(fleet('abcd', [server(1, 'a'), server(2, 'b')]))
    plan = here.plan('saving_energy')
    assert promised(plan)['power_before_w'] == pytest.approx(watts(here), rel=0.05)
    ended = here.carry_out(plan)
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    reached = states(here)
    off = {name for name, state in reached.items() if state == (False, False, False)}
    assert len(off) == 2
    assert {state for name, state in reached.items() if name not in off} == {(True, True, True)}
    assert len(set(here.standing().values())) == 1
    assert not set(here.standing().values()) & off
    assert promised(plan)['power_after_w'] == pytest.approx(watts(here), rel=0.05)

    ended = here.carry_out(here.plan('saving_energy', min_free_hosts_num=2))
    assert ended['state'] == 'SUCCEEDED', ended['status_message']
    reached = states(here)
    assert sorted(reached.values()) == [(False, False, False), *[(True, True, True)] * 3]
    assert watts(here) > promised(plan)['power_after_w'] + POWER['idle_w'] / 2


def test_a_host_that_can_not_be_switched_off_takes_servers_again(town):
    here = town(fleet('ab', [server(1, 'a')]))
    plan = here.plan('saving_energy', min_free_hosts_num=0)
    # That of b, which is free.
    here.cloud.faults.fail_migrations(f'{0xfee1:032x}', 'no BMC')
    ended = here.carry_out(plan)
    assert ended['state'] == 'FAILED'
    assert set(states(here).values()) == {(True, True, True)}

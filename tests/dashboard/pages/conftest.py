# SPDX-License-Identifier: Apache-2.0
"""A city of hosts in all conditions, and its console."""

from collections.abc import Iterator

import pytest

from tests.core.clusters import document, host, instance
from tests.dashboard.visitor import Visitor
from watcher_py.cmd.demo.house import open_house
from watcher_py.core import document as documents

MARKUP = '<script>alert(1)</script>'
SERVERS = [f'10000000-0000-4000-8000-00000000000{number}' for number in range(6)]
GROUP = '20000000-0000-4000-8000-000000000000'


def server(number, name, on, **values):
    return {**instance(SERVERS[number], on, **values), 'name': name}


# What idles does so at any time of the day.
STEADY = {'cpu_util_pct': 0.0, 'ram_used_mb': 1024.0}
CITY = document(
    [host('hot', metrics={'cpu_util_pct': 90.0, 'ram_used_mb': 32768.0}, cpu_ratio=4.0),
     host('warm', metrics={'cpu_util_pct': 70.0, 'ram_used_mb': 8192.0}, zone='az-2'),
     host('calm', metrics={'cpu_util_pct': 10.0, 'ram_used_mb': 4096.0}, cpu_ratio=2.0),
     host('unheard', metrics={}), host('closed', status='disabled', disabled_reason='new disks'),
     host('gone', state='down')],
    [server(0, 'twin-1', 'hot', metrics=STEADY), server(1, 'twin-2', 'hot', metrics=STEADY),
     server(2, MARKUP, 'hot', metrics=STEADY),
     server(3, 'bound', 'warm', locked=True), server(4, 'large', 'calm', vcpus=16, ram_mb=32768),
     server(5, 'silent', 'calm', metrics={})],
    server_groups=[{'id': GROUP, 'name': 'twins', 'policy': 'anti-affinity', 'members': SERVERS[:2]}],
    aggregates=[{'name': f'fast {MARKUP}', 'hosts': ['hot', 'calm'], 'metadata': {'disk': 'ssd'}}])


@pytest.fixture(scope='package')
def city() -> Iterator[Visitor]:
    """Somebody at the console of a city in which nobody logs in."""
    with open_house(documents.read(CITY), 0) as house:
        yield Visitor(f'{house.url}/dashboard')

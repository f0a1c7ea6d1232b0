# SPDX-License-Identifier: Apache-2.0
"""The cloud knows how often it was asked."""

from typing import Any

import requests


def test_calls_are_counted_by_service_whatever_comes_of_them(cloud: Any, admin: Any) -> None:
    own = f'{cloud.url}/sim/calls'
    cloud.faults.break_path('/servers/off')
    for server in ('plain', 'off', 'ghost'):
        admin.ask('GET', f'/servers/{server}')
    admin.get('/resource_providers', '1.39', 'placement')
    assert requests.get(own, timeout=30).json() == {'compute': 3, 'placement': 1}
    assert cloud.calls.total() == 4
    assert requests.delete(own, timeout=30).status_code == 204
    assert requests.get(own, timeout=30).json() == {}


def test_tokens_are_not_what_a_list_costs(cloud: Any, sdk: Any) -> None:
    sdk.compute.get_server('plain')
    counts = cloud.calls.by_service()
    assert counts['identity'] > 0
    assert cloud.calls.total() == sum(counts.values()) - counts['identity']

# SPDX-License-Identifier: Apache-2.0
"""Every row that a broken answer can have."""

import json
import random
from typing import Any

import pytest

from watcher_py.sim.faults import Kind
from watcher_py.sim.spoiled import LOST, spoil

PATHS = {
    'servers': '/servers/detail?all_tenants=1', 'hypervisors': '/os-hypervisors/detail',
    'services': '/os-services', 'aggregates': '/os-aggregates',
    'server_groups': '/os-server-groups?all_projects=1',
    'migrations': '/os-migrations', 'resource_providers': '/resource_providers',
    'provider_summaries': '/allocation_candidates?resources=VCPU:1',
    'inventories': '/resource_providers/host-alpha/inventories',
    'usages': '/resource_providers/host-alpha/usages'}


@pytest.mark.parametrize('key', sorted(PATHS))
def test_each_way_to_break_a_row_breaks_one_that_the_cloud_serves(admin: Any, key: str) -> None:
    admin.live('plain', 'beta')
    is_nova = key in ('servers', 'hypervisors', 'services', 'aggregates', 'server_groups', 'migrations')
    honest = admin.get(PATHS[key], '2.87' if is_nova else '1.39', 'compute' if is_nova else 'placement')
    seen = set()
    for seed in range(200):
        broken = json.loads(spoil(Kind.ROW, json.dumps(honest).encode(), random.Random(seed)))
        seen.add(json.dumps(changed(honest[key], broken[key])))
        assert {name: value for name, value in broken.items() if name != key} == {
            name: value for name, value in honest.items() if name != key}
    # All ways, and the loss of the whole row; Nova tells no image properties before 2.98.
    ways = len(LOST[key]) + 1 - (key == 'servers')
    assert len(seen - {'[]'}) >= ways


def changed(before: Any, after: Any) -> list[Any]:
    """The keys that the broken row lacks, of whichever row it is."""
    places = before if isinstance(before, dict) else range(len(before))
    now = after if isinstance(after, dict) else dict(enumerate(after))
    pairs = [(before[place], now.get(place)) for place in places if before[place] != now.get(place)]
    assert len(pairs) <= 1
    return [None if new is None else sorted(flat(old) - flat(new)) for old, new in pairs]


def flat(row: Any, path: str = '') -> set[str]:
    if not isinstance(row, dict):
        return {path}
    return {f'{path}/{key}' for key in row} | {
        name for key, value in row.items() for name in flat(value, f'{path}/{key}')}


def test_an_answer_without_rows_stays_as_it_is() -> None:
    body = b'{"servers": []}'
    assert json.loads(spoil(Kind.ROW, body, random.Random(1))) == json.loads(body)

# SPDX-License-Identifier: Apache-2.0
"""Many spellings of a path."""

import pytest

from watcher_py.api.paths import tidy


@pytest.mark.parametrize('path', ['/v1/goals', '/v1/goals/', '/v1//goals', '//v1/goals//', '/v1/goals.json',
                                  '/goals', '/goals.json'])
def test_one_route_has_many_spellings(path: str) -> None:
    assert tidy(path) == '/v1/goals'


@pytest.mark.parametrize('path', ['', '/', '//', '/.json'])
def test_nothing_is_the_root(path: str) -> None:
    assert tidy(path) == '/'


def test_the_second_version_is_not_the_first() -> None:
    assert tidy('/v2/cluster/') == '/v2/cluster'

# SPDX-License-Identifier: Apache-2.0
import re

from hypothesis import given
from hypothesis import strategies as st

from watcher_py.dashboard.pictures.host_bar import host_bar, resource_bar


def widths(picture):
    """By class, in percent."""
    return {kind: float(width) for kind, width in
            re.findall(r'<rect class="([^"]*)"[^>]*width="([\d.]+)%"', picture)}


def test_shares_are_widths():
    assert widths(host_bar(0.25, 0.5, 'good')) == {'used good': 25, 'allocated': 50}


def test_what_is_unknown_is_not_drawn():
    assert widths(host_bar(None, 0.5, 'unknown')) == {'allocated': 50}
    assert widths(host_bar(None, None, 'unknown')) == {}


def test_more_than_all_ends_at_the_edge():
    assert widths(host_bar(1.3, 1.2, 'bad')) == {'used bad': 100, 'allocated': 100}


@given(st.none() | st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6), st.none() | st.floats(0, 1e6))
def test_a_resource_keeps_to_one_scale(used, allocated, capacity, total):
    drawn = widths(resource_bar(used, allocated, capacity, total, 'CPU'))
    assert all(0 <= width <= 100 for width in drawn.values())
    assert (drawn['free'] <= drawn['allocated']) or capacity >= allocated


def test_a_line_tells_where_the_hardware_ends():
    assert 'x1="25%"' in resource_bar(4, 40, 64, 16, 'CPU')
    assert '<line' not in resource_bar(4, 10, 16, 16, 'Disk')
    assert '<line' not in resource_bar(4, 10, 16, None, 'Disk')

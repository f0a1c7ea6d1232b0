# SPDX-License-Identifier: Apache-2.0
import re

from watcher_py.dashboard.pictures.histogram import ABOVE, BELOW, HEIGHT, histogram


def test_the_most_reaches_the_top_and_the_others_are_as_tall_as_they_are_many():
    picture = histogram([1, 4, 0], ['a', 'b', 'c'], ['used', 'used', 'used'], 'hosts')
    heights = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', picture)]
    assert heights == [(HEIGHT - ABOVE - BELOW) / 4, HEIGHT - ABOVE - BELOW, 0]


def test_counts_and_names_are_told_but_no_nought():
    picture = histogram([3, 0], ['<b>', 'c'], ['used', 'used'], 'hosts')
    assert re.findall(r'<text [^>]*>([^<]*)<', picture) == ['3', '&lt;b&gt;', 'c']


def test_no_kinds_are_a_picture_still():
    assert 'aria-label="nothing"' in histogram([], [], [], 'nothing')

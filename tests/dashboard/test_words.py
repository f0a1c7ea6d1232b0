# SPDX-License-Identifier: Apache-2.0
"""Figures and moments as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from watcher_py.dashboard import words


@pytest.mark.parametrize(('text', 'meant'), [
    (words.number(12345.67), '12,345.7'), (words.number(3.0), '3'), (words.number(100), '100'),
    (words.number(0.125, 2), '0.12'), (words.percent(12.0), '12 %'), (words.share(0.125), '12.5 %'),
    (words.mib(512), '512 MiB'), (words.mib(12700), '12.4 GiB'), (words.mib(20 * 1024 ** 2), '20 TiB'),
    (words.gb(302.795), '302.8 GB'), (words.gb(25600), '25.6 TB'),
    (words.span(200), '3 min 20 s'), (words.span(0), '0 s'),
    (words.span(0.2), 'less than 1 s'), (words.span(7200), '2 h'), (words.span(90061), '1 d 1 h'),
    (words.plural(1, 'host'), '1 host'), (words.plural(2000, 'host'), '2,000 hosts'),
    (words.plural(2, 'entry', 'entries'), '2 entries'),
    (words.state('ONGOING'), 'Running'), (words.state('ODD_ONE'), 'Odd one'), (words.mood('FAILED'), 'bad'),
    (words.at('2026-11-22T03:00:00+01:00'), '2026-11-22 02:00:00 UTC'),
    (words.at('2026-11-22T03:00:00.5'), '2026-11-22 03:00:00 UTC'), (words.at(0), '1970-01-01 00:00:00 UTC'),
    (words.spaced('server_consolidation'), 'server consolidation'),
    (words.choice('a'), 'a'), (words.choice([1, 'a']), '[1, "a"]')])
def test_words(text, meant):
    assert text == meant


@pytest.mark.parametrize('word', [
    words.number, words.percent, words.share, words.mib, words.gb, words.span, words.ago, words.at,
    words.state, words.spaced])
def test_what_is_not_known_is_said_to_be_unknown(word):
    assert word(None) == 'unknown'


@pytest.mark.parametrize(('seconds', 'text'), [
    (0, 'just now'), (90, '1 minute ago'), (7300, '2 hours ago'), (3 * 86400, '3 days ago'),
    (-7300, 'in 2 hours')])
def test_a_moment_is_told_as_its_distance(seconds, text):
    assert words.ago((datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()) == text

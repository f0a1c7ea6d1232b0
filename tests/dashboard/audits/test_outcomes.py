# SPDX-License-Identifier: Apache-2.0
"""Promises beside what came of them, as figures and as a picture."""

import re

import pytest

from watcher_py.dashboard.audits.outcomes import Outcome, series
from watcher_py.dashboard.pictures.outcomes import HEIGHT, outcomes


def plan(uuid, **figures):
    return {'uuid': uuid, 'created_at': '2026-11-22T03:00:00+00:00', 'state': 'SUCCEEDED', 'efficacy': [
        {'name': name, 'description': f'The {name}', 'unit': None, 'predicted': promised,
         'measured': measured}
        for name, (promised, measured) in figures.items()]}


@pytest.mark.parametrize(('promised', 'measured', 'is_kept'), [
    (10.0, 10.0, True), (100.0, 95.0, True), (100.0, 90.0, False), (0.0, 0.0, True), (0.0, 1.0, False),
    (None, 1.0, None), (1.0, None, None)])
def test_a_promise_is_kept_missed_or_not_known(promised, measured, is_kept):
    assert Outcome('u', None, 'SUCCEEDED', promised, measured).is_kept is is_kept


def test_each_indicator_is_followed_from_the_oldest_plan_on():
    found = series([plan('new', hosts=(4.0, None)), plan('old', moves=(9.0, 2.0), hosts=(3.0, 3.0)),
                    plan('oldest', hosts=(5.0, 4.0))])
    assert [each.name for each in found] == ['hosts', 'moves']
    hosts, moves = found
    assert [each.plan for each in hosts.outcomes] == ['oldest', 'old', 'new']
    assert (hosts.kept, hosts.compared, hosts.measured) == (1, 2, 2)
    assert (moves.title, moves.kept, moves.compared) == ('The moves', 0, 1)


def heights(svg, kind):
    return [float(height) for height in re.findall(rf'<rect class="{kind}"[^>]* height="([\d.]+)"', str(svg))]


def test_bars_are_as_high_as_what_they_tell():
    plans = [Outcome('a', None, 'S', 10.0, 5.0), Outcome('b', None, 'S', 0.0, None)]
    svg = outcomes(plans, 'hosts', 'label', '/plans/')
    promised, = set(heights(svg, 'promised')) - {1.0}
    missed, = heights(svg, 'measured missed')
    assert missed == pytest.approx(promised / 2)
    assert 1.0 in heights(svg, 'promised')          # nothing is a line
    assert heights(svg, 'measured') == []           # what is not known is not drawn
    assert max(heights(svg, 'column')) == HEIGHT


def test_a_picture_tells_its_figures_and_escapes_what_it_is_given():
    svg = str(outcomes([Outcome('<a>', None, 'S', 1234.0, None)], '<GB>', '"x" & <y>', '/plans/'))
    assert 'promised 1,234 &lt;GB&gt;, measured unknown' in svg
    assert '/plans/&lt;a&gt;' in svg
    assert 'aria-label="&#34;x&#34; &amp; &lt;y&gt;"' in svg


def test_no_plan_is_an_empty_picture():
    assert outcomes([], '', 'label', '').startswith('<svg')

# SPDX-License-Identifier: Apache-2.0
import re

import pytest

from tests.dashboard.pages.told import page
from watcher_py.dashboard.door import Answer


def test_the_load_of_all_hosts_is_drawn_and_told(city):
    found = city.get('/load')
    assert 'CPU load of the last day' in found.text
    assert 'class="line cpu-max"' in found.html
    assert 'Time Hottest host Mean Deviation' in found.text


def test_the_load_of_a_host_is_drawn_and_told(city):
    found = city.get('/load', host='hot', hours=6)
    assert 'CPU load of the last 6 hours' in found.text
    assert found.html.count('class="line series"') == 2
    assert found.text.count('Between') == 2


def test_a_host_that_nothing_measures_says_so(city):
    assert 'Nothing was measured' in city.get('/load', host='unheard').text


def test_a_host_that_is_none_is_told_in_place_of_its_load(city):
    found = city.get('/load', host='nobody')
    assert found.status == 200
    assert 'nobody' in found.text


@pytest.mark.parametrize('hours', ['0', 'ten', '-1', '100000'])
def test_hours_that_are_not_offered_are_a_day(city, hours):
    assert 'CPU load of the last day' in city.get('/load', hours=hours).text


def test_other_pages_take_it_in(city):
    assert 'data-load="/dashboard/load/now"' in city.get().html
    assert 'data-load="/dashboard/load/now?host=hot"' in city.get('/hosts/hot').html
    part = city.get('/load/now', host='hot')
    assert '<html' not in part.html
    assert part.html.count('class="line series"') == 2


BEGIN = 1_800_000_000
HISTORY = {'times': [BEGIN, BEGIN + 3600], 'cpu_mean': [20, None], 'cpu_deviation': [1, 2],
           'cpu_max': [40, 50]}
AUDIT = {'uuid': 'a', 'name': '<b>nightly</b>', 'strategy_name': 'basic',
         'created_at': '2027-01-15T08:10:00+00:00'}
PLAN = {'uuid': 'p', 'state': 'SUCCEEDED', 'strategy_name': 'basic'}
PROGRESS = {'begun_at': '2027-01-15T08:30:00+00:00', 'seconds_gone': 900.0, 'total': 7}


def told(**changes):
    answers = {'/v2/history': HISTORY, '/v1/audits/detail': {'audits': [AUDIT]},
               '/v1/action_plans/detail': {'action_plans': [PLAN, {**PLAN, 'state': 'RECOMMENDED'}]},
               '/v2/action_plans/p/progress': PROGRESS}
    return page('/load', {**answers, **changes}).text


def test_audits_and_plans_are_drawn_where_they_fell_and_listed():
    text = told()
    assert re.search(r'class="mark plan"><title>Plan of basic: succeeded, 7 actions</title>'
                     r'<rect x="50%" [^>]*width="25%"', text)
    assert text.count('class="mark plan"') == 1
    assert '&lt;b&gt;nightly&lt;/b&gt;' in text
    assert '<b>nightly' not in text
    assert 'href="/plans/p"' in text
    assert 'href="/audits/a"' in text


def test_a_plan_in_which_there_was_nothing_to_do_was_not_carried_out():
    nothing = {'begun_at': None, 'seconds_gone': None, 'total': 0}
    assert 'class="mark plan"' not in told(**{'/v2/action_plans/p/progress': nothing})


def test_a_figure_that_is_unknown_is_said_to_be():
    assert 'unknown' in told()


def test_nothing_measured_yet_is_said():
    assert 'Nothing is measured yet' in told(**{'/v2/history': {name: [] for name in HISTORY}})


def test_why_nothing_is_known_stands_in_its_place():
    fault = Answer(503, {'error_message': '{"faultstring": "prometheus does not answer"}'})
    assert 'prometheus does not answer' in told(**{'/v2/history': fault})

# SPDX-License-Identifier: Apache-2.0
"""Of PromQL just so much is understood as is asked; the rest is bad data."""

from types import SimpleNamespace

import falcon
import pytest

from watcher_py.sim.promql import parse

RAM = 'avg by (resource) (avg_over_time(ceilometer_memory_usage[300s]))'
STALE = ('(group by (resource) (present_over_time(ceilometer_memory_usage[600s]))'
         ' unless group by (resource) (present_over_time(ceilometer_memory_usage[300s])))')
TWICE = '(max by (resource) (count by (resource) (ceilometer_memory_usage)) > 1)'
AGE = 'min(time() - timestamp(ceilometer_memory_usage))'


def _marked(**parts):
    return ' or '.join(f'label_replace({query}, "part", "{part}", "", "")' for part, query in parts.items())


def _ask(query):
    server = SimpleNamespace(uuid='s1', ram_used=7.0, vm_state='active')
    return list(parse(query)(SimpleNamespace(servers={'s1': server}), 1000.0))


def test_the_parts_of_a_query_keep_their_marks():
    assert _ask(_marked(value=RAM, stale=STALE, twice=TWICE, age=AGE)) == [
        ({'resource': 's1', 'part': 'value'}, 7.0), ({'part': 'age'}, 0.0)]


@pytest.mark.parametrize('query', [RAM, f'({RAM}) unless {TWICE}'])
def test_a_query_may_come_alone(query):
    assert _ask(query) == [({'resource': 's1'}, 7.0)]


def test_a_sample_a_minute_is_counted():
    query = 'max by (resource) (count_over_time(ceilometer_memory_usage[10m]))'
    assert _ask(query) == [({'resource': 's1'}, 10.0)]


@pytest.mark.parametrize('query', [
    '', 'down', RAM + ' + 1', _marked(value='down'), _marked(value=RAM) + ' or up',
    _marked(value=RAM) + ' and ' + _marked(stale=STALE), f'({RAM}) unless up'])
def test_others_are_bad_data(query):
    with pytest.raises(falcon.HTTPBadRequest):
        parse(query)

# SPDX-License-Identifier: Apache-2.0
"""What a strategy needs, as its state tells it."""

from watcher_py.core.errors import Unavailable
from watcher_py.dashboard.audits.needs import needs


class Said:
    """A way to the API that has one answer."""

    def __init__(self, *rows):
        self.rows = rows

    def get(self, path):
        if not self.rows:
            raise Unavailable('the engine does not answer')
        return [{'type': kind, 'state': state, 'mandatory': True, 'comment': comment}
                for kind, state, comment in self.rows]


def test_what_is_there_and_what_is_missing():
    found = needs(Said(('Datasource', 'prometheus: available', ''),
                       ('Metrics', [{'host_cpu_usage': 'available'}, {'host_power': 'not available'}],
                        'host_cpu_usage: 3 of 3 known; host_power: none'),
                       ('CDM', [{'compute_model': 'available'}], ''), ('Name', 'x', '')), 'x')
    every = (*found.sources, *found.metrics, *found.models)
    assert [need.is_there for need in every] == [True, True, False, True]
    assert found.missing == ['host power']
    assert found.notes == ('host_cpu_usage: 3 of 3 known', 'host_power: none')


def test_nothing_needed_is_nothing_missing():
    found = needs(Said(('Datasource', 'This strategy needs no datasource', ''), ('Metrics', [], ''),
                       ('CDM', [], '')), 'x')
    assert found.missing == []
    assert found.sources[0].is_there is None


def test_no_source_at_all_is_missing():
    assert needs(Said(('Datasource', 'No datasource is configured', '')), 'x').missing == [
        'No datasource is configured']


def test_what_nobody_can_tell_is_not_known():
    assert needs(Said(), 'x').why_unknown == 'the engine does not answer'

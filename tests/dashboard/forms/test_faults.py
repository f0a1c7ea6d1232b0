# SPDX-License-Identifier: Apache-2.0
"""Complaints of the API find their field."""

import pytest

from watcher_py import schemas
from watcher_py.core.errors import Invalid
from watcher_py.dashboard.forms.faults import placed
from watcher_py.dashboard.forms.fields import fields

SCHEMA = {'properties': {'headroom': {'type': 'number', 'maximum': 1},
                         'nodes': {'type': 'array', 'items': {'type': 'object', 'required': ['src']}},
                         'weights': {'type': 'object', 'properties': {'cpu': {'type': 'number'}}}},
          'required': ['nodes']}


@pytest.mark.parametrize(('given', 'field'), [
    ({'nodes': [], 'weights': {'cpu': 'much'}}, 'weights.cpu'), ({'nodes': [], 'weights': 1}, 'weights.cpu'),
    ({'headroom': 2, 'nodes': []}, 'headroom'), ({'headroom': 0.5}, 'nodes'), ({'nodes': [{}]}, 'nodes')])
def test_a_complaint_stands_at_the_field_that_it_is_about(given, field):
    with pytest.raises(Invalid) as raised:
        schemas.parameters('mine', SCHEMA, given)
    (name, sentence), = placed(str(raised.value), [each.name for each in fields(SCHEMA)]).items()
    assert name == field
    assert sentence


def test_a_complaint_about_something_else_stands_nowhere():
    assert placed('Interval 0 is not between 1 and 3 seconds', ['headroom']) == {}

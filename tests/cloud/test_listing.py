# SPDX-License-Identifier: Apache-2.0
"""A list is told as far as it could be read, and says when that isn't all of it."""

import pytest

from watcher_py.cloud.listing import Listing, listing, understood
from watcher_py.core.errors import Unavailable


def _breaking_off():
    yield {'id': 1}
    raise Unavailable('Nova is gone')


def test_a_list_that_ends_is_whole():
    found = listing('rows', [{'id': 1}, {'id': 2}], lambda row: row['id'])
    assert found == Listing((1, 2), None)
    assert found.is_whole


def test_a_list_that_breaks_off_keeps_what_had_come():
    found = listing('rows', _breaking_off(), lambda row: row['id'])
    assert found == Listing((1,), 'rows: Nova is gone')
    assert not found.is_whole


@pytest.mark.parametrize('read', [
    lambda row: row['id'], lambda row: row.id, lambda row: row[9], lambda row: float(row or 'x'),
    lambda row: int(row or float('inf'))], ids=['key', 'attribute', 'index', 'value', 'number'])
def test_a_row_that_makes_no_sense_is_left_out_and_told(read):
    found = listing('rows', [None], read)
    assert found.rows == ()
    assert found.missing.startswith("rows: a row can't be understood: ")
    with pytest.raises(Unavailable, match='the row can\'t be understood'):
        understood('the row', None, read)


def test_of_several_broken_rows_the_first_is_told():
    found = listing('rows', [{}, None, {'id': 1}], lambda row: row['id'])
    assert found == Listing((1,), "rows: a row can't be understood: KeyError: 'id'")

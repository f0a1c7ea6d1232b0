# SPDX-License-Identifier: Apache-2.0
"""What servers and nodes really use."""

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.load import with_load
from watcher_py.core.problem import allocation_problem
from watcher_py.core.whatif import WhatIf


def loaded(doc, headroom=0.2):
    snapshot = read(doc)
    return with_load(allocation_problem(snapshot.cluster), snapshot, headroom)


def test_a_server_without_a_reading_freezes_itself_only():
    doc = document([host('a'), host('b')], [instance('vm', 'a', metrics={}), instance('vm2', 'a')])
    assert loaded(doc).rules.stuck == ('its load is unknown', '')


def test_a_host_without_a_reading_gives_and_takes_nothing():
    doc = document([host('a', metrics={}), host('b'), host('c')], [instance('vm', 'a'), instance('vm2', 'b')])
    problem = loaded(doc)
    assert problem.rules.stuck == ('the load of a is unknown', '')
    assert WhatIf(problem).fits(1).tolist() == [False, False, True]


def test_a_server_that_is_switched_off_needs_no_reading():
    doc = document([host('a'), host('b')], [instance('vm', 'a', state='stopped', metrics={})])
    assert loaded(doc).rules.stuck == ('',)


def test_measured_load_keeps_the_headroom_free():
    busy = {'cpu_util_pct': 100.0, 'ram_used_mb': 1024.0}
    hot = host('b', metrics={'cpu_util_pct': 75.0, 'ram_used_mb': 2048.0})     # 12 of 16 cores
    doc = document([host('a', metrics={'cpu_util_pct': 12.5, 'ram_used_mb': 2048.0}), hot, host('c')],
                   [instance('vm', 'a', metrics=busy)])
    assert WhatIf(loaded(doc)).fits(0).tolist() == [False, False, True]
    assert WhatIf(loaded(doc, headroom=0.1)).fits(0).tolist() == [False, True, True]

# SPDX-License-Identifier: Apache-2.0
"""Where a server that has to leave its node fits best."""

import numpy as np

from tests.core.clusters import document, host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.seat import best_fit
from watcher_py.core.whatif import WhatIf


def test_best_fit_keeps_the_least_room():
    trial = WhatIf(allocation_problem(read(document(
        [host('a'), host('b', vcpus=64), host('c', vcpus=4)], [instance('vm', 'a')])).cluster))
    assert best_fit(trial, 0, np.ones(3, dtype=bool)) == 2
    assert best_fit(trial, 0, np.array([True, True, False])) == 1
    assert best_fit(trial, 0, np.array([True, False, False])) is None

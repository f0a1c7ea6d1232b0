# SPDX-License-Identifier: Apache-2.0
"""The daily curve of a server: its mean is the reading, it never leaves 0 to 100 %."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from watcher_py.sim.records import Amounts, Flavor, Server
from watcher_py.sim.workload import DAY, cpu_mean, ram_used

FLAVOR = Flavor(id='f', name='f', sizes=Amounts(2, 4096, 20), extra_specs={})
NAMES = some.text(min_size=1, max_size=36)
LEVELS = some.floats(0, 100)
TIMES = some.floats(0, 2e9)


def server(name: str, level: float | None, state: str = 'active') -> Server:
    return Server(uuid=name, name=name, project='p', flavor=FLAVOR, host=None, metadata={}, hints={},
                  vm_state=state, cpu_util=level, ram_used=1000.0)


@given(NAMES, LEVELS, TIMES)
def test_the_mean_of_a_day_is_the_reading(name: str, level: float, end: float) -> None:
    assert cpu_mean(server(name, level), end - DAY, end) == pytest.approx(level, abs=1e-3)


@given(NAMES, LEVELS, TIMES, some.floats(0, 90000))
def test_it_stays_a_percentage(name: str, level: float, end: float, window: float) -> None:
    mean = cpu_mean(server(name, level), end - window, end)
    assert mean is not None
    assert -1e-3 <= mean <= 100 + 1e-3


@given(NAMES, some.floats(5, 80), some.integers(0, 10**6))
def test_a_windows_mean_is_that_of_its_moments(name: str, level: float, start: int) -> None:
    moments = [cpu_mean(server(name, level), at, at) or 0.0 for at in range(start, start + 3600, 10)]
    assert cpu_mean(server(name, level), start, start + 3600) == pytest.approx(
        sum(moments) / len(moments), rel=0.01, abs=0.05)


@pytest.mark.parametrize(('state', 'level', 'load'), [
    ('stopped', 50.0, None), ('paused', 50.0, 0.0), ('active', None, None)])
def test_what_does_not_run_has_no_load(state: str, level: float | None, load: float | None) -> None:
    assert cpu_mean(server('x', level, state), 0, 300) == load


def test_a_stopped_server_uses_no_memory() -> None:
    assert ram_used(server('x', 1.0)) == 1000.0
    assert ram_used(server('x', 1.0, 'stopped')) is None

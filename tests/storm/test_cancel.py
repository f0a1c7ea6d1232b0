# SPDX-License-Identifier: Apache-2.0
"""A plan that is cancelled, at whatever moment, ends quietly and as its actions say."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.conftest import store_at
from tests.storm.clusters import planned
from tests.storm.trial import Trial, a_trial, faults_of
from watcher_py.applier.run_plan import run_plan
from watcher_py.core.states import PlanState
from watcher_py.db.store import Store

FEW, ALL = 8, 100
SPEED = 150.0                   # slow enough that migrations are met on their way
CALLS = 12                      # of a move, about


@pytest.fixture(scope='module')
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp('cancelled')
    yield from store_at(f'sqlite:///{folder}/watcher.sqlite')


@pytest.mark.parametrize('seeds', [
    pytest.param(range(FEW), id='few'),
    pytest.param(range(FEW, ALL), id='all', marks=[pytest.mark.storm, pytest.mark.many])])
def test_a_plan_cancelled_at_any_moment_ends_cancelled_unless_all_was_done(shared_store: Store,
                                                                            seeds: range) -> None:
    ends = {cancelled_sometime(shared_store, seed) for seed in seeds}
    assert 'CANCELLED' in ends
    assert ends <= {'CANCELLED', 'SUCCEEDED'}


def cancelled_sometime(store: Store, seed: int) -> str:
    dice = Random(f'cancel {seed}')
    what = planned(dice)
    with a_trial(store, what, SPEED, late_refusals=dice.random() < 0.5) as trial:
        cancel_at(trial, dice.randint(1, CALLS * len(what.decision.moves())))
        run_plan(trial.tools, trial.plan.uuid)
        wrong = [*faults_of(trial), *wrong_end(trial)]
        assert wrong == [], f'seed {seed}: {[(row.state, row.status_message) for row in trial.actions()]}'
        return trial.now().state


def cancel_at(trial: Trial, calls_left: int) -> None:
    """Just before so many calls from now are answered, as the API does it."""
    def at_a_call(left: int) -> None:
        if left:
            trial.cloud.faults.meanwhile('/', lambda: at_a_call(left - 1))
        else:
            trial.tools.store.claim(trial.plan, PlanState.ONGOING, PlanState.CANCELLING)

    at_a_call(calls_left)


def wrong_end(trial: Trial) -> Iterator[str]:
    plan, states = trial.now(), {row.state for row in trial.actions()}
    if plan.state == 'SUCCEEDED' and states - {'SUCCEEDED', 'SKIPPED'}:
        yield f'{plan.state} with actions {states}'
    if states - {'SUCCEEDED', 'SKIPPED', 'CANCELLED'}:
        yield f'{plan.state} ({plan.status_message}) with actions {states}'

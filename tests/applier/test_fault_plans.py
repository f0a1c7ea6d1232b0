# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong while a plan is carried out: it ends, legally, as its actions say, and says why."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.conftest import store_at
from tests.storm.clusters import planned
from tests.storm.mishaps import Mishap, befall
from tests.storm.trial import Trial, a_trial, faults_of, is_taken_back
from watcher_py.applier.run_plan import run_plan
from watcher_py.core.execution import OnFailure
from watcher_py.db.store import Store

BATCHES, RUNS = 50, 20          # 1,000 in all
ALWAYS = 3                      # batches that no run of the tests leaves out
# What is told of an action for what became of others: they went elsewhere, or stayed, and the room is theirs.
CONSEQUENCES = ('Not run: ', 'Stopped: ', 'is on .* already', 'no longer on', 'is left to evacuation',
                'no room for it any more', 'other members? of anti-affinity group')


@pytest.fixture(scope='module')
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp('fault-plans')
    yield from store_at(f'sqlite:///{folder}/watcher.sqlite')


@pytest.mark.parametrize('batch', [
    number if number < ALWAYS else pytest.param(number, marks=pytest.mark.many) for number in range(BATCHES)])
def test_a_plan_ends_well_whatever_befalls_it(shared_store: Store, batch: int) -> None:
    for number in range(RUNS):
        carry_out(shared_store, batch * RUNS + number)


def carry_out(store: Store, seed: int) -> None:
    dice = Random(f'fault plan {seed}')
    what = planned(dice)
    policy = dice.choice([*OnFailure])
    with a_trial(store, what, late_refusals=dice.random() < 0.5, on_failure=policy.value) as trial:
        mishaps = befall(trial.cloud, what.decision.moves(), dice)
        run_plan(trial.tools, trial.plan.uuid)
        trial.cloud.faults.heal()
        wrong = [*faults_of(trial), *unexplained(trial, mishaps)]
        if policy is OnFailure.ROLL_BACK:
            wrong += not_rolled_back(trial)
        assert wrong == [], told(seed, trial, mishaps, wrong)


def unexplained(trial: Trial, mishaps: list[Mishap]) -> Iterator[str]:
    """Actions that came to nothing, and whose message names none of the mishaps."""
    for action in trial.actions():
        message = action.status_message or ''
        known = [*mishaps, *(Mishap('', words) for words in CONSEQUENCES)]
        if action.state != 'SUCCEEDED' and not any(mishap.explains(message) for mishap in known):
            yield f'{action.action_type}, {action.state}: {message!r} names no cause'


def not_rolled_back(trial: Trial) -> Iterator[str]:
    """Steps that were done, are not taken back, and are not said to be so."""
    if trial.now().state == 'FAILED':
        for action in trial.actions():
            is_told = 'ould not be reverted' in (action.status_message or '')
            if action.state == 'SUCCEEDED' and not is_taken_back(action) and not is_told:
                yield f'{action.action_type} of {action.input_parameters} is not taken back'


def told(seed: int, trial: Trial, mishaps: list[Mishap], wrong: list[str]) -> str:
    plan = trial.now()
    lines = [*wrong, f'seed {seed}: {plan.execution}, {trial.planned.strategy.name}',
             f'mishaps: {[mishap.name for mishap in mishaps]}', f'plan {plan.state}: {plan.status_message}']
    for row in trial.actions():
        ends = {key: value for key, value in row.input_parameters.items() if key != 'resource_id'}
        lines.append(f'  {row.action_type} {ends} {row.state}: {row.status_message} {row.memory}')
    lines += [f'  {entry.shown()}' for entry in trial.cloud.world.journal.entries()]
    return '\n'.join(lines)

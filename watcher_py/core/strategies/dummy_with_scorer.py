# SPDX-License-Identifier: Apache-2.0
"""Ask the scoring engines that come along, and say what they answer; an example that touches nothing."""

import json
from collections.abc import Sequence

import numpy as np

from watcher_py.core.budget import Budget
from watcher_py.core.changes import Nop, Sleep
from watcher_py.core.cluster import MEMORY_MB, VCPU, Cluster, Floats
from watcher_py.core.goals import DUMMY
from watcher_py.core.scorers import dummy as classifier
from watcher_py.core.scorers import dummy_container
from watcher_py.core.scoring import ScoringEngine
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Proposal, Solution
from watcher_py.core.strategies.dummy import MESSAGE, SECONDS, needs
from watcher_py.core.strategy import Params, Strategy

PARAMETERS = {'properties': {'param1': SECONDS, 'param2': MESSAGE}}
MEAN = 'dummy_avg_scorer'


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    said, always = 'it tells what a scoring engine said', 'the dummy strategy always proposes it'
    return Solution((
        Proposal(Nop(params['param2']), always), Proposal(Nop(_class(snapshot.cluster)), said),
        Proposal(Nop(_mean(snapshot.cluster)), said), Proposal(Sleep(params['param1']), always)))


def _class(cluster: Cluster) -> str:
    """What is allocated stands for what is used: the load is not measured for an example."""
    used, room = cluster.used().sum(axis=0), cluster.capacity().sum(axis=0)
    busy = float(_percent(used[VCPU], room[VCPU]))
    score = _ask(classifier.SCORER, [busy, room[MEMORY_MB], room[MEMORY_MB] - used[MEMORY_MB], *[0.0] * 6])
    return f'{classifier.SCORER.name} calls the cluster {classifier.CLASSES[int(score[0])]}'


def _mean(cluster: Cluster) -> str:
    if not len(cluster.nodes):
        return f'{MEAN} is not asked: there is no node'
    engines = {engine.name: engine for engine in dummy_container.engines()}
    busy = _percent(cluster.used()[:, VCPU], cluster.capacity()[:, VCPU])
    score = _ask(engines[MEAN], busy.tolist())
    return f'{MEAN} finds {score[0]:.0f} % of the CPUs of a node allocated'


def _percent(part: Floats, whole: Floats) -> Floats:
    """Nothing of nothing is nothing."""
    return np.divide(100.0 * part, whole, out=np.zeros_like(part), where=whole > 0)


def _ask(engine: ScoringEngine, features: Sequence[float]) -> list[float]:
    found: list[float] = json.loads(engine.calculate_score(json.dumps(features)))
    return found


STRATEGY = Strategy('dummy_with_scorer', 'Dummy Strategy using sample Scoring Engines', DUMMY, PARAMETERS,
                    needs, decide)

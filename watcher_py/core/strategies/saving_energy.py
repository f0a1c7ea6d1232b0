# SPDX-License-Identifier: Apache-2.0
"""Switch off compute nodes that nobody needs, and on again once spare nodes run short."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from watcher_py.core import restraint
from watcher_py.core.budget import Budget
from watcher_py.core.changes import SetPower
from watcher_py.core.cluster import Bools, Floats
from watcher_py.core.consolidation import stated
from watcher_py.core.efficacy import Done, of_moves, of_placement
from watcher_py.core.energy.fleet import Fleet, drawn_after, load_of
from watcher_py.core.energy.power import power_of
from watcher_py.core.energy.spare import spare_of
from watcher_py.core.energy.switches import switches_of
from watcher_py.core.energy.switching_off import Saving, Way, shutdowns, switchable_only
from watcher_py.core.energy.switching_on import to_wake, wakings
from watcher_py.core.explain.explanation import counted
from watcher_py.core.goals import SAVING_ENERGY
from watcher_py.core.load import with_load
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.core.pace import USUAL
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.solution import Solution
from watcher_py.core.solve.terms import Pack
from watcher_py.core.strategies.vm_workload_consolidation import HEADROOM
from watcher_py.core.strategies.vm_workload_consolidation import METRICS as LOAD
from watcher_py.core.strategy import Params, Part, Stated, Strategy

PARAMETERS = {'properties': {
    'free_used_percent': {
        'description': 'Free nodes that stay on, in percent of the nodes that hold servers',
        'type': 'number', 'default': 10.0, 'minimum': 0},
    'min_free_hosts_num': {'description': 'Free nodes that stay on at least', 'type': 'number', 'default': 1,
                           'minimum': 0},
    'spare_everywhere': {
        'description': 'Whether both are kept in each availability zone and each host aggregate as well, '
                       'not only in all of the cluster', 'type': 'boolean', 'default': True},
    'consolidate': {
        'description': 'Whether nodes are emptied to be switched off; if not, only those go that are free '
                       'already', 'type': 'boolean', 'default': True},
    'wake_up_seconds': {'description': 'Seconds from switching a node on until it takes servers',
                        'type': 'number', 'default': 300, 'minimum': 0},
    'period': {'description': 'Seconds of the past over which load and power are averaged', 'type': 'number',
               'default': 3600, 'minimum': 1},
    'granularity': {'description': 'Seconds between two points of a series, for sources that ask for it',
                    'type': 'number', 'default': 300, 'minimum': 1},
    **HEADROOM, **restraint.PARAMETERS,
}}


def needs(params: Params) -> list[MetricNeed]:
    """Load only where servers may have to move; what nodes draw is good to know, but not needed."""
    metrics = (*LOAD, Metric.HOST_POWER) if params['consolidate'] else (Metric.HOST_CPU, Metric.HOST_POWER)
    return [MetricNeed(metric, params['period'], params['granularity']) for metric in metrics]


def state(snapshot: Snapshot, params: Params) -> Stated:
    return _state(snapshot, _fleet(snapshot, params), params)


def decide(snapshot: Snapshot, params: Params, budget: Budget) -> Solution:
    fleet = _fleet(snapshot, params)
    woken = to_wake(fleet)
    # Whoever is short of room now does not wait until others are emptied; a later audit may do that.
    return (_wake(snapshot, fleet, woken, params) if woken.any()
            else _save(snapshot, fleet, params, budget))


def measure(before: Snapshot, after: Snapshot, params: Params, done: Done) -> Mapping[str, float]:
    """Of nodes that are off it is known what they draw, of the others if it was measured."""
    reached = dict(zip(after.cluster.machines.uuid, after.cluster.machines.power_state, strict=True))
    asked = [(deed.parameters.get('resource_id', ''), deed.parameters.get('state'))
             for deed in done.of(SetPower.action_type)]
    switched = [state for machine, state in asked if reached.get(machine) == f'power {state}']
    first, last = (power_of(each, switches_of(each.cluster).off).watts.sum() for each in (before, after))
    return {'compute_nodes_count': len(before.cluster.nodes), 'switched_off_count': switched.count('off'),
            'switched_on_count': switched.count('on'), **of_moves(before, done),
            **_known(power_before_w=first, power_after_w=last)}


def _fleet(snapshot: Snapshot, params: Params) -> Fleet:
    cluster, switches = snapshot.cluster, switches_of(snapshot.cluster)
    return Fleet(cluster, switches, power_of(snapshot, switches.off),
                 spare_of(cluster, params['free_used_percent'] / 100, params['min_free_hosts_num'],
                          params['spare_everywhere']))


def _state(snapshot: Snapshot, fleet: Fleet, params: Params) -> Stated:
    problem = switchable_only(snapshot.problem, fleet.cluster, fleet.switches, params['consolidate'])
    asked = stated(with_load(problem, snapshot, params['headroom']), snapshot, params)
    return replace(asked, terms=(Pack(fleet.costs()),))


def _wake(snapshot: Snapshot, fleet: Fleet, woken: Bools, params: Params) -> Solution:
    nothing = np.zeros_like(woken)
    way = Way(fleet.cluster.servers.node, nothing, 0.0)
    asked = _state(snapshot, fleet, params)
    return Solution(
        tuple(wakings(fleet, woken, params['wake_up_seconds'])),
        _indicators(fleet, way, woken & fleet.switches.off, load_of(asked.problem)),
        stayed=_stayed(fleet, asked, way))


def _save(snapshot: Snapshot, fleet: Fleet, params: Params, budget: Budget) -> Solution:
    asked = _state(snapshot, fleet, params)
    way, outcome, refrained = Saving(fleet, asked, budget).best(params)
    proposals = tuple(shutdowns(fleet, way))
    if not proposals and not refrained and (fleet.switches.free & fleet.switches.on).any():
        refrained = 'every node that could be switched off is in use, or is kept on as spare'
    return Solution(
        proposals, _indicators(fleet, way, np.zeros_like(way.off), load_of(asked.problem)),
        outcome, _stayed(fleet, asked, way), refrained)


def _indicators(fleet: Fleet, way: Way, woken: Bools, cores: Floats) -> dict[str, float]:
    drawn = drawn_after(fleet, cores, way.placed, way.off, woken)
    return {'compute_nodes_count': len(fleet.cluster.nodes), 'switched_off_count': int(way.off.sum()),
            'switched_on_count': int(woken.sum()),
            **of_placement(fleet.cluster, way.placed, USUAL),
            **_known(power_before_w=fleet.power.watts.sum(), power_after_w=drawn.sum())}


def _known(**watts: float) -> dict[str, float]:
    return {name: round(float(value), 1) for name, value in watts.items() if np.isfinite(value)}


def _stayed(fleet: Fleet, asked: Stated, way: Way) -> dict[str, str]:
    """Why each stuck server stays, and why each node that is on stays on."""
    cluster, problem = fleet.cluster, asked.problem
    stayed = {cluster.servers.uuid[row]: reason for row, reason in enumerate(problem.rules.stuck) if reason}
    stuck = np.bincount(problem.node, ~problem.movable, len(cluster.nodes)).astype(int)
    standing = np.bincount(way.placed, minlength=len(cluster.nodes)).tolist()
    for node in np.flatnonzero(fleet.switches.on & ~way.off).tolist():
        stayed[cluster.nodes.uuid[node]] = (
            fleet.switches.why_fixed[node]
            or (f'{stuck[node]} of its servers can not move' if stuck[node]
                else f'it holds {counted(standing[node])}; no way off it was found that saves energy'
                if standing[node] else 'it is kept on as spare'))
    return stayed


STRATEGY = Strategy('saving_energy', 'Saving Energy Strategy', SAVING_ENERGY, PARAMETERS, needs, decide,
                    state, frozenset({Part.BAREMETAL}), measure)

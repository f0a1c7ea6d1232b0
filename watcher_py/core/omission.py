# SPDX-License-Identifier: Apache-2.0
"""What of a plan can't be done any more, or is in vain, when some of its actions are left out."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.changes import Migrate, SetPower, SetService
from watcher_py.core.cluster import Cluster, Ints
from watcher_py.core.efficacy import Deed
from watcher_py.core.problem import SLACK, Problem, allocation_problem
from watcher_py.core.whatif import WhatIf

# What is asked for of a node that is taken out of use.
CLOSED = ('disabled', 'down', 'off')


@dataclass(frozen=True)
class Leg:
    """A move of a plan, in the rows of a cluster; a server that is parked on its way moves in two."""

    server: int
    source: int
    target: int


@dataclass(frozen=True)
class Setting:
    """What a plan does to a node: its service or its machine."""

    node: int
    closes: bool                    # takes it out of use
    is_of_service: bool
    is_conditional: bool            # of use only if all that was to leave the node has left


def legs_of(cluster: Cluster, deeds: Sequence[Deed]) -> dict[int, Leg]:
    """The moves among the deeds, by their places; none where it is left to Nova where a server goes."""
    nodes = {name: row for row, name in enumerate(cluster.nodes.name)}
    servers = {uuid: row for row, uuid in enumerate(cluster.servers.uuid)}
    legs = {}
    for place, deed in enumerate(deeds):
        given = deed.parameters
        if deed.action_type == Migrate.action_type:
            with suppress(KeyError):
                legs[place] = Leg(servers[given['resource_id']], nodes[given['source_node']],
                                  nodes[given['destination_node']])
    return legs


def fallen(cluster: Cluster, deeds: Sequence[Deed], omitted: Set[int]) -> dict[int, str]:
    """By its place, each deed that is not omitted and falls with those that are, and why.

    A move falls where its server would not be at its source, or its target would not take it by then. With
    one leg of a detour the other one falls, and with the first step of taking a node into use or out of it
    the next one. A node that is not emptied after all is not taken out of use.
    """
    play = _Play(cluster, deeds)
    broken = play.detours(omitted)
    while True:
        refused, node = play.go(omitted, broken)
        more = play.detours(refused) - broken
        if not more:
            return refused | play.in_vain(refused.keys() | omitted, node)
        broken |= more


class _Play:
    """The deeds one after the other, on paper."""

    def __init__(self, cluster: Cluster, deeds: Sequence[Deed]):
        nodes = cluster.nodes
        # The services are switched as the plan goes, so the rules are asked with all of them enabled.
        everywhere = replace(cluster, nodes=replace(nodes, enabled=np.ones(len(nodes), dtype=bool)))
        self._cluster, self._deeds, self._names = cluster, deeds, nodes.name
        self._problem = allocation_problem(everywhere)
        self._legs, self._settings = legs_of(cluster, deeds), _settings_of(cluster, deeds)
        self._times = Counter(leg.server for leg in self._legs.values())

    def detours(self, places: Set[int] | Mapping[int, str]) -> set[int]:
        """The servers that go by another node, and of which one of these deeds is a leg."""
        legs = (self._legs[place] for place in places if place in self._legs)
        return {leg.server for leg in legs if self._times[leg.server] > 1}

    def go(self, omitted: Set[int], broken: Set[int]) -> tuple[dict[int, str], Ints]:
        """The moves that are refused, each with the reason, and where the servers stand in the end: [S]."""
        trial, enabled = WhatIf(self._problem), self._cluster.nodes.enabled.copy()
        refused: dict[int, str] = {}
        undone: set[tuple[int, bool]] = set()
        for place in range(len(self._deeds)):
            if setting := self._settings.get(place):
                way = setting.node, setting.closes
                if place in omitted:
                    undone.add(way)
                elif way in undone:
                    refused[place] = f'what comes before it on {self._names[setting.node]} is left out'
                elif setting.is_of_service:
                    enabled[setting.node] = not setting.closes
            elif place not in omitted and (leg := self._legs.get(place)):
                why = ('another part of its way is left out' if leg.server in broken
                       else self._why_not(trial, leg, bool(enabled[leg.target])))
                if why:
                    refused[place] = why
                else:
                    trial.move(leg.server, leg.target)
        return refused, trial.node

    def in_vain(self, dropped: Set[int], node: Ints) -> dict[int, str]:
        """What takes a node out of use that keeps a server which was to leave it."""
        kept = {leg.source for place, leg in self._legs.items() if place in dropped} & set(node.tolist())
        closings = ((place, setting.node) for place, setting in self._settings.items()
                    if place not in dropped and setting.closes and setting.is_conditional)
        return {place: f'{self._names[row]} keeps a server that was to leave it'
                for place, row in closings if row in kept}

    def _why_not(self, trial: WhatIf, leg: Leg, is_enabled: bool) -> str:
        """'' if the server may move."""
        names, problem = self._names, self._problem
        source, target, at = names[leg.source], names[leg.target], int(trial.node[leg.server])
        if at != leg.source:
            return f'it stands on {names[at]} then, not on {source}'
        if reason := problem.rules.stuck[leg.server]:
            return reason
        if not is_enabled:
            return f'{target} is disabled then'
        if trial.can_take(leg.server, leg.target):
            return ''
        return f'{target} {_what_lacks(self._cluster, problem, trial, leg)}'


def _what_lacks(cluster: Cluster, problem: Problem, trial: WhatIf, leg: Leg) -> str:
    """Why the target does not take the server then."""
    demand = problem.demand[leg.server]
    lacks = demand - np.minimum(trial.free[leg.target], problem.most[leg.target])
    amounts = [f'{lacks[column]:g} {cluster.resources[column]}'
               for column in np.flatnonzero((lacks > SLACK) & (demand > 0)).tolist()]
    if amounts:
        return f'lacks {" and ".join(amounts)} then'
    for group in problem.rules.apart:
        others = group.members[group.members != leg.server]
        if len(others) < len(group.members) and (trial.node[others] == leg.target).sum() >= group.limit:
            return f'has as many members of anti-affinity group {group.name or group.uuid} then as it may'
    return 'is closed to it by a scheduling rule'


def _settings_of(cluster: Cluster, deeds: Sequence[Deed]) -> dict[int, Setting]:
    """By their places; none of nodes that nobody knows."""
    nodes, settings = cluster.nodes, {}
    rows = {name: row for names in (nodes.uuid, nodes.name) for row, name in enumerate(names)}
    for place, deed in enumerate(deeds):
        given, is_power = deed.parameters, deed.action_type == SetPower.action_type
        node = rows.get(given.get('resource_name') or given.get('resource_id', ''))
        if node is not None and (is_power or deed.action_type == SetService.action_type):
            settings[place] = Setting(node, given.get('state') in CLOSED, not is_power,
                                      is_power or bool(given.get('revert_on_failure')))
    return settings

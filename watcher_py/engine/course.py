# SPDX-License-Identifier: Apache-2.0
"""What a plan comes to, action after action, also without some of them: told from what it was decided on."""

from collections.abc import Collection, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from watcher_py.core.cluster import Ints
from watcher_py.core.course import Course, course_of
from watcher_py.core.efficacy import Deed
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.occupancy import occupancy
from watcher_py.core.omission import Leg
from watcher_py.core.relocation import relocated
from watcher_py.core.snapshot import Snapshot
from watcher_py.core.states import ActionState
from watcher_py.core.strategy import Stated, Strategy
from watcher_py.core.worth import ranked
from watcher_py.db.models import Action, ActionPlan
from watcher_py.db.store import Store
from watcher_py.engine import hosts
from watcher_py.engine.explained import decided_on

Row = dict[str, Any]

# Whole rows of a long plan would take most of the time.
ACTIONS = select(
    Action.uuid, Action.action_type, Action.input_parameters, Action.state, Action.planned_begin_s,
    Action.planned_seconds, Action.parents).where(Action.deleted == 0).order_by(Action.id)
Actions = Sequence[Any]

# Who looks at a plan asks again and again: what so many plans were decided on is kept at hand.
AT_HAND = 4


class Courses:
    """One an engine; for any threads."""

    def __init__(self, store: Store, strategies: Mapping[str, Strategy]) -> None:
        self._store, self._strategies = store, strategies
        self._stated = lru_cache(AT_HAND)(self._read)

    def answer(self, plan_uuid: str, without: Collection[str], step: int | None) -> Row:
        """The plan's course without these actions and those that were skipped; see EngineClient.course."""
        plan = self._store.get(ActionPlan, plan_uuid, depth=1)
        actions = self._store.ask(ACTIONS.where(Action.action_plan_id == plan.id))
        omitted = _omitted(plan, actions, without)
        if step is not None and not 0 <= step <= len(actions):
            raise Invalid(f'action plan {plan.uuid} has {len(actions)} actions: there is no step {step}')
        snapshot, stated = self._stated(plan.id)
        deeds = [Deed(row.action_type, row.input_parameters, row.planned_seconds or 0.0) for row in actions]
        course = course_of(snapshot.cluster, stated, plan.report.get('objective'), deeds, omitted, step)
        return {**_figures(plan, snapshot, course, step), **_steps(actions, course, omitted),
                'by_worth': _by_worth(actions, plan, stated, course.made)}

    def _read(self, plan_id: int) -> tuple[Snapshot, Stated]:
        plan = self._store.get(ActionPlan, plan_id, depth=1)
        decided = decided_on(self._store, plan)
        strategy = self._strategies.get(plan.strategy.name)
        stated = (strategy.stated(decided.snapshot, decided.params) if strategy
                  else Stated(decided.snapshot.problem))
        return decided.snapshot, stated


def _omitted(plan: ActionPlan, actions: Actions, without: Collection[str]) -> Set[int]:
    places = {row.uuid: place for place, row in enumerate(actions)}
    if strange := sorted(set(without) - places.keys()):
        raise NotFound(f'action plan {plan.uuid} has no action {strange[0]}')
    skipped = {place for place, row in enumerate(actions) if row.state == ActionState.SKIPPED}
    return skipped | {places[uuid] for uuid in without}


def _figures(plan: ActionPlan, snapshot: Snapshot, course: Course, step: int | None) -> Row:
    before, after = _nodes(snapshot, snapshot.cluster.servers.node), _nodes(snapshot, course.node)
    is_bound = plan.report.get('objective') == course.objective
    in_use = int(snapshot.cluster.active().sum())
    return {'objective': course.objective, 'bound': plan.report.get('bound') if is_bound else None,
            'start': course.start, 'end': course.end, 'in_use_before': in_use,
            'in_use_after': course.in_use[-1] if course.in_use else in_use,
            'before': before, 'after': after, 'names': _names(snapshot, plan),
            'moved': None if step is None else _moved(snapshot, course.node)}


def _steps(actions: Actions, course: Course, omitted: Set[int]) -> Row:
    steps = [{'action': row.uuid, 'begin_s': row.planned_begin_s, 'end_s': _end(row),
              'value': course.values.get(place), 'hosts_in_use': course.in_use[place],
              'refused': course.fallen.get(place)}
             for place, row in enumerate(actions) if place not in omitted]
    ends = [_end(row) for place, row in enumerate(actions)
            if place not in omitted and place not in course.fallen]
    known = [end for end in ends if end is not None]
    return {'makespan_s': max(known, default=0.0) if len(known) == len(ends) else None, 'steps': steps,
            'left_out': [actions[place].uuid for place in sorted(omitted)],
            'dropped': [actions[place].uuid for place in sorted(course.fallen)]}


def _by_worth(actions: Actions, plan: ActionPlan, stated: Stated, made: Mapping[int, Leg]) -> list[Row]:
    places = {row.uuid: place for place, row in enumerate(actions)}
    parents = [[places[uuid] for uuid in row.parents if uuid in places] for row in actions]
    return [{'action': actions[move.place].uuid, 'value': move.value}
            for move in ranked(stated, plan.report.get('objective'), made, parents)]


def _end(row: Any) -> float | None:
    if row.planned_begin_s is None or row.planned_seconds is None:
        return None
    return float(row.planned_begin_s + row.planned_seconds)


def _nodes(snapshot: Snapshot, node: Ints) -> list[Row]:
    placed = relocated(snapshot, node)
    nodes, full = placed.cluster.nodes, occupancy(placed)
    return [{'node': nodes.name[row], 'zone': nodes.zone[row],
             **hosts.amounts(full, row, bool(nodes.known[row]))} for row in range(len(nodes))]


def _names(snapshot: Snapshot, plan: ActionPlan) -> Row:
    """By uuid, of the servers and nodes that the plan says stay."""
    nodes, servers = snapshot.cluster.nodes, snapshot.cluster.servers
    names = dict(zip((*nodes.uuid, *servers.uuid), (*nodes.name, *servers.name), strict=True))
    named = (*plan.report.get('stayed', {}), *plan.report.get('left_out', {}))
    return {uuid: names[uuid] for uuid in named if uuid in names}


def _moved(snapshot: Snapshot, node: Ints) -> list[Row]:
    cluster = snapshot.cluster
    servers, names = cluster.servers, cluster.nodes.name
    return [{'server': servers.uuid[row], 'name': servers.name[row],
             'from': names[servers.node[row]], 'to': names[node[row]]}
            for row in (node != servers.node).nonzero()[0].tolist()]

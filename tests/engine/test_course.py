# SPDX-License-Identifier: Apache-2.0
"""What a plan comes to is told from what it was decided on, with and without some of its actions."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.conftest import FixedSource
from watcher_py.core.errors import Invalid, NotFound
from watcher_py.core.metrics import Metric
from watcher_py.core.solve.terms import Drain
from watcher_py.core.strategy import Stated
from watcher_py.datasources.configured import Sources
from watcher_py.db.models import Action, ActionPlan, Evidence
from watcher_py.engine.course import Courses
from watcher_py.engine.run_audit import run_audit

Maker = Callable[..., Any]


def planned(desk: Any, **values: Any) -> ActionPlan:
    audit = desk.audit(**values)
    run_audit(desk.tools, audit.uuid)
    return desk.store.get_by(ActionPlan, audit_id=audit.id)


def ask(desk: Any, plan: ActionPlan, without: Collection[str] = (),
        step: int | None = None) -> dict[str, Any]:
    return Courses(desk.store, desk.tools.strategies).answer(plan.uuid, without, step)


def stood(nodes: list[dict[str, Any]]) -> dict[str, int]:
    return {row['node']: row['servers'] for row in nodes}


def test_a_plan_tells_what_it_comes_to_action_after_action(desk: Any) -> None:
    plan = planned(desk)
    told = ask(desk, plan)
    assert (told['objective'], told['start'], told['end'], told['bound']) == ('active nodes', 2, 1, 1)
    assert (told['in_use_before'], told['in_use_after']) == (2, 1)
    assert [(step['value'], step['hosts_in_use'], step['refused']) for step in told['steps']] == [
        (2, 2, None), (1, 1, None)]
    assert [step['action'] for step in told['steps']] == [row.uuid for row in desk.actions()]
    assert told['makespan_s'] == plan.report['makespan_s'] == max(step['end_s'] for step in told['steps'])
    assert (told['left_out'], told['dropped'], told['moved']) == ([], [], None)
    assert told['names'] == {'vm-c': 'name of vm-c'}


def test_hosts_are_told_before_and_after(desk: Any) -> None:
    told = ask(desk, planned(desk))
    assert stood(told['before']) == {'cn1': 2, 'cn2': 1, 'cn3': 0}
    assert stood(told['after']) == {'cn1': 0, 'cn2': 3, 'cn3': 0}
    second = told['after'][1]
    assert (second['zone'], second['vcpus']['allocated'], second['memory_mb']['allocated']) == (
        'az-1', 6, 14336)


def test_without_an_action_it_comes_to_less(desk: Any) -> None:
    plan = planned(desk)
    first, second = desk.actions()
    told = ask(desk, plan, [first.uuid])
    assert (told['end'], told['in_use_after'], told['left_out']) == (2, 2, [first.uuid])
    assert [step['action'] for step in told['steps']] == [second.uuid]
    assert told['makespan_s'] == second.planned_seconds
    assert stood(told['after']) == {'cn1': 1, 'cn2': 2, 'cn3': 0}


def test_what_was_skipped_is_left_out(desk: Any) -> None:
    plan = planned(desk)
    first, _ = desk.actions()
    desk.store.change(first, state='SKIPPED')
    assert ask(desk, plan)['left_out'] == [first.uuid]


def test_after_some_steps_the_hosts_are_as_they_are_by_then(desk: Any) -> None:
    plan = planned(desk)
    told = ask(desk, plan, step=1)
    assert told['moved'] == [{'server': 'vm-a', 'name': 'name of vm-a', 'from': 'cn1', 'to': 'cn2'}]
    assert stood(told['after']) == {'cn1': 1, 'cn2': 2, 'cn3': 0}
    assert told['end'] == 1
    for step in (-1, 3):
        with pytest.raises(Invalid, match='has 2 actions: there is no step'):
            ask(desk, plan, step=step)


def test_the_load_of_servers_goes_with_them(make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy(metrics=(Metric.HOST_CPU, Metric.INSTANCE_CPU)))
    load = {Metric.HOST_CPU: {'cn1': 50.0, 'cn2': 25.0}, Metric.INSTANCE_CPU: {'vm-a': 100.0, 'vm-b': 200.0}}
    desk.tools = replace(desk.tools, sources=Sources((FixedSource(load),)))
    told = ask(desk, planned(desk), step=2)
    used = [[row['vcpus']['used'] for row in told[when]] for when in ('before', 'after')]
    assert used == [[8, 4, None], [5, 7, None]]


def test_a_host_has_an_unknown_load_once_a_server_of_unknown_load_has_come(
        make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy(metrics=(Metric.HOST_CPU, Metric.INSTANCE_CPU)))
    load = {Metric.HOST_CPU: {'cn1': 50.0, 'cn2': 25.0}, Metric.INSTANCE_CPU: {'vm-a': 100.0}}
    desk.tools = replace(desk.tools, sources=Sources((FixedSource(load),)))
    plan = planned(desk)
    used = [[row['vcpus']['used'] for row in ask(desk, plan, step=step)['after']] for step in (1, 2)]
    assert used == [[7, 5, None], [None, None, None]]


def test_a_plan_is_told_by_its_own_objective(make_desk: Maker, make_strategy: Maker) -> None:
    def state(snapshot: Any, params: Any) -> Stated:
        return Stated(snapshot.problem, (Drain(snapshot.problem.room[:, 0] < 0),))

    desk = make_desk(replace(make_strategy(), state=state))
    told = ask(desk, planned(desk))
    assert (told['objective'], told['start'], told['end'], told['bound']) == (
        'servers on the nodes', 0, 0, None)


def test_an_older_plan_does_not_tell_how_long_it_takes(desk: Any) -> None:
    plan = planned(desk)
    desk.store.change_where(Action, planned_seconds=None)
    told = ask(desk, plan)
    assert told['makespan_s'] is None
    assert {step['end_s'] for step in told['steps']} == {None}


def test_what_was_decided_on_is_read_once(desk: Any) -> None:
    plan, courses = planned(desk), Courses(desk.store, desk.tools.strategies)
    before = courses.answer(plan.uuid, (), None)
    desk.store.keep_newest(Evidence, 0)
    assert courses.answer(plan.uuid, (), None) == before
    with pytest.raises(NotFound, match='can not be explained in detail'):
        ask(desk, plan)


def test_an_action_of_another_plan_is_not_found(desk: Any) -> None:
    with pytest.raises(NotFound, match='has no action 00000000'):
        ask(desk, planned(desk), ['00000000-0000-4000-8000-000000000099'])

# SPDX-License-Identifier: Apache-2.0
"""What a plan was decided on is kept with it, and tells later why."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from watcher_py.core.errors import NotFound
from watcher_py.core.problem import allocation_problem
from watcher_py.core.solve.terms import Pack
from watcher_py.core.strategy import Stated
from watcher_py.db.models import ActionPlan, Evidence
from watcher_py.engine import explained
from watcher_py.engine.explained import explanation
from watcher_py.engine.run_audit import run_audit

Maker = Callable[..., Any]


def planned(desk: Any, **values: Any) -> ActionPlan:
    audit = desk.audit(**values)
    run_audit(desk.tools, audit.uuid)
    return desk.store.get_by(ActionPlan, audit_id=audit.id)


def ask(desk: Any, plan: ActionPlan, about: str) -> dict[str, Any]:
    return explanation(desk.store, desk.tools.strategies, plan.uuid, about)


def test_a_plan_tells_of_a_server_why_it_moves_and_of_one_why_it_stays(desk: Any) -> None:
    plan = planned(desk)
    moved, stayed = ask(desk, plan, 'vm-a'), ask(desk, plan, 'vm-c')
    assert (moved['verdict'], moved['source'], moved['target']) == ('moved', 'cn1', 'cn2')
    assert (stayed['verdict'], stayed['planned_for']) == ('stayed', 'it stands well')
    assert ask(desk, plan, 'cn3')['verdict'] == 'empty'


def test_it_tells_what_was_so_when_the_plan_was_made(desk: Any) -> None:
    """Also after the cloud has changed, and with the parameters that the audit had then."""
    plan = planned(desk, parameters={'moves': 1})
    desk.collector.cluster.servers.locked[:] = True
    assert ask(desk, plan, 'vm-a')['verdict'] == 'moved'
    assert ask(desk, plan, 'vm-b')['verdict'] == 'stayed'
    assert desk.store.get_by(Evidence, action_plan_id=plan.id).parameters == {'moves': 1}


def test_a_strategy_that_states_its_problem_tells_of_its_objective(
        make_desk: Maker, make_strategy: Maker) -> None:
    stating = replace(make_strategy(), state=lambda snapshot, params: Stated(
        allocation_problem(snapshot.cluster), (Pack(),)))
    desk = make_desk(stating)
    effect, = ask(desk, planned(desk), 'vm-a')['effects']
    assert effect == {'objective': 'active nodes', 'value': 1, 'without': 2}


def test_only_the_newest_plans_are_explained(make_desk: Maker, make_strategy: Maker) -> None:
    desk = make_desk(make_strategy())
    desk.tools = replace(desk.tools, explained_plans=2)
    plans = [planned(desk) for _ in range(3)]
    with pytest.raises(NotFound, match='kept for the newest ones only'):
        ask(desk, plans[0], 'vm-a')
    assert [ask(desk, plan, 'vm-a')['verdict'] for plan in plans[1:]] == ['moved', 'moved']
    assert desk.store.count(Evidence) == 2


def test_nothing_is_kept_where_nothing_is_to_be_explained(desk: Any) -> None:
    desk.tools = replace(desk.tools, explained_plans=0)
    planned(desk)
    assert desk.store.count(Evidence) == 0


def test_a_cloud_too_large_for_a_statement_leaves_its_plan_without_evidence(
        desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explained, 'MOST_BYTES', 10)
    plan = planned(desk)
    assert plan.state == 'RECOMMENDED'
    with pytest.raises(NotFound, match=plan.uuid):
        ask(desk, plan, 'vm-a')


def test_a_strategy_that_is_gone_can_not_be_asked(desk: Any) -> None:
    plan = planned(desk)
    with pytest.raises(NotFound, match='strategy emptying is not installed'):
        explanation(desk.store, {}, plan.uuid, 'vm-a')


def test_an_unknown_plan_or_server_is_not_found(desk: Any) -> None:
    plan = planned(desk)
    with pytest.raises(NotFound, match='no server or node mars'):
        ask(desk, plan, 'mars')
    with pytest.raises(NotFound):
        explanation(desk.store, desk.tools.strategies, '00000000-0000-4000-8000-000000000099', 'vm-a')

# SPDX-License-Identifier: Apache-2.0
"""The rules that operators may override."""

from watcher_py.api.policies import GROUND, list_rules


def test_each_rule_is_there_once() -> None:
    names = [rule.name for rule in list_rules()]
    assert len(names) == len(set(names))


def test_all_is_for_administrators_but_webhooks_are_for_services_too() -> None:
    others = {rule.name: rule.check_str for rule in list_rules()[len(GROUND):]
              if rule.check_str != 'rule:admin_api'}
    assert others == {'webhook:trigger': 'rule:admin_or_service_api'}


def test_the_contracts_rules_are_there() -> None:
    names = {rule.name for rule in list_rules()}
    for noun in ('goal', 'strategy', 'audit_template', 'audit', 'action_plan', 'action', 'scoring_engine',
                 'service'):
        assert {f'{noun}:get_all', f'{noun}:detail', f'{noun}:get'} <= names
    assert {'strategy:state', 'audit_template:create', 'audit_template:update', 'audit_template:delete',
            'audit:create', 'audit:update', 'audit:delete', 'action_plan:update', 'action_plan:delete',
            'action_plan:start', 'action:update', 'data_model:get_all', 'webhook:trigger', 'admin_api',
            'admin_or_service_api'} <= names

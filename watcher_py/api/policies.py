# SPDX-License-Identifier: Apache-2.0
"""Who may do what by default: one row a deed; operators override them in a policy file."""

from collections.abc import Iterator

from oslo_policy.policy import DocumentedRuleDefault, RuleDefault

ADMIN = 'rule:admin_api'
ADMIN_OR_SERVICE = 'rule:admin_or_service_api'

GROUND = (
    RuleDefault('admin_api', 'role:admin or role:administrator', 'Who administers the cloud'),
    RuleDefault('admin_or_service_api', 'rule:admin_api or role:service', 'They, and services of the cloud'),
    RuleDefault('show_password', '!', 'Who sees passwords: nobody'),
)

# Nouns that are listed, listed in detail and shown: the noun, and its path.
READABLE = (
    ('goal', 'goals'), ('strategy', 'strategies'), ('audit_template', 'audit_templates'), ('audit', 'audits'),
    ('action_plan', 'action_plans'), ('action', 'actions'), ('scoring_engine', 'scoring_engines'),
    ('service', 'services'),
)

# What else may be done: the rule, what it allows, method and path.
DEEDS = (
    ('strategy:state', 'Ask if what a strategy needs is there', 'GET', '/v1/strategies/{strategy}/state'),
    ('audit_template:create', 'Create an audit template', 'POST', '/v1/audit_templates'),
    ('audit_template:update', 'Change an audit template', 'PATCH', '/v1/audit_templates/{audit_template}'),
    ('audit_template:delete', 'Delete an audit template', 'DELETE', '/v1/audit_templates/{audit_template}'),
    ('audit:create', 'Create an audit', 'POST', '/v1/audits'),
    ('audit:update', 'Change or cancel an audit', 'PATCH', '/v1/audits/{audit}'),
    ('audit:delete', 'Delete an audit', 'DELETE', '/v1/audits/{audit}'),
    ('action_plan:update', 'Launch or cancel an action plan', 'PATCH', '/v1/action_plans/{action_plan}'),
    ('action_plan:delete', 'Delete an action plan', 'DELETE', '/v1/action_plans/{action_plan}'),
    ('action_plan:start', 'Launch an action plan', 'POST', '/v1/action_plans/{action_plan}/start'),
    ('action:update', 'Skip actions', 'PATCH', '/v1/actions/{action}'),
    ('data_model:get_all', 'See the servers and nodes that audits look at', 'GET', '/v1/data_model'),
    ('action_plan:explain', 'Ask why an action plan moves or leaves a server or node', 'GET',
     '/v2/action_plans/{action_plan}/explanations/{server_or_node}'),
    ('action_plan:course', 'Follow what an action plan comes to, also without some of its actions', 'GET',
     '/v2/action_plans/{action_plan}/course'),
    ('action_plan:execution', 'Say how an action plan is to be carried out', 'PUT',
     '/v2/action_plans/{action_plan}/execution'),
    ('action:abort', 'Give up an action that runs', 'POST', '/v2/actions/{action}/abort'),
    ('action:force_complete', 'Force a live migration that runs to its end', 'POST',
     '/v2/actions/{action}/force_complete'),
    ('efficacy:get_all', 'See what action plans promised and what came of them', 'GET', '/v2/efficacy'),
    ('execution:get', 'See windows, rates and the circuit breaker', 'GET', '/v2/execution'),
    ('host:get_all', 'See all hosts with their load', 'GET', '/v2/hosts'),
    ('host:get', 'See a host with its servers', 'GET', '/v2/hosts/{host}'),
    ('server:get', 'See a server, and which hosts would take it', 'GET', '/v2/servers/{server}'),
    ('series:get', 'See what a host or server measured over time', 'GET', '/v2/series'),
    ('history:get', 'See how busy the hosts were over time', 'GET', '/v2/history'),
    ('health:get', 'See how well the services are, and how well they see the cloud', 'GET', '/v2/health'),
    ('violation:get_all', 'See which rules are broken, and all server groups', 'GET', '/v2/violations'),
    ('what_if:ask', 'Ask what would become of the cloud without hosts or with more servers', 'POST',
     '/v2/what_if'),
    ('capacity:get', 'See how many more servers there is room for', 'GET', '/v2/capacity'),
    ('cluster:get', 'Export the cluster as a document', 'GET', '/v2/cluster'),
)
# By which ways the same may be done as well.
ALSO = {
    'action:update': (('POST', '/v2/action_plans/{action_plan}/skip'),),
    'action_plan:course': (('POST', '/v2/action_plans/{action_plan}/course'),),
}
WEBHOOK = ('webhook:trigger', 'Trigger an EVENT audit', 'POST', '/v1/webhooks/{audit}', ADMIN_OR_SERVICE)


def list_rules() -> list[RuleDefault]:
    """All rules, also for oslo.policy's generators."""
    return [*GROUND, *_reads(), *(_rule(*deed) for deed in DEEDS), _rule(*WEBHOOK)]


def _reads() -> Iterator[DocumentedRuleDefault]:
    for noun, path in READABLE:
        words = path.replace('_', ' ')
        yield _rule(f'{noun}:get_all', f'List {words}', 'GET', f'/v1/{path}')
        yield _rule(f'{noun}:detail', f'List {words} in detail', 'GET', f'/v1/{path}/detail')
        yield _rule(f'{noun}:get', f'Show one of the {words}', 'GET', f'/v1/{path}/{{{noun}}}')


def _rule(name: str, description: str, method: str, path: str, who: str = ADMIN) -> DocumentedRuleDefault:
    ways = ((method, path), *ALSO.get(name, ()))
    return DocumentedRuleDefault(name, who, description,
                                 [{'method': method, 'path': path} for method, path in ways])

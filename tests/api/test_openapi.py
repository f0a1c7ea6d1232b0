# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document: whole, public, and kept by the API under whatever fits it."""

from typing import Any

import pytest
import schemathesis
from falcon.testing import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from watcher_py.api.policies import list_rules

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
VERSION = {'OpenStack-API-Version': 'infra-optim latest'}
# Of rows that are there; the rest of the keys is junk.
KEYS = ['dummy', 'nightly', 'running', '1', 'dummy_scorer',
        *(f'00000000-0000-4000-8000-{number:012}' for number in (1, 11, 21, 31, 32, 33, 41, 44, 45))]


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    answer = client.simulate_get('/openapi.json')
    assert answer.headers['content-type'] == 'application/json'
    return answer.json


def test_each_deed_that_has_a_policy_is_described(document: dict[str, Any]) -> None:
    told = {each['summary'] for path in document['paths'].values() for each in path.values()}
    assert {rule.description for rule in list_rules() if getattr(rule, 'operations', ())} <= told


def test_a_list_tells_its_filters_and_orders(document: dict[str, Any]) -> None:
    listed = document['paths']['/v1/strategies']['get']
    queries = {each['name']: each['schema'] for each in listed['parameters'] if each['in'] == 'query'}
    assert set(queries) == {'limit', 'marker', 'sort_key', 'sort_dir', 'goal'}
    assert 'goal_name' in queries['sort_key']['enum']


def test_a_body_and_its_answer_are_described(document: dict[str, Any]) -> None:
    made = document['paths']['/v1/audit_templates']['post']
    assert 'name' in made['requestBody']['content']['application/json']['schema']['required']
    assert set(made['responses']) == {'201', '400', '401', '403', '406', '409', '413', '415'}
    rows = document['components']['schemas']
    assert rows['audit_template']['properties']['goal_uuid'] == {'type': ['string', 'null']}
    assert 'description' not in rows['audit_template_in_list']['properties']


@pytest.mark.parametrize('mode', list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_comes_the_answer_is_as_described(app: Any, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi('/openapi.json', app)
    found = [each.ok() for each in schema.get_all_operations()]
    assert len(found) > 30
    for each in found:
        # What takes nothing can't be given anything wrong.
        if mode is GenerationMode.POSITIVE or list(each.query) or list(each.body):
            _try(each, mode)


def _try(described: Any, mode: GenerationMode) -> None:
    @settings(max_examples=15, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(case=described.as_strategy(generation_mode=mode), key=st.none() | st.sampled_from(KEYS))
    def holds(case: Any, key: str | None) -> None:
        if key is not None and case.path_parameters:
            case.path_parameters['key'] = key
        answer = case.call(headers=VERSION)
        case.validate_response(answer, checks=CHECKS)

    holds()

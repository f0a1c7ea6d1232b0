# SPDX-License-Identifier: Apache-2.0
"""Check values against JSON schema; what is wrong is told in one sentence."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError, best_match

from watcher_py.core.errors import Invalid
from watcher_py.core.strategy import Params, with_defaults


def check(value: Any, schema: Mapping[str, Any], what: str) -> None:
    """Raise Invalid with the most telling fault, unless the value is of the schema (draft 4)."""
    fault = best_match(Draft4Validator(schema).iter_errors(value))
    if fault is not None:
        raise Invalid(_sentence(fault, what))


def parameters(strategy: str, schema: Mapping[str, Any], given: Params) -> dict[str, Any]:
    """A strategy's parameters with its defaults filled in; Invalid when one is unknown, missing or wrong."""
    check_given(strategy, schema, given)
    values = with_defaults(schema, given)
    check(values, schema, _of(strategy))
    return values


def check_given(strategy: str, schema: Mapping[str, Any], given: Params) -> None:
    """Raise Invalid when a given parameter is unknown or wrong; others may still be missing."""
    known = schema.get('properties', {})
    if strange := sorted(set(given) - set(known)):
        raise Invalid(f'strategy {strategy} has no parameter {strange[0]}; '
                      + (f'it has {", ".join(known)}' if known else 'it has none'))
    check(given, {key: value for key, value in schema.items() if key != 'required'}, _of(strategy))


def _of(strategy: str) -> str:
    return f'parameters of strategy {strategy}'


def _sentence(fault: ValidationError, what: str) -> str:
    place = '.'.join(str(step) for step in fault.absolute_path)
    return f'{what}: {place}: {fault.message}' if place else f'{what}: {fault.message}'

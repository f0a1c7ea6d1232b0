# SPDX-License-Identifier: Apache-2.0
"""Parameters that a request gives for a strategy, held against the schema that the strategy declares."""

from typing import Any

from watcher_py import calendars, schemas
from watcher_py.core.errors import Invalid
from watcher_py.core.execution import execution_of
from watcher_py.db.models import Strategy

Parameters = dict[str, Any]


def filled(strategy: Strategy | None, given: Parameters) -> Parameters:
    """The parameters, and the strategy's defaults for those not given; Invalid when they are wrong."""
    if strategy is None:
        _check_none(given)
        return {}
    values = schemas.parameters(strategy.name, strategy.parameters_spec, given)
    check_periods(execution_of(values))
    return values


def check_presets(strategy: Strategy | None, given: Parameters) -> None:
    """Raise Invalid when a parameter is unknown or wrong; what a strategy requires may come later."""
    if strategy is None:
        _check_none(given)
    else:
        schemas.check_given(strategy.name, strategy.parameters_spec, given)
        check_periods(execution_of(given))


def check_periods(execution: Parameters) -> None:
    """Raise Invalid when windows or blackouts, which a schema knows as text, can't be read."""
    calendars.read(execution.get('windows', ()), execution.get('blackouts', ()))


def _check_none(given: Parameters) -> None:
    if given:
        raise Invalid('Parameters are given, but no strategy that would take them')

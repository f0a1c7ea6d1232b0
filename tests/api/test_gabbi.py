# SPDX-License-Identifier: Apache-2.0
"""The contract, a YAML file a noun: requests that build on each other, on a database of their own."""

import unittest
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from gabbi import handlers, suitemaker, utils

from watcher_py.db.store import Store

GABBITS = Path(__file__).parent / 'gabbits'



@pytest.fixture
def store(any_store: Store) -> Store:
    """On each kind of server in turn; that of the conftest is on SQLite alone."""
    return any_store


@pytest.mark.parametrize('path', sorted(GABBITS.glob('*.yaml')), ids=lambda path: path.stem)
def test_the_contract_is_kept(path: Path, app: Any) -> None:
    requests = utils.load_yaml(yaml_file=str(path))
    suite = suitemaker.test_suite_from_dict(
        unittest.defaultTestLoader, path.stem, requests, str(GABBITS), str(uuid4()), None, None, lambda: app,
        handlers=[handler() for handler in handlers.RESPONSE_HANDLERS])
    result = unittest.TestResult()
    suite.run(result)
    assert result.testsRun
    if broken := [*result.failures, *result.errors]:
        pytest.fail('\n'.join(f'{test}\n{trace}' for test, trace in broken), pytrace=False)

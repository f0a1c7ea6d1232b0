# SPDX-License-Identifier: Apache-2.0
"""A console whose API says what a test has it say."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from falcon.testing import Result, TestClient

from watcher_py.dashboard.app import make_console
from watcher_py.dashboard.door import Answer
from watcher_py.dashboard.settings import Settings

EVERYTHING = {'user': None, 'allowed': ['audit:detail', 'action_plan:detail', 'audit:create']}


class Told:
    """A Door: by path what is answered; an Answer as it is, what is left out is not found."""

    def __init__(self, answers: Mapping[str, Any]):
        self._answers = {'/v2/me': EVERYTHING, **answers}

    def ask(self, method: str, path: str, token: str | None, body: Any = None) -> Answer:
        found = self._answers.get(urlsplit(path).path, Answer(404, None))
        return found if isinstance(found, Answer) else Answer(200, found)


def page(path: str, answers: Mapping[str, Any], **query: Any) -> Result:
    console = make_console(Told(answers), Settings(asks_for_login=False))
    return TestClient(console).simulate_get(path, params=query)

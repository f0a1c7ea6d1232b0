# SPDX-License-Identifier: Apache-2.0
"""Answers of the cloud that get lost on their way."""

from typing import Any

from watcher_py.core.errors import Unavailable


def lose_answers(monkeypatch: Any, service: object, deed: str) -> None:
    """The cloud does what it is asked for, and nobody hears that it did."""
    call = getattr(service, deed)

    def unheard(*arguments: Any) -> None:
        call(*arguments)
        raise Unavailable('the answer got lost')
    monkeypatch.setattr(service, deed, unheard)

# SPDX-License-Identifier: Apache-2.0
"""What a responder tells of itself, for the OpenAPI document: what it takes, gives and refuses with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Schema = Mapping[str, Any]
Responder = TypeVar('Responder', bound=Callable[..., None])

MARK = 'operation'
# Answers that are described by the View of the noun.
PAGE, DETAIL, ONE = 'page', 'detail', 'one'


@dataclass(frozen=True)
class Operation:
    """`refuses` are statuses of this responder alone; those of its method and path go without saying."""

    status: int = 200
    refuses: tuple[int, ...] = ()
    body: Schema | None = None
    is_body_needed: bool = True
    gives: Schema | str | None = None
    query: Mapping[str, Schema] | None = None
    also: Mapping[int, Schema] | None = None    # what it may give with other statuses than its own


def operation(status: int = 200, **rest: Any) -> Callable[[Responder], Responder]:
    """Mark a responder with the Operation of these values."""
    def mark(responder: Responder) -> Responder:
        vars(responder)[MARK] = Operation(status, **rest)
        return responder

    return mark


def operation_of(noun: object, responder: str) -> Operation:
    """What the responder of this name is marked with; one that overrides another keeps the other's mark."""
    for kind in type(noun).__mro__:
        found = getattr(vars(kind).get(responder), MARK, None)
        if isinstance(found, Operation):
            return found
    return Operation()

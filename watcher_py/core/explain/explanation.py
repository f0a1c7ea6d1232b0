# SPDX-License-Identifier: Apache-2.0
"""The answer to why, as a value and as a document."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Effect:
    """What a move does to one of the plan's objectives; less is better."""

    objective: str
    value: float                    # as planned
    without: float                  # were the server at home, and all else as planned


@dataclass(frozen=True)
class Alternative:
    """A node that the server could have gone to, or that came nearest to it, and what speaks against it."""

    node: str
    is_possible: bool
    why_not: str


@dataclass(frozen=True)
class Refused:
    """So many nodes do not take a server, for one reason; none has to be asked for one that can't move.

    The server is named where it is a node that is explained.
    """

    why: str
    nodes: int
    server: str | None = None

    def line(self) -> str:
        if not self.nodes:
            return f'{self.server} stays: {self.why}'
        return f'{counted(self.nodes, "node")} can not take {self.server or "it"}: {self.why}'


@dataclass(frozen=True)
class Explanation:
    """Of a server or node: what becomes of it, and why."""

    kind: str                       # server or node
    uuid: str
    name: str
    verdict: str                    # moved, stayed; emptied, active, empty
    reason: str
    source: str | None = None       # names of nodes
    target: str | None = None
    serves: str | None = None       # the objective or rule
    planned_for: str | None = None  # what the plan itself says of it
    effects: tuple[Effect, ...] = ()
    why_not_home: str | None = None     # what kept it from its old node, after all else that moved
    alternatives: tuple[Alternative, ...] = ()
    refused: tuple[Refused, ...] = ()

    def document(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """As text, to be read in a terminal."""
        way = f' from {self.source} to {self.target}' if self.target else ''
        yield f'{self.kind} {self.name} ({self.uuid}): {self.verdict}{way}'
        yield f'  why: {self.reason}'
        for effect in self.effects:
            yield f'  {effect.objective}: {effect.value:g}; {effect.without:g} without this move'
        if self.why_not_home:
            yield f'  not {self.source} any more: {self.why_not_home}'
        for other in self.alternatives:
            yield f'  not {other.node}: {other.why_not}'
        for refused in self.refused:
            yield f'  {refused.line()}'


def counted(count: int, noun: str = 'server') -> str:
    """1 server, 2 servers."""
    return f'{count} {noun}' if count == 1 else f'{count} {noun}s'

# SPDX-License-Identifier: Apache-2.0
"""What is wished of a placement, as data: a strategy states terms, the most important first."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Pack:
    """As few active nodes as can be, those in use that are worth least, then as little memory moved."""

    worth: Floats | None = None     # [N] of each node when it is emptied; None: all the same


class Measure(StrEnum):
    """What of the nodes' shares is to be small."""

    DEVIATION = 'deviation'         # the population's standard deviation
    PEAK = 'peak'                   # the largest share


@dataclass(frozen=True, eq=False)
class Share:
    """A load of servers, measured or allocated or their mere number, as a share of their node's size.

    Of a server whose load is unknown it counts nothing: the problem keeps it where it is.
    """

    name: str
    load: Floats                    # [S]
    besides: Floats                 # [N] what a node carries besides `load`, in the same unit
    size: Floats                    # [N] what counts as a whole; NaN leaves a node out of the comparison
    weight: float = 1.0
    unit: str = ''                  # of a level, where it is none of a share but, say, of a temperature

    def levels(self, node: Ints) -> Floats:
        """[N] What each node carries when servers stand on these nodes [S], as a share of its size."""
        carried = self.besides + np.bincount(node, weights=self.load, minlength=len(self.size))
        return np.asarray(np.divide(carried, self.size, out=np.full(len(self.size), np.nan),
                                    where=self.size > 0))

    def told(self, level: float) -> str:
        """A level in words."""
        return f'{level:.1f} {self.unit}' if self.unit else f'{100 * level:.0f} %'


@dataclass(frozen=True, eq=False)
class Balance:
    """Nodes with even shares, by few moves; content once no share's measure is above `enough`."""

    shares: tuple[Share, ...]
    measure: Measure = Measure.DEVIATION
    enough: tuple[float, ...] = ()  # one a share; 0 each when empty
    price: float = 0.0              # what a GiB moved has to gain at least, in the measure's unit


@dataclass(frozen=True, eq=False)
class Drain:
    """Nodes that end empty; nobody else moves unless there is no room otherwise."""

    nodes: Bools                    # [N]
    # [N] The node that is to take what stands on each, as long as it has room; -1 where none is named.
    toward: Ints | None = None


@dataclass(frozen=True, eq=False)
class MakeRoom:
    """Nodes that could take servers which are not there yet; the room is kept from what is solved after."""

    demand: Floats                  # [F, D] of one server of each kind
    count: Ints                     # [F] how many of each kind should find room at once
    takes: Bools                    # [F, N] the nodes that may take each kind


@dataclass(frozen=True, eq=False)
class Repair:
    """No rule broken and no node beyond its room, by few moves, and nothing else.

    That a node is disabled or down breaks no rule of the servers on it.
    """

    misplaced: Bools                # [S] servers that may not be where they stand, by rules of their own


Term = Pack | Balance | Drain | MakeRoom | Repair

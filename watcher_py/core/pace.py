# SPDX-License-Identifier: Apache-2.0
"""How fast servers and volumes are moved, and how many at once: what a schedule reckons with."""

from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.cluster import Bools, Floats
from watcher_py.core.errors import Invalid


@dataclass(frozen=True)
class AtOnce:
    """The most moves at once that a strategy allows; None: as many as the applier does."""

    in_all: int | None = None
    per_node: int | None = None     # from and to one node
    per_pool: int | None = None     # of volumes, from and to one pool


NO_LIMIT = AtOnce()


@dataclass(frozen=True)
class Pace:
    """A live move sends a server's memory once, then what was written meanwhile, and so on.

    The moves that a node may carry at once share its link evenly, so no link carries more than it
    can. A move switched off sends what its disk holds besides the image. The figures of a cloud
    that nobody has measured are guesses on the safe side: 10 Gbit/s and busy memory.
    """

    per_node: int = 2               # moves at once from and to one node
    in_all: int | None = None       # moves at once; None: no limit
    link: float = 1250.0            # MiB/s of a node's network, both directions taken together
    rewritten: float = 0.25         # of what is sent, so much is written again while it is sent; below 1
    disk_written: float = 0.05      # so much of a disk is not in its image
    overhead: float = 6.0           # seconds of a move besides the sending
    per_pool: int = 2               # moves of volumes at once from and to one pool
    copied: float = 0.1             # GB/s of a volume that is copied

    def __post_init__(self) -> None:
        if self.per_node < 1 or self.per_pool < 1 or (self.in_all is not None and self.in_all < 1):
            raise Invalid('a pace must allow at least one move at once')
        if self.copied <= 0:
            raise Invalid('a pace needs volumes to be copied at more than 0 GB/s')
        if self.link <= 0 or self.overhead < 0 or not 0 <= self.rewritten < 1:
            raise Invalid('a pace needs a link above 0 MiB/s, an overhead of at least 0 s and a share of '
                          'memory written again from 0 to below 1')

    def within(self, most: AtOnce) -> 'Pace':
        """With no more moves at once than that."""
        return replace(self, per_node=min(self.per_node, most.per_node or self.per_node),
                       per_pool=min(self.per_pool, most.per_pool or self.per_pool),
                       in_all=min(filter(None, (self.in_all, most.in_all)), default=None))

    def seconds(self, memory: Floats, disk: Floats, is_live: Bools) -> Floats:
        """[M] How long moves last; memory in MiB, disk in GiB."""
        sent = np.where(is_live, memory / (1 - self.rewritten), disk * 1024 * self.disk_written)
        return np.asarray(self.overhead + sent / (self.link / self.per_node), dtype=float)

    def volume_seconds(self, size: float) -> float:
        """How long the move of a volume of so many GB lasts."""
        return self.overhead + size / self.copied


USUAL = Pace()

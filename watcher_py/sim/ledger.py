# SPDX-License-Identifier: Apache-2.0
"""Placement's books: who has claimed what of which provider, with running sums."""

from dataclasses import dataclass, replace

from watcher_py.core.errors import NotFound
from watcher_py.sim.records import Amounts

NOTHING = Amounts(0, 0, 0)


@dataclass(frozen=True)
class Claim:
    """The allocation of one consumer; here each consumer has one provider only."""

    provider: str
    amounts: Amounts
    project: str
    generation: int = 1


class Ledger:
    """Allocations by consumer and by provider, and each provider's generation."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self._used: dict[str, Amounts] = {}
        self._consumers: dict[str, dict[str, None]] = {}
        self._generations: dict[str, int] = {}

    def used(self, provider: str) -> Amounts:
        return self._used.get(provider, NOTHING)

    def consumers(self, provider: str) -> list[str]:
        return list(self._consumers.get(provider, ()))

    def generation(self, provider: str) -> int:
        return self._generations.get(provider, 1)

    def claim(self, consumer: str, provider: str, amounts: Amounts, project: str) -> None:
        self.claims[consumer] = Claim(provider, amounts, project)
        self._consumers.setdefault(provider, {})[consumer] = None
        self._add(provider, amounts, 1)

    def release(self, consumer: str) -> None:
        claim = self.claims.pop(consumer, None)
        if claim is None:
            raise NotFound(f'Consumer {consumer} has no allocations.')
        del self._consumers[claim.provider][consumer]
        self._add(claim.provider, claim.amounts, -1)

    def hand_over(self, giver: str, taker: str) -> None:
        """The taker, who holds nothing, takes the giver's claim."""
        claim = self.claims.pop(giver)
        self.claims[taker] = replace(claim, generation=claim.generation + 1)
        consumers = self._consumers[claim.provider]
        del consumers[giver]
        consumers[taker] = None
        self.touch(claim.provider)

    def touch(self, provider: str) -> None:
        self._generations[provider] = self.generation(provider) + 1

    def _add(self, provider: str, amounts: Amounts, sign: int) -> None:
        self._used[provider] = Amounts(*(
            have + sign * more for have, more in zip(self.used(provider), amounts, strict=True)))
        self.touch(provider)

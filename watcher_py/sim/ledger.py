# SPDX-License-Identifier: Apache-2.0
"""Placement's books: who has claimed what of which providers, with running sums."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from watcher_py.core.cluster import RESOURCES
from watcher_py.core.errors import NotFound
from watcher_py.sim.records import Amounts

NOTHING = Amounts(0, 0, 0)

# What is taken beyond the three sizes: provider -> class -> amount.
Further = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Claim:
    """The allocation of one consumer: of the three sizes it has one provider only."""

    provider: str
    amounts: Amounts
    project: str
    further: Further = field(default_factory=dict)
    generation: int = 1

    def by_provider(self) -> dict[str, dict[str, int]]:
        """What is taken of each provider, by class."""
        sizes = {name: amount for name, amount in zip(RESOURCES, self.amounts, strict=True) if amount}
        taken = {self.provider: sizes} if sizes else {}
        for provider, amounts in self.further.items():
            taken[provider] = taken.get(provider, {}) | dict(amounts)
        return taken


class Ledger:
    """Allocations by consumer and by provider, and each provider's generation."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self._used: dict[str, Amounts] = {}
        self._further: dict[str, Counter[str]] = {}
        self._consumers: dict[str, dict[str, None]] = {}
        self._generations: dict[str, int] = {}

    def used(self, provider: str) -> Amounts:
        """Of the three sizes."""
        return self._used.get(provider, NOTHING)

    def further(self, provider: str) -> Mapping[str, int]:
        """Of the other classes."""
        return self._further.get(provider, {})

    def taken(self, provider: str) -> dict[str, int]:
        """Of all classes."""
        return dict(zip(RESOURCES, self.used(provider), strict=True)) | dict(self.further(provider))

    def consumers(self, provider: str) -> list[str]:
        return list(self._consumers.get(provider, ()))

    def generation(self, provider: str) -> int:
        return self._generations.get(provider, 1)

    def claim(self, consumer: str, provider: str, amounts: Amounts, project: str,
              further: Further | None = None) -> None:
        claim = Claim(provider, amounts, project, further or {})
        self.claims[consumer] = claim
        for one in {provider, *claim.further}:
            self._consumers.setdefault(one, {})[consumer] = None
        self._add(claim, 1)
        self._touch_all(claim)

    def release(self, consumer: str, by_force: bool = False) -> None:
        """By force, as Nova does it for a server that is deleted, is a way that no generation tells of."""
        claim = self.claims.pop(consumer, None)
        if claim is None:
            raise NotFound(f'Consumer {consumer} has no allocations.')
        for one in {claim.provider, *claim.further}:
            del self._consumers[one][consumer]
        self._add(claim, -1)
        if not by_force:
            self._touch_all(claim)

    def hand_over(self, giver: str, taker: str) -> None:
        """The taker, who holds nothing, takes the giver's claim."""
        claim = self.claims.pop(giver)
        self.claims[taker] = replace(claim, generation=claim.generation + 1)
        for one in {claim.provider, *claim.further}:
            del self._consumers[one][giver]
            self._consumers[one][taker] = None
            self.touch(one)

    def touch(self, provider: str) -> None:
        self._generations[provider] = self.generation(provider) + 1

    def _touch_all(self, claim: Claim) -> None:
        for provider in {claim.provider, *claim.further}:
            self.touch(provider)

    def _add(self, claim: Claim, sign: int) -> None:
        self._used[claim.provider] = Amounts(*(
            have + sign * more for have, more in zip(self.used(claim.provider), claim.amounts, strict=True)))
        for provider, amounts in claim.further.items():
            sums = self._further.setdefault(provider, Counter())
            for name, amount in amounts.items():
                sums[name] += sign * amount

# SPDX-License-Identifier: Apache-2.0
"""What a server asks of Placement, and which of a host's providers give it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from watcher_py.core.cluster import PCPU, RESOURCES
from watcher_py.core.request import MEM_ENCRYPTION_CONTEXT, Part, Request
from watcher_py.sim.ledger import Further
from watcher_py.sim.records import Amounts, Host, Provider, Server
from watcher_py.sim.world import World


@dataclass(frozen=True)
class Asked:
    """The three sizes, which the root provider gives, and what is asked for besides."""

    sizes: Amounts
    parts: tuple[Part, ...] = ()
    is_apart: bool = False              # numbered parts come from different providers

    def further(self) -> Counter[str]:
        """The sums beyond the sizes."""
        total: Counter[str] = Counter()
        for part in self.parts:
            total.update({name: int(amount) for name, amount in part.resources.items()})
        return total


@dataclass(frozen=True)
class _Need:
    """What one provider has to give."""

    part: Part
    amounts: Mapping[str, int]


def asked(world: World, server: Server) -> Asked:
    sizes, specs = server.flavor.sizes, server.flavor.extra_specs
    if not specs and not server.image:
        return Asked(sizes)
    request = Request(specs, server.image)
    sizes = Amounts(*(_instead(specs.get(f'resources:{name}'), amount)
                      for name, amount in zip(RESOURCES, sizes, strict=True)))
    unnumbered, *numbered = request.parts
    own = dict(unnumbered.resources)
    if request.is_dedicated and PCPU in world.classes and PCPU not in request.further:
        dedicated = int(request.dedicated(sizes.vcpus))
        sizes = sizes._replace(vcpus=sizes.vcpus - dedicated)
        own[PCPU] = dedicated + request.emulator_cpus
    if request.encrypts_memory:
        own[MEM_ENCRYPTION_CONTEXT] = 1.0
    first = Part('', own, unnumbered.required, unnumbered.forbidden)
    return Asked(sizes, (first, *numbered), request.is_apart)


def allot(world: World, wanted: Asked, host: Host) -> Further | None:
    """What each provider of the host gives beyond the sizes; None when they can't give all."""
    needs = [*_needs(wanted.parts)]
    offers = [[provider for provider in host.tree if _suits(provider, need)] for need in needs]
    for chosen in product(*offers):
        given = _given(needs, chosen)
        if not (wanted.is_apart and _meet(needs, chosen)) and all(
                _has_room(world, provider, given[provider.uuid]) for provider in chosen):
            return given
    return None


def claim(world: World, server: Server, host: Host) -> None:
    """The server takes what it asks for, which the host was found to have."""
    wanted = asked(world, server)
    world.ledger.claim(server.uuid, host.uuid, wanted.sizes, server.project,
                       allot(world, wanted, host) or {})


def _needs(parts: Iterable[Part]) -> Iterable[_Need]:
    """A numbered part comes from one provider; of the unnumbered one each class does."""
    for part in parts:
        amounts = {name: int(amount) for name, amount in part.resources.items() if amount}
        if part.name and amounts:
            yield _Need(part, amounts)
        elif not part.name:
            yield from (_Need(part, {name: amount}) for name, amount in amounts.items())


def _suits(provider: Provider, need: _Need) -> bool:
    """Whether it could give so much, were nobody else there."""
    part = need.part
    if (part.name and not part.required <= provider.traits) or part.forbidden & provider.traits:
        return False
    return all(name in provider.inventories and provider.inventories[name].deals(amount)
               for name, amount in need.amounts.items())


def _given(needs: Sequence[_Need], chosen: Sequence[Provider]) -> dict[str, Counter[str]]:
    given: dict[str, Counter[str]] = {}
    for need, provider in zip(needs, chosen, strict=True):
        given.setdefault(provider.uuid, Counter()).update(need.amounts)
    return given


def _meet(needs: Sequence[_Need], chosen: Sequence[Provider]) -> bool:
    """Whether two numbered parts come from one provider."""
    numbered = [provider.uuid for need, provider in zip(needs, chosen, strict=True) if need.part.name]
    return len(set(numbered)) < len(numbered)


def _has_room(world: World, provider: Provider, amounts: Mapping[str, int]) -> bool:
    taken = world.ledger.taken(provider.uuid)
    return all(taken.get(name, 0) + amount <= provider.inventories[name].room()
               for name, amount in amounts.items())


def _instead(stated: str | None, amount: int) -> int:
    return int(stated) if stated and stated.isdecimal() else amount

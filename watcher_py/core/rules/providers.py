# SPDX-License-Identifier: Apache-2.0
"""What the providers of a node can give to a single server, and whether they have the traits it asks for.

Which of several providers gives is Placement's choice, so all that have the class must qualify; what a
numbered part takes of several classes must come from one provider, so the node must have but one.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from watcher_py.core.cluster import Bools, Nodes, Provider
from watcher_py.core.request import Part, Request

Traits = frozenset[str]


def can_provide(nodes: Nodes, request: Request, amounts: Mapping[str, float]) -> Bools:
    """[N] `amounts` are all that the server takes beyond the three sizes, by class."""
    parts = [part for part in request.parts if part.resources or part.required or part.forbidden]
    if not parts and not amounts:
        return np.ones(len(nodes), dtype=bool)
    bare = {traits: not amounts and _have_traits((), traits, parts) for traits in set(nodes.traits)}
    if not amounts and not any(part.resources for part in parts):
        return np.array([bare[traits] for traits in nodes.traits], dtype=bool)
    return np.array([
        _deal(providers, parts, amounts) and not closed & amounts.keys()
        and _have_traits(providers, traits, parts) if providers else bare[traits]
        for providers, traits, closed in zip(nodes.providers, nodes.traits, nodes.closed_to, strict=True)],
        dtype=bool)


def _deal(providers: Sequence[Provider], parts: Sequence[Part], amounts: Mapping[str, float]) -> bool:
    """Whether the amounts are such as the providers deal out; how much is left is another question."""
    for resource, amount in amounts.items():
        offers = [one.inventories[resource] for one in providers if resource in one.inventories]
        pieces = [part.resources[resource] for part in parts if resource in part.resources] or [amount]
        if not offers or not all(one.deals(piece) for one in offers for piece in (*pieces, amount)):
            return False
    return True


def _have_traits(providers: Sequence[Provider], own: Traits, parts: Sequence[Part]) -> bool:
    for part in parts:
        offers = [one for one in providers if part.resources.keys() & one.inventories.keys()]
        traits = [own if one.name == '' else one.traits for one in offers]
        if part.name == '':
            # The node itself gives vCPUs and memory, so that its own traits count.
            suits = part.required <= own and not any(part.forbidden & has for has in (own, *traits))
        else:
            suits = all(part.required <= has and not part.forbidden & has for has in traits or [own])
            suits &= len(offers) <= 1 or len(part.resources) <= 1
        if not suits:
            return False
    return True

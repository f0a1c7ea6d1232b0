# SPDX-License-Identifier: Apache-2.0
"""Providers out of the summaries of allocation candidates.

One question for candidates, say resources=VCPU:1, is answered with summaries of all providers of each tree
that has the room. A summary tells traits, and of each class what is used and the capacity, which is
int((total - reserved) * allocation_ratio); it doesn't tell these three. What can be made of it is:

* Nothing that is decided changes with them as long as the capacity is the same: how much more a node can take
  depends on capacity and use alone. They only tell what a single server may ask for at most (the total), and
  how much of a capacity is overcommitted.
* Thousands of hosts are of a few kinds, set up alike. Providers that agree in the sizes that Nova tells, in
  the capacities of all classes and in traits, are taken for one kind. The inventories of one of the kind,
  read exactly, stand for all of it: they give each the capacity that Placement told.
* Of a kind of which none has been read yet (so many are read at a time, those of most providers first), the
  total is Nova's, nothing is reserved, and the ratio makes up the capacity. The next reading goes on with
  these kinds, for what was exact stays so while the generation does.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from math import inf, nextafter

from watcher_py.cloud.placement_rows import Inventories, Inventory, Listed, Provider, Summary

Sizes = tuple[float, float, float]
Kinds = Mapping[str, Hashable]          # by uuid of the provider

# The classes whose totals Nova tells, in its order.
SIZED = ('VCPU', 'MEMORY_MB', 'DISK_GB')


def provider(listed: Listed, summary: Summary, sizes: Sizes | None, before: Provider | None) -> Provider:
    """With the inventories that it had while they hold; else with some that give the same capacities."""
    made = Provider(listed.uuid, listed.name, {}, summary.used, summary.traits, generation=listed.generation)
    if (before is not None and before.generation == listed.generation
            and agree(before.inventories, summary.capacities)):
        return replace(made, inventories=before.inventories, is_exact=before.is_exact)
    totals = dict(zip(SIZED, sizes, strict=True)) if sizes else {}
    return replace(made, is_exact=not summary.capacities, inventories={
        name: stand_in(capacity, totals.get(name, 0)) for name, capacity in summary.capacities.items()})


def stand_in(capacity: int, total: float) -> Inventory:
    """An inventory of this capacity, and of this total if that makes sense."""
    if capacity <= 0 or not 1 <= total < inf:
        return Inventory(capacity, 0, 1.0)
    ratio = capacity / total
    # A product that is rounded down would give one less.
    return Inventory(total, 0, ratio if total * ratio >= capacity else nextafter(ratio, inf))


def agree(inventories: Inventories, capacities: Mapping[str, int]) -> bool:
    return {name: have.capacity for name, have in inventories.items()} == capacities


def kinds(providers: Sequence[Provider], sizes: Mapping[str, Sizes | None]) -> Kinds:
    """Providers of one kind may have each other's inventories."""
    return {one.uuid: (sizes.get(one.uuid), one.traits,
                       frozenset((name, have.capacity) for name, have in one.inventories.items()))
            for one in providers}


def unread(providers: Sequence[Provider], of: Kinds, most: int) -> list[Provider]:
    """One provider of each kind of which none is exact; at most so many, those of the largest kinds."""
    exact = {of[one.uuid] for one in providers if one.is_exact}
    guessed = {of[one.uuid]: one for one in providers if of[one.uuid] not in exact}
    largest = Counter(of[one.uuid] for one in providers if of[one.uuid] in guessed).most_common(most)
    return [guessed[kind] for kind, _ in largest]


def with_exact(one: Provider, inventories: Inventories | None) -> Provider:
    """With inventories that were read since, unless something has changed meanwhile."""
    if inventories is None or not agree(inventories, {name: have.capacity
                                                      for name, have in one.inventories.items()}):
        return one
    return replace(one, inventories=inventories, is_exact=True)


def settled(providers: Sequence[Provider], of: Kinds) -> list[Provider]:
    """Each that is not exact with the inventories of one of its kind that is."""
    exact = {of[one.uuid]: one.inventories for one in providers if one.is_exact}
    return [one if one.is_exact or of[one.uuid] not in exact
            else replace(one, inventories=exact[of[one.uuid]], is_exact=True) for one in providers]

# SPDX-License-Identifier: Apache-2.0
"""What Placement would answer, were these its providers."""

from dataclasses import dataclass, field


@dataclass
class Kept:
    """A provider as Placement keeps it; `inventories` by class: total, reserved, ratio, used, and more."""

    uuid: str
    inventories: dict = field(default_factory=dict)
    traits: tuple = ()
    parent: str | None = None
    root: str = ''
    generation: int = 1

    def row(self):
        return {'uuid': self.uuid, 'name': f'name of {self.uuid}', 'generation': self.generation,
                'parent_provider_uuid': self.parent, 'root_provider_uuid': self.root or self.uuid}

    def has_room(self, resource):
        had = self.inventories.get(resource)
        return (had is not None and had.get('min_unit', 1) <= 1 and 1 % had.get('step_size', 1) == 0
                and had.get('used', 0) + 1 <= _capacity(had))

    def summary(self):
        return {'resources': {name: {'capacity': _capacity(had), 'used': had.get('used', 0)}
                              for name, had in self.inventories.items()},
                'traits': list(self.traits), 'parent_provider_uuid': self.parent,
                'root_provider_uuid': self.root or self.uuid}


def tell(script, providers):
    """The routes of Placement's API that are read."""
    script.newest = '1.39'
    script.answer('GET /resource_providers', lambda _: (200, {
        'resource_providers': [one.row() for one in providers]}))
    script.answer('GET /allocation_candidates', lambda asked: (200, {
        'allocation_requests': [], 'provider_summaries': _summaries(providers, asked.query['resources'])}))
    for one in providers:
        path = f'GET /resource_providers/{one.uuid}'
        script.answer(f'{path}/traits', lambda _, one=one: (200, {'traits': list(one.traits)}))
        script.answer(f'{path}/usages', lambda _, one=one: (200, {
            'usages': {name: had.get('used', 0) for name, had in one.inventories.items()}}))
        script.answer(f'{path}/inventories', lambda _, one=one: (200, {
            'inventories': {name: _inventory(had) for name, had in one.inventories.items()}}))


def _summaries(providers, resources):
    resource, _, amount = resources.partition(':')
    assert amount == '1'
    roots = {one.root or one.uuid for one in providers if one.has_room(resource)}
    return {one.uuid: one.summary() for one in providers if (one.root or one.uuid) in roots}


def _inventory(had):
    return {'total': had['total'], 'reserved': had.get('reserved', 0), 'min_unit': had.get('min_unit', 1),
            'allocation_ratio': had.get('ratio', 1.0), 'max_unit': had.get('max_unit', had['total']),
            'step_size': had.get('step_size', 1)}


def _capacity(had):
    return int((had['total'] - had.get('reserved', 0)) * had.get('ratio', 1.0))

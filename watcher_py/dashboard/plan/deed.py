# SPDX-License-Identifier: Apache-2.0
"""An action of a plan, told in a sentence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]

MIGRATE, MOVE_VOLUME = 'migrate', 'volume_migrate'


@dataclass(frozen=True)
class Deed:
    """An action as a reader sees it."""

    number: int                     # from 1, in the order of the plan
    row: Row                        # as the API has it

    @property
    def uuid(self) -> str:
        return str(self.row['uuid'])

    @property
    def state(self) -> str:
        return str(self.row['state'])

    @property
    def reason(self) -> str:
        return self.row.get('reason') or ''

    @property
    def is_move(self) -> bool:
        return self.row['action_type'] in (MIGRATE, MOVE_VOLUME)

    @property
    def is_live_move(self) -> bool:
        return self.row['action_type'] == MIGRATE and self._given('migration_type') == 'live'

    @property
    def resource(self) -> str | None:
        """The uuid of what it is done to."""
        return self._given('resource_id')

    @property
    def name(self) -> str:
        """Of what it is done to."""
        return self._given('resource_name') or self._given('resource_id') or str(self.row['action_type'])

    @property
    def source(self) -> str | None:
        return self._given('source_node')

    @property
    def target(self) -> str | None:
        return self._given('destination_node') or self._given('destination_type')

    @property
    def seconds(self) -> float | None:
        """How long it took; None as long as it has not ended."""
        begun, ended = self.row.get('begun_at'), self.row.get('ended_at')
        if not begun or not ended:
            return None
        return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()

    @property
    def can_be_explained(self) -> bool:
        """Whether the plan's evidence knows of what it is done to: servers and nodes."""
        return self.resource is not None and self.row['action_type'] in (MIGRATE, 'change_nova_service_state')

    @property
    def sentence(self) -> str:
        tell = SENTENCES.get(self.row['action_type'], _anything)
        return tell(self)

    def _given(self, name: str) -> str | None:
        value = (self.row.get('input_parameters') or {}).get(name)
        return None if value is None else str(value)


def deeds_of(actions: Iterable[Row]) -> list[Deed]:
    return [Deed(number, row) for number, row in enumerate(actions, 1)]


def _migrate(deed: Deed) -> str:
    how = 'while it runs' if deed._given('migration_type') == 'live' else 'switched off for the move'
    start = f' from {deed.source}' if deed.source else ''
    end = f' to {deed.target}' if deed.target else ' to a host that Nova chooses'
    return f'{deed.name} moves{start}{end}, {how}'


def _move_volume(deed: Deed) -> str:
    if deed._given('migration_type') == 'retype':
        return f'Volume {deed.name} gets the type {deed.target}'
    return f'Volume {deed.name} moves to the pool {deed.target}'


def _set_service(deed: Deed) -> str:
    if deed._given('state') == 'disabled':
        return f'{deed.name} is closed to new servers'
    return f'{deed.name} is opened to new servers'


def _set_power(deed: Deed) -> str:
    return f'{deed.name} is switched {deed._given("state")}'


def _resize(deed: Deed) -> str:
    return f'{deed.name} gets the flavor {deed._given("flavor")}'


def _sleep(deed: Deed) -> str:
    return f'Wait for {deed._given("duration") or "some"} seconds'


def _nop(deed: Deed) -> str:
    message = deed._given('message')
    return f'Do nothing: {message}' if message else 'Do nothing'


def _anything(deed: Deed) -> str:
    return f'{deed.row["action_type"]} of {deed.name}' if deed.resource else str(deed.row['action_type'])


SENTENCES: Mapping[str, Callable[[Deed], str]] = {
    MIGRATE: _migrate, MOVE_VOLUME: _move_volume, 'change_nova_service_state': _set_service,
    'change_node_power_state': _set_power, 'resize': _resize, 'sleep': _sleep, 'nop': _nop,
    'stop': lambda deed: f'{deed.name} is switched off', 'shelve': lambda deed: f'{deed.name} is shelved',
    'delete': lambda deed: f'{deed.name} is deleted'}

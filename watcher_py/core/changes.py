# SPDX-License-Identifier: Apache-2.0
"""What may be done to a cloud, as frozen values; each knows its wire form."""

from dataclasses import dataclass
from typing import Any

Parameters = dict[str, Any]

SERVICE_DISABLED_REASON = 'watcher_disabled'
SERVICE_MAINTAINED_REASON = 'watcher_maintaining'


@dataclass(frozen=True)
class Migrate:
    """Move a server to another node, running (live) or switched off for the move."""

    server: str                     # uuid
    server_name: str
    source: str                     # names of nodes
    target: str
    is_live: bool = True
    action_type = 'migrate'

    def parameters(self) -> Parameters:
        return {'resource_id': self.server, 'resource_name': self.server_name,
                'migration_type': 'live' if self.is_live else 'cold',
                'source_node': self.source, 'destination_node': self.target}


@dataclass(frozen=True)
class SetService:
    """Enable or disable a node's compute service."""

    node: str                       # uuid
    node_name: str
    is_enabled: bool
    reason: str | None = None       # Nova keeps it beside a disabled service
    # Whether a failure of what was to follow takes the change back.
    is_conditional: bool = False
    action_type = 'change_nova_service_state'

    def parameters(self) -> Parameters:
        values: Parameters = {
            'resource_id': self.node, 'resource_name': self.node_name,
            'state': 'enabled' if self.is_enabled else 'disabled'}
        if self.reason is not None:
            values['disabled_reason'] = self.reason
        if self.is_conditional:
            values['revert_on_failure'] = True
        return values


@dataclass(frozen=True)
class Stop:
    """Switch a server off."""

    server: str                     # uuid
    server_name: str
    node: str                       # name
    action_type = 'stop'

    def parameters(self) -> Parameters:
        return {'resource_id': self.server, 'resource_name': self.server_name}


@dataclass(frozen=True)
class Resize:
    """Give a server another flavor; Nova chooses where it then stands."""

    server: str                     # uuid
    server_name: str
    node: str                       # name
    flavor: str                     # its id or its name
    action_type = 'resize'

    def parameters(self) -> Parameters:
        return {'resource_id': self.server, 'resource_name': self.server_name, 'flavor': self.flavor}


@dataclass(frozen=True)
class MoveVolume:
    """Move a volume to another pool, as it is, or by giving it another type."""

    volume: str                     # uuid
    volume_name: str
    source: str                     # names of pools
    target: str
    target_type: str | None = None  # None: it keeps its type, and goes to the target and nowhere else
    action_type = 'volume_migrate'

    def parameters(self) -> Parameters:
        values = {'resource_id': self.volume, 'resource_name': self.volume_name, 'migration_type': 'migrate',
                  'source_node': self.source, 'destination_node': self.target}
        if self.target_type is None:
            return values
        return {**values, 'migration_type': 'retype', 'destination_type': self.target_type}


@dataclass(frozen=True)
class SetPower:
    """Switch a node's machine on or off."""

    machine: str                    # uuid
    node_name: str
    is_on: bool
    seconds: float = 0.0            # until it is there, or gone
    action_type = 'change_node_power_state'

    def parameters(self) -> Parameters:
        return {'resource_id': self.machine, 'resource_name': self.node_name,
                'state': 'on' if self.is_on else 'off'}


@dataclass(frozen=True)
class Given:
    """An action that is asked for by its name on the wire, whatever it may be."""

    action_type: str
    given: Parameters

    def parameters(self) -> Parameters:
        return dict(self.given)


@dataclass(frozen=True)
class Sleep:
    """Wait."""

    seconds: float
    action_type = 'sleep'

    def parameters(self) -> Parameters:
        return {'duration': self.seconds}


@dataclass(frozen=True)
class Nop:
    """Do nothing, and say so."""

    message: str
    action_type = 'nop'

    def parameters(self) -> Parameters:
        return {'message': self.message}


Change = Migrate | SetService | SetPower | Stop | Resize | MoveVolume | Given | Sleep | Nop

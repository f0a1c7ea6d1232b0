# SPDX-License-Identifier: Apache-2.0
"""The demo's figures: what was promised, and what came of it."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from watcher_py.cmd.demo.client import Body
from watcher_py.core.errors import Invalid
from watcher_py.core.snapshot import Snapshot


@dataclass(frozen=True)
class Report:
    """What --json writes."""

    hosts: int
    servers: int
    active_before: int
    active_after: int
    promised_active: int
    bound: float | None
    migrations: int
    refused: int
    seconds: float
    is_as_promised: bool

    @property
    def is_good(self) -> bool:
        return self.refused == 0 and self.is_as_promised

    def write(self, path: Path) -> None:
        try:
            path.write_text(json.dumps(asdict(self), indent=1) + '\n')
        except OSError as error:
            raise Invalid(f'{path}: {error.strerror}') from None


def report_on(before: Snapshot, after: Snapshot, plan: Body, refusals: int, begin: float) -> Report:
    """What the plan did, between two looks at the cloud; `begin` is when the demo began (monotonic)."""
    moves = {action['input_parameters']['resource_id']: action['input_parameters']['destination_node']
             for action in plan['actions'] if action['action_type'] == 'migrate'}
    promised = {**_placement(before), **moves}
    reached = _placement(after)
    done = [action for action in plan['actions']
            if action['action_type'] == 'migrate' and action['state'] == 'SUCCEEDED']
    is_bounded = plan['objective'] == 'active nodes'
    return Report(
        hosts=len(before.cluster.nodes), servers=len(before.cluster.servers),
        active_before=len(set(_placement(before).values())), active_after=len(set(reached.values())),
        promised_active=len(set(promised.values())), bound=plan['bound'] if is_bounded else None,
        migrations=len(done), refused=refusals, seconds=round(time.monotonic() - begin, 2),
        is_as_promised=reached == promised)


def _placement(snapshot: Snapshot) -> dict[str, str]:
    """Server uuid to name of its host."""
    nodes, servers = snapshot.cluster.nodes, snapshot.cluster.servers
    return {uuid: nodes.name[node] for uuid, node in zip(servers.uuid, servers.node, strict=True)}

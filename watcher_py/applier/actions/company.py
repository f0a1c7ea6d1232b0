# SPDX-License-Identifier: Apache-2.0
"""A server of a group whose new host Nova believes to be taken by a member that has left it."""

from collections.abc import Callable

from watcher_py.applier.actions.contract import Cancelled, Run, Settings
from watcher_py.applier.actions.patience import keep_on, rest
from watcher_py.cloud.compute import Compute
from watcher_py.cloud.compute_rows import ServerGroup, ServerNow
from watcher_py.core.errors import Refused, Unavailable

NO_VALID_HOST = 'No valid host'
ANTI_AFFINITY = 'anti-affinity'

# While Nova's scheduler may be wrong: what has left a host by live migration it hears when the host reports.
TRIES = 5


def insist(go: Callable[[], ServerNow], go_again: Callable[[], ServerNow], is_passing: Callable[[], bool],
           settings: Settings, run: Run) -> ServerNow:
    """What `go` gives, tried again for a while as long as Nova finds no valid host, and that is to pass."""
    tries_left = TRIES if settings.stale else 0
    while True:
        try:
            return go()
        except Refused as refusal:
            if NO_VALID_HOST not in str(refusal) or tries_left == 0 or not is_passing():
                raise
        tries_left -= 1
        rest(settings, run, settings.stale / TRIES)
        keep_on(run)
        if run.stop.is_set():
            raise Cancelled
        go = go_again


def is_free(compute: Compute, uuid: str, host: str) -> bool:
    """Whether the server is in a group that its other members leave room for on this host."""
    try:
        groups = [compute.server_group(group) for group in compute.server(uuid).groups]
        there = {server.uuid for server in compute.servers_on(host)}
        coming = {one.server for one in compute.migrations().rows if one.target == host}
    except (Refused, Unavailable):
        return False
    return bool(groups) and all(_has_room(group, (there | coming) - {uuid}) for group in groups)


def _has_room(group: ServerGroup, there: set[str]) -> bool:
    return group.policy != ANTI_AFFINITY or len(there & {*group.members}) < group.limit

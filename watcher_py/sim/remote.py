# SPDX-License-Identifier: Apache-2.0
"""The emulated cloud driven and watched from another process: /sim/journal, /sim/faults, /sim/hosts."""

from collections.abc import Callable, Mapping
from typing import Any

import falcon

from watcher_py.sim.faults import Kind
from watcher_py.sim.identity import Identity
from watcher_py.sim.world import World

Arguments = dict[str, Any]


class Happened:
    """/sim/journal: what happened, after entry `since` of the query; no token is asked for."""

    def __init__(self, world: World):
        self._world = world

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        journal, since = self._world.journal, req.get_param_as_int('since') or 0
        resp.media = {'entries': [entry.shown() for entry in journal.entries(since)],
                      'violations': journal.violations()}

    def on_delete(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._world.journal.clear()
        resp.status = falcon.HTTP_204


class Breaking:
    """/sim/faults: POST the name of a deed, with its arguments."""

    def __init__(self, world: World, identity: Identity):
        faults = world.faults
        self._deeds: Mapping[str, Callable[..., None]] = {
            'strike': faults.strike, 'fail_migrations': faults.fail_migrations, 'heal': faults.heal,
            'stick_migrations': faults.stick_migrations, 'unstick': faults.unstick,
            'revoke_tokens': identity.revoke_all}

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """`times` of a strike may be null: until it is healed."""
        asked = req.get_media()
        deed = self._deeds.get(asked.pop('deed', '')) if isinstance(asked, dict) else None
        if deed is None:
            raise falcon.HTTPBadRequest(description=f'There are the deeds {", ".join(self._deeds)}.')
        try:
            deed(**_read(asked))
        except (TypeError, ValueError) as error:
            raise falcon.HTTPBadRequest(description=str(error)) from None
        resp.status = falcon.HTTP_204


class HostPower:
    """/sim/hosts/{host}/{down|up}: POST, and the host is so."""

    def __init__(self, world: World):
        self._states = {'down': world.host_down, 'up': world.host_up}

    def on_post(self, req: falcon.Request, resp: falcon.Response, host: str, state: str) -> None:
        if state not in self._states:
            raise falcon.HTTPBadRequest(description='A host is made up or down.')
        self._states[state](host)
        resp.status = falcon.HTTP_204


def _read(asked: Arguments) -> Arguments:
    """As JSON has no infinity, and no kinds."""
    if 'kind' in asked:
        asked['kind'] = Kind(asked['kind'])
    if asked.get('times', 0) is None:
        asked['times'] = float('inf')
    return asked

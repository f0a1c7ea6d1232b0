# SPDX-License-Identifier: Apache-2.0
"""The emulated cloud, served on a port of this machine."""

from types import TracebackType

from watcher_py.core.errors import Unavailable
from watcher_py.core.snapshot import Snapshot
from watcher_py.sim.app import application
from watcher_py.sim.build import build
from watcher_py.sim.calls import Calls
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.http_server import HttpServer
from watcher_py.sim.identity import PASSWORD, Identity
from watcher_py.sim.paging import MAX_LIMIT

# More than ever ask at once: waitress warns of requests that wait.
THREADS = 16


class Cloud:
    """Keystone, Nova, Placement, Cinder, Ironic and Prometheus of one cluster, over HTTP.

    Whoever reads or changes `world` while it is served holds `world.lock`.
    """

    def __init__(self, snapshot: Snapshot, clock: Clock | None = None, port: int = 0,
                 faults: Faults | None = None, address: str = '127.0.0.1', page: int = MAX_LIMIT):
        self.clock = clock or Clock()
        self.faults = faults or Faults()
        self.identity = Identity()
        self.calls = Calls()
        self.world = build(snapshot, self.clock, self.faults)
        self.world.page = page
        self._address, self._port = address, port
        self._server: HttpServer | None = None

    def start(self) -> 'Cloud':
        self._server = HttpServer(application(self.world, self.identity, self.calls),
                                  'emulated-cloud', self._address, self._port, THREADS)
        return self

    def stop(self) -> None:
        if self._server is not None:
            self.faults.heal()
            self._server.stop()
            self._server = None

    def __enter__(self) -> 'Cloud':
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._served.port

    @property
    def url(self) -> str:
        return self._served.url

    @property
    def _served(self) -> HttpServer:
        if self._server is None:
            raise Unavailable('the emulated cloud is not served')
        return self._server

    @property
    def auth_url(self) -> str:
        return f'{self.url}/identity/v3'

    @property
    def prometheus_url(self) -> str:
        return f'{self.url}/prometheus'

    def credentials(self, user: str = 'admin') -> dict[str, str]:
        """What openstacksdk needs to speak as admin, watcher (a service) or demo (who may do little)."""
        known = self.identity.user(user)
        if known is None:
            raise KeyError(user)
        return {'auth_url': self.auth_url, 'username': known.name, 'password': PASSWORD,
                'project_name': known.project, 'user_domain_id': 'default', 'project_domain_id': 'default'}

# SPDX-License-Identifier: Apache-2.0
"""A WSGI application, served on a port of this machine by a thread that can be stopped."""

import threading
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from watcher_py.core.errors import Unavailable


class HttpServer:
    """Listens from the start on; `port` 0 takes any that is free."""

    def __init__(self, application: Any, name: str, address: str, port: int, threads: int):
        self.address = address
        self._sockets: dict[int, Any] = {}
        try:
            self._server = create_server(application, self._sockets, host=address, port=port, threads=threads,
                                         connection_limit=1000, ident=name)
        except OSError as error:
            raise Unavailable(f'port {port} of {address} can not be listened on: {error.strerror}') from None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.effective_port)

    @property
    def url(self) -> str:
        return f'http://{self.address}:{self.port}'

    def stop(self) -> None:
        # Sockets are closed when nobody is left who could still use them.
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._sockets, count=1)

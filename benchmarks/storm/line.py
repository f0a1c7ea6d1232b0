# SPDX-License-Identifier: Apache-2.0
"""A line to a server that can be cut: every connection is dropped, and none is taken, until it is mended."""

import selectors
import socket
import threading
from contextlib import suppress

CHUNK = 65536
LOOK = 0.5


class Line:
    """Listens on a port of its own, and passes on what it hears."""

    def __init__(self, host: str, port: int):
        self._far = (host, port)
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._ear = _listening(0)
        self.port = int(self._ear.getsockname()[1])
        self._is_over = threading.Event()
        self._is_cut = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """As when the server is stopped or a cable is pulled: what is open breaks, and nobody answers."""
        with self._lock:
            self._is_cut.set()
            self._ear.close()
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        with self._lock:
            self._ear = _listening(self.port)
            self._is_cut.clear()

    def close(self) -> None:
        self._is_over.set()
        if not self._is_cut.is_set():
            self.cut()
        self._thread.join()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            if self._is_cut.is_set():
                self._is_over.wait(LOOK / 10)
                continue
            try:
                near, _ = self._ear.accept()
            except OSError:         # cut, or nobody came
                continue
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._far, timeout=10)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        near.settimeout(None)
        with self._lock:
            if self._is_cut.is_set():
                near.close()
                far.close()
                return
            self._ends |= {near, far}
        with suppress(OSError):
            _exchange(near, far)
        with self._lock:
            self._ends -= {near, far}
            near.close()
            far.close()


def _listening(port: int) -> socket.socket:
    ear = socket.socket()
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.bind(('127.0.0.1', port))
    ear.listen(100)
    ear.settimeout(LOOK)
    return ear


def _exchange(near: socket.socket, far: socket.socket) -> None:
    """Until one of the two has no more to say."""
    for end in (near, far):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with selectors.DefaultSelector() as ready:
        ready.register(near, selectors.EVENT_READ, far)
        ready.register(far, selectors.EVENT_READ, near)
        while True:
            for key, _ in ready.select():
                said = key.fileobj.recv(CHUNK)  # type: ignore[union-attr]
                if not said:
                    return
                key.data.sendall(said)

# SPDX-License-Identifier: Apache-2.0
"""A RabbitMQ and a database of the storm's own, on ports and in folders of their own: they may be killed."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from tempfile import TemporaryDirectory

from storm.programs import Program, serves, wait_for

UNPRIVILEGED = 'postgres'           # the user of a server that refuses to be root's
START = 120.0                       # seconds that a server may take to serve
PORTS = range(20000, 32768)         # below those that the system gives to connections


@dataclass(frozen=True)
class Server:
    """What serves on a port while its program runs."""

    program: Program
    port: int
    url: str                        # for whoever may do everything there

    def start(self) -> None:
        """Returns when it serves."""
        self.program.start()
        wait_for(self.program.name, lambda: serves(self.port), START)


@contextmanager
def own_rabbit(log: Path) -> Iterator[Server]:
    """A node that knows no other, and none of the machine's files."""
    port, epmd = _lasting_port(), _lasting_port()
    with TemporaryDirectory(prefix='storm-rabbitmq-') as folder:
        Path(folder, 'plugins').write_text('[].\n')
        env = {
            'HOME': folder, 'ERL_EPMD_PORT': str(epmd), 'ERL_EPMD_ADDRESS': '127.0.0.1',
            'RABBITMQ_NODENAME': 'storm@localhost', 'RABBITMQ_NODE_IP_ADDRESS': '127.0.0.1',
            'RABBITMQ_NODE_PORT': str(port), 'RABBITMQ_DIST_PORT': str(_lasting_port()),
            'RABBITMQ_MNESIA_BASE': folder, 'RABBITMQ_LOG_BASE': folder, 'RABBITMQ_LOGS': '-',
            'RABBITMQ_ENABLED_PLUGINS_FILE': f'{folder}/plugins',
            'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS': '-kernel inet_dist_use_interface {127,0,0,1}',
            **{f'RABBITMQ_{name}': f'{folder}/none' for name in (
                'CONF_ENV_FILE', 'CONFIG_FILE', 'CONFIG_FILES', 'ADVANCED_CONFIG_FILE')}}
        # One that the node started by itself would outlive it.
        registry = Server(Program('epmd', [_found('epmd')], log, env), epmd, '')
        # The script that Debian has on the path becomes another user.
        words = [_found('/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server')]
        node = Server(Program('RabbitMQ', words, log, env), port, f'rabbit://guest:guest@127.0.0.1:{port}/')
        with _running(registry), _running(node):
            yield node


@contextmanager
def own_mariadb(log: Path) -> Iterator[Server]:
    port = _lasting_port()
    with TemporaryDirectory(prefix='storm-mariadb-') as folder:
        where = ['--no-defaults', f'--datadir={folder}/data', *([] if os.geteuid() else ['--user=root'])]
        _run([_found('mariadb-install-db'), *where, '--skip-test-db',
              '--auth-root-authentication-method=normal'], log)
        words = [_found('mariadbd'), *where, '--bind-address=127.0.0.1', f'--port={port}',
                 f'--socket={folder}/socket', f'--pid-file={folder}/pid']
        server = Server(Program('MariaDB', words, log), port, f'mysql+pymysql://root:@127.0.0.1:{port}/')
        with _running(server):
            yield server


@contextmanager
def own_postgresql(log: Path) -> Iterator[Server]:
    port = _lasting_port()
    user = None if os.geteuid() else UNPRIVILEGED
    with TemporaryDirectory(prefix='storm-postgresql-') as folder:
        if user:
            shutil.chown(folder, user)
        where = ['-D', f'{folder}/data']
        _run([_of_postgresql('initdb'), *where, '-U', 'postgres', '-A', 'trust'], log, user)
        words = [_of_postgresql('postgres'), *where, '-h', '127.0.0.1', '-p', str(port), '-k', folder]
        # After a SIGTERM it would wait for its last client.
        program = Program('PostgreSQL', words, log, user=user, farewell=signal.SIGINT)
        server = Server(program, port, f'postgresql+psycopg://postgres@127.0.0.1:{port}/postgres')
        with _running(server):
            yield server


OWN_DATABASES: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    'mariadb': own_mariadb, 'postgresql': own_postgresql}


@contextmanager
def _running(server: Server) -> Iterator[None]:
    try:
        server.start()
        yield
    finally:
        server.program.stop()


def _lasting_port() -> int:
    """A free one that no connection is given while the server is away."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(('127.0.0.1', port))
            return port


def _run(words: list[str], log: Path, user: str | None = None) -> None:
    with log.open('ab') as file:
        subprocess.run(words, stdout=file, stderr=file, check=True, user=user)  # noqa: S603 - a database's own


def _found(*names: str) -> str:
    """Where the first of these programs is that is there."""
    path = f'{os.environ.get("PATH", "")}:/usr/sbin'
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise SystemExit(f'{names[-1]} is not installed')


def _of_postgresql(name: str) -> str:
    return _found(*sorted(glob(f'/usr/lib/postgresql/*/bin/{name}'), reverse=True), name)

# SPDX-License-Identifier: Apache-2.0
"""Whether the message bus can be reached."""

import socket
from collections.abc import Callable

from oslo_config.cfg import ConfigOpts

from watcher_py.bus.messaging import oslo_messaging, register_observation

AMQP = 5672
PATIENCE = 2.0      # seconds for a host


def reach(conf: ConfigOpts) -> Callable[[], str | None]:
    """A question that opens a connection to a host of `transport_url`, and answers why none could be reached.

    Nothing is said on the connection: a broker thinks nothing of that, and needs no account for it.
    """
    register_observation(conf)
    bus = oslo_messaging.TransportURL.parse(conf)
    hosts = [(host.hostname, host.port or AMQP) for host in bus.hosts if host.hostname]

    def ask() -> str | None:
        failures = []
        for address in hosts:
            try:
                socket.create_connection(address, PATIENCE).close()
            except OSError as error:
                failures.append(f'{address[0]}:{address[1]}: {error.strerror or error}')
            else:
                return None
        return 'the message bus can not be reached: ' + '; '.join(failures) if failures else None

    return ask

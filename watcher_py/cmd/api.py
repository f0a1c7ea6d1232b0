# SPDX-License-Identifier: Apache-2.0
"""watcher-api: the REST API and the web console, with a WSGI server of their own."""

import signal
import sys
from types import FrameType

import waitress

from watcher_py.api.app import open_app
from watcher_py.cmd import settings
from watcher_py.cmd.mounting import with_console
from watcher_py.cmd.watched import of_process, port
from watcher_py.core.errors import WatcherError
from watcher_py.monitor.exporter import Exporter
from watcher_py.monitor.state_dump import StateDump, configuration

NAME = 'watcher-api'
# A question to an engine that does not answer holds one for a minute.
THREADS = 16
# Up to so many times the limit, a body that is too large is read and answered; beyond, the line is cut.
TOO_LARGE = 16


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; exit status 1 with one sentence when it can't start."""
    conf = settings.load(sys.argv[1:] if argv is None else argv, NAME)
    signal.signal(signal.SIGTERM, _stop)
    StateDump(NAME, {'configuration': lambda: configuration(conf)}).on_signal()
    registry = of_process(NAME)
    exporter = Exporter(port(conf, 'api'), registry)
    try:
        app = with_console(open_app(conf, registry), conf)
        exporter.start()
        # What a proxy tells is taken or not as [oslo_middleware] says, not by the server.
        waitress.serve(app, host=conf.api.host, port=conf.api.port, ident=NAME, threads=THREADS,
                       max_request_body_size=TOO_LARGE * conf.api.max_request_body_size,
                       clear_untrusted_proxy_headers=False)
    except (WatcherError, OSError) as error:
        sys.stderr.write(f'{NAME}: {error}\n')
        return 1
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)

# SPDX-License-Identifier: Apache-2.0
"""API, decision engine and applier in one process, with what is installed there; until its input ends."""

import sys
from contextlib import ExitStack

from watcher_py.api.app import open_app
from watcher_py.cmd import applier, decision_engine, settings
from watcher_py.db import schema, session
from watcher_py.sim.http_server import HttpServer


def main():
    conf = settings.load(sys.argv[1:], 'plugged-in')
    schema.create_schema(session.connect(conf))
    with ExitStack() as stack:
        for service in (decision_engine.build(conf), applier.build(conf)):
            service.start()
            stack.callback(service.stop)
        api = HttpServer(open_app(conf), 'watcher-api', '127.0.0.1', 0, 4)
        stack.callback(api.stop)
        print(api.url, flush=True)
        sys.stdin.read()


if __name__ == '__main__':
    main()

# SPDX-License-Identifier: Apache-2.0
"""watcher-sim: the emulated cloud alone."""

import argparse
import gc
import signal
import sys
import threading
from pathlib import Path

from watcher_py.cmd.cluster_file import load
from watcher_py.core.document import read
from watcher_py.core.errors import WatcherError
from watcher_py.sim.clock import Clock
from watcher_py.sim.faults import Faults
from watcher_py.sim.generator import generate
from watcher_py.sim.server import Cloud


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        snapshot = (load(asked.cluster) if asked.cluster
                    else read(generate(asked.hosts, asked.servers, asked.seed)))
        cloud = Cloud(snapshot, Clock(asked.speed), asked.port, Faults(asked.late_refusals, asked.seed))
        # Of all that was built nothing is garbage; a search of it would hold up the answers.
        gc.freeze()
        stopped = _when_stopped()
        with cloud:
            print(_welcome(cloud), flush=True)
            stopped.wait()
    except WatcherError as error:
        print(f'watcher-sim: {error}', file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser('watcher-sim', description=__doc__)
    parser.add_argument('--cluster', type=Path, metavar='FILE', help='a cluster document, gzipped or not')
    parser.add_argument('--hosts', type=int, default=40)
    parser.add_argument('--servers', type=int, default=400)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--port', type=int, default=0, help='0: any that is free')
    parser.add_argument('--speed', type=float, default=1.0, help='simulated seconds in a real one')
    parser.add_argument('--late-refusals', action='store_true',
                        help='accept each migration, and say in its record alone that it can not be')
    return parser


def _when_stopped() -> threading.Event:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _welcome(cloud: Cloud) -> str:
    exports = ''.join(f'export OS_{key.upper()}={value}\n' for key, value in cloud.credentials().items())
    world = cloud.world
    return (f'# {len(world.hosts)} hosts, {len(world.servers)} servers; keystone at {cloud.auth_url}, '
            f'prometheus at {cloud.prometheus_url}\n{exports}'
            'export OS_IDENTITY_API_VERSION=3\nexport OS_REGION_NAME=RegionOne')


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""watcher-sync: makes the rows of goals, strategies and scoring engines those of the installed plug-ins."""

import sys
from collections.abc import Sequence

from watcher_py import plugins
from watcher_py.cmd import installed, settings
from watcher_py.core.errors import WatcherError
from watcher_py.db import session
from watcher_py.db.store import Store
from watcher_py.engine import catalogue

NAME = 'watcher-sync'


def main() -> int:
    return run(sys.argv[1:])


def run(arguments: Sequence[str]) -> int:
    """Align the catalogue, as each start of a decision engine does; errors are told in one sentence."""
    conf = settings.load(arguments, NAME)
    try:
        store = Store(session.connect(conf))
        catalogue.align(store, installed.strategies(conf), plugins.scoring_engines())
    except WatcherError as error:
        print(error, file=sys.stderr)
        return 1
    return 0

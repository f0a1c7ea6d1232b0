# SPDX-License-Identifier: Apache-2.0
"""The REST API for a WSGI server: watcher_py.wsgi.api:application."""

import os

from watcher_py.api.app import open_app
from watcher_py.cmd import settings

# Paths of configuration files, separated by semicolons, in place of /etc/watcher/watcher.conf.
FILES = 'OS_WATCHER_CONFIG_FILES'


def _arguments() -> list[str]:
    paths = os.environ.get(FILES, '').split(';')
    return [argument for path in paths if path.strip() for argument in ('--config-file', path.strip())]


application = open_app(settings.load(_arguments(), 'watcher-api'))

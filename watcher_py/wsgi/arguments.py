# SPDX-License-Identifier: Apache-2.0
"""The command line of an application that has none: a WSGI server loads it."""

import os

# Paths of configuration files, separated by semicolons, in place of /etc/watcher/watcher.conf.
FILES = 'OS_WATCHER_CONFIG_FILES'


def arguments() -> list[str]:
    paths = os.environ.get(FILES, '').split(';')
    return [argument for path in paths if path.strip() for argument in ('--config-file', path.strip())]

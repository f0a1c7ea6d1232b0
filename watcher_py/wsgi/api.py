# SPDX-License-Identifier: Apache-2.0
"""The REST API for a WSGI server, with the web console: watcher_py.wsgi.api:application."""

from watcher_py.api.app import open_app
from watcher_py.cmd import settings
from watcher_py.cmd.mounting import with_console
from watcher_py.wsgi.arguments import arguments

_conf = settings.load(arguments(), 'watcher-api')
application = with_console(open_app(_conf), _conf)

# SPDX-License-Identifier: Apache-2.0
"""The web console by itself, for a WSGI server: watcher_py.wsgi.dashboard:application."""

from watcher_py.cmd import settings
from watcher_py.cmd.mounting import console_at
from watcher_py.dashboard.door import Remote
from watcher_py.wsgi.arguments import arguments

_conf = settings.load(arguments(), 'watcher-dashboard')
application = console_at(Remote(_conf.dashboard.api_url), _conf)

# SPDX-License-Identifier: Apache-2.0
"""The web console beside the API, in one WSGI application."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from oslo_config.cfg import ConfigOpts
from oslo_middleware import HTTPProxyToWSGI

from watcher_py.dashboard import settings
from watcher_py.dashboard.app import make_console
from watcher_py.dashboard.door import Door, InProcess

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MOUNT = '/dashboard'


def with_console(api: Wsgi, conf: ConfigOpts) -> Wsgi:
    """The API, and under /dashboard the console, where it is enabled; the API sees nothing of that path."""
    if not conf.dashboard.enabled:
        return api
    console = console_at(InProcess(api), conf)

    def choose(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get('PATH_INFO', '')
        if path != MOUNT and not path.startswith(f'{MOUNT}/'):
            return api(environ, start_response)
        # Servers keep what they have made of a request: it is theirs.
        mount = environ.get('SCRIPT_NAME', '') + MOUNT
        return console({**environ, 'SCRIPT_NAME': mount, 'PATH_INFO': path[len(MOUNT):]}, start_response)

    return choose


def console_at(door: Door, conf: ConfigOpts) -> Wsgi:
    """The console at a way to the API; scheme, host and mount are as a proxy in front of it tells."""
    console = make_console(door, settings.read(conf))
    proxy = HTTPProxyToWSGI(None, conf)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Not around the console: it would make redirects absolute, with whatever host this server is told.
        proxy.process_request(SimpleNamespace(environ=environ))
        return console(environ, start_response)

    return serve

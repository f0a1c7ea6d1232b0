# SPDX-License-Identifier: Apache-2.0
"""The way into the cloud: an authenticated connection, from the configuration or from given credentials."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.request import getproxies

from keystoneauth1 import exceptions, identity, loading
from keystoneauth1.session import Session, TCPKeepAliveAdapter
from openstack.connection import Connection
from oslo_config.cfg import ConfigOpts

from watcher_py.core.errors import Invalid

GROUP = 'watcher_clients_auth'
APP_NAME = 'watcher'
SERVICES = ['compute', 'placement', 'identity', 'block-storage', 'baremetal']

# Without a limit, a service that accepts a call and never answers would hold its audit or its plan for ever.
ANSWER_WITHIN_SECONDS = 120

THREADS = 64            # that talk with one service at once
# In the environment, the file of the certificates that are trusted.
BUNDLES = ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE')


def connect(conf: ConfigOpts) -> Connection:
    """A connection as `[watcher_clients_auth]`, `[nova]` and its like say; nothing is asked yet."""
    try:
        auth = loading.load_auth_from_conf_options(conf, GROUP)
    except exceptions.ClientException as error:
        raise Invalid(f'[{GROUP}] can\'t be used: {error}') from error
    if auth is None:
        raise Invalid(f'[{GROUP}] auth_type is not set: the service can\'t log in to the cloud')
    session = loading.load_session_from_conf_options(conf, GROUP, auth=auth)
    _tune(session)
    return Connection(session=session, oslo_conf=conf, service_types=SERVICES, app_name=APP_NAME)


def connect_with(auth: Mapping[str, Any], region: str | None = None) -> Connection:
    """A connection for a password: auth_url, username, password, project_name, and the domains."""
    session = Session(auth=identity.Password(**auth))
    _tune(session)
    return Connection(session=session, region_name=region, app_name=APP_NAME)


def forget(connection: Connection) -> None:
    """Ask Keystone and the version documents again: what was once misread would be believed for good."""
    connection.session.invalidate()
    # Neither library has a public way to drop these; both fill them again when they are asked.
    for holder in (connection.session, connection.session.auth):
        cache = getattr(holder, '_discovery_cache', None)
        if cache is not None:
            cache.clear()
    connection._proxies.clear()


def _tune(session: Session) -> None:
    """Never wait for ever, and let many threads talk at once: each would open its connections anew."""
    if session.timeout is None:
        session.timeout = float(ANSWER_WITHIN_SECONDS)
    for scheme in ('http://', 'https://'):
        session.session.mount(scheme, TCPKeepAliveAdapter(pool_maxsize=THREADS))
    # requests searches the environment at each call, which takes a fifth of its time: once is enough, unless
    # there are proxies, which differ from host to host.
    session.session.trust_env = bool(getproxies())
    if session.verify is True:
        session.verify = next(filter(None, map(os.environ.get, BUNDLES)), True)

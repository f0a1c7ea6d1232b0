# SPDX-License-Identifier: Apache-2.0
"""What an operator sets about the console."""

from dataclasses import dataclass

from keystonemiddleware.opts import list_auth_token_opts
from oslo_config.cfg import ConfigOpts


@dataclass(frozen=True)
class Settings:
    """`ca` is what the certificate of Keystone is checked with: a file, or whether it is checked at all."""

    asks_for_login: bool = True
    auth_url: str | None = None
    project: str = 'admin'
    user_domain: str = 'Default'
    project_domain: str = 'Default'
    login_timeout: int = 20
    ca: str | bool = True
    secure_cookie: bool = False


def read(conf: ConfigOpts) -> Settings:
    """From [dashboard], and from what the API knows of Keystone."""
    for group, options in list_auth_token_opts():
        conf.register_opts(options, group=group)
    own, keystone = conf.dashboard, conf.keystone_authtoken
    return Settings(
        conf.enable_authentication, own.auth_url or keystone.www_authenticate_uri, own.project,
        own.user_domain, own.project_domain, own.login_timeout,
        False if keystone.insecure else keystone.cafile or True, own.secure_cookie)

# SPDX-License-Identifier: Apache-2.0
"""[watcher_clients_auth]: who we are to the cloud, and [nova] and its like: where each service is found."""

from keystoneauth1 import loading
from oslo_config import cfg

GROUP = 'watcher_clients_auth'
CLOUD_SERVICES = ('nova', 'placement', 'keystone', 'cinder', 'ironic')


def register(conf: cfg.ConfigOpts) -> None:
    loading.register_session_conf_options(conf, GROUP)
    loading.register_auth_conf_options(conf, GROUP)
    for group in (GROUP, *CLOUD_SERVICES):
        loading.register_adapter_conf_options(conf, group, include_deprecated=False)


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """As oslo.config's generator wants them; those of a password stand for the many ways to authenticate."""
    where = loading.get_adapter_conf_options(include_deprecated=False)
    who = [*loading.get_session_conf_options(), *loading.get_auth_common_conf_options(),
           *loading.get_auth_plugin_conf_options('password'), *where]
    return [(GROUP, who), *((service, where) for service in CLOUD_SERVICES)]

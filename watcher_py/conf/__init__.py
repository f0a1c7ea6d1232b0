# SPDX-License-Identifier: Apache-2.0
"""What an operator may set: a module a group."""

from oslo_config import cfg

from watcher_py.conf import (
    aetos_client,
    api,
    applier,
    collector,
    dashboard,
    data_models,
    database,
    datasources,
    decision_engine,
    execution,
    gnocchi_client,
    grafana_client,
    grafana_translators,
    nova,
    prometheus_client,
    service,
    strategies,
    watcher_clients_auth,
)

MODULES = (service, api, dashboard, decision_engine, applier, execution, nova, collector, datasources,
           prometheus_client, aetos_client, gnocchi_client, grafana_client, grafana_translators)


def register(conf: cfg.ConfigOpts) -> None:
    """Make our options known to this configuration; oslo's other libraries register their own."""
    for module in MODULES:
        # A group object that two configurations shared would leak overrides from one to the other.
        group = module.GROUP and cfg.OptGroup(module.GROUP.name, module.GROUP.title)
        conf.register_opts(module.OPTIONS, group)
    database.register(conf)
    data_models.register(conf)
    watcher_clients_auth.register(conf)
    strategies.register(conf)


def list_opts() -> list[tuple[cfg.OptGroup | str | None, list[cfg.Opt]]]:
    """Ours, for oslo-config-generator."""
    return [*((module.GROUP, module.OPTIONS) for module in MODULES), *data_models.list_opts(),
            *watcher_clients_auth.list_opts(), *strategies.list_opts()]

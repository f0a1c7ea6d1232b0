# SPDX-License-Identifier: Apache-2.0
"""The strategies that are installed, with the defaults that the configuration sets."""

from oslo_config.cfg import ConfigOpts

from watcher_py import plugins
from watcher_py.conf.strategies import defaults
from watcher_py.core.strategy import Strategy, configured


def strategies(conf: ConfigOpts) -> dict[str, Strategy]:
    return {name: configured(strategy, defaults(conf, name))
            for name, strategy in plugins.strategies().items()}

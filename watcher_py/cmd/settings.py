# SPDX-License-Identifier: Apache-2.0
"""The configuration of a program: its files and its command line."""

import sys
from collections.abc import Sequence

from oslo_config import cfg
from oslo_log import log

from watcher_py import conf as options

PROJECT = 'watcher'             # /etc/watcher/watcher.conf, unless --config-file names others
BAD_INPUT = 2


def load(argv: Sequence[str], prog: str, arguments: Sequence[cfg.Opt] = ()) -> cfg.ConfigOpts:
    """All options of watcher_py, read, with logging set up as they say; `arguments` are the program's own.

    What can't be read ends the program with one sentence.
    """
    conf = cfg.ConfigOpts()
    # Of a database that is away our own lines tell; oslo.db would add a traceback for each try.
    log.set_defaults(default_log_levels=[*log.get_default_log_levels(), 'oslo_db.api=CRITICAL'])
    log.register_options(conf)
    options.register(conf)
    conf.register_cli_opts(arguments)
    try:
        conf(list(argv), project=PROJECT, prog=prog)
        _check(conf)
    except cfg.Error as error:
        sys.stderr.write(f'{prog}: {str(error).strip()}\n')
        raise SystemExit(BAD_INPUT) from None
    log.setup(conf, PROJECT)
    return conf


def _check(conf: cfg.ConfigOpts) -> None:
    """Read each of our options: a value that is none is told now, not when it is first needed."""
    for module in options.MODULES:
        group = conf if module.GROUP is None else conf[module.GROUP.name]
        for option in module.OPTIONS:
            group[option.dest]
    for part, found in options.data_models.list_opts():
        for option in found:
            conf[part.name][option.dest]

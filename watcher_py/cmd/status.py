# SPDX-License-Identifier: Apache-2.0
"""watcher-status: tells before an upgrade, or any start, whether the services will find what they need."""

import sys
from typing import Any

from oslo_config import cfg
from oslo_upgradecheck import common_checks, upgradecheck
from oslo_upgradecheck.upgradecheck import Code, Result

from watcher_py import conf as options
from watcher_py.cloud import session as cloud
from watcher_py.cloud.compute import Compute
from watcher_py.core.errors import WatcherError
from watcher_py.db import schema
from watcher_py.db.session import connect

FAULTY_CONFIGURATION = 255      # as oslo.upgradecheck has it for what no check tells


def main() -> int:
    return run(sys.argv[1:])


def run(arguments: list[str]) -> int:
    """0 when all is well, 1 with warnings, 2 when a check failed."""
    conf = cfg.ConfigOpts()
    options.register(conf)
    try:
        return int(upgradecheck.main(conf, 'watcher', Checks(conf), arguments))
    except cfg.Error as error:
        print(f'watcher-status: {str(error).strip()}', file=sys.stderr)
        return FAULTY_CONFIGURATION


class Checks(upgradecheck.UpgradeCommands):
    """What `upgrade check` looks at, in this order."""

    def __init__(self, conf: cfg.ConfigOpts):
        super().__init__()
        self._conf = conf

    def _database(self) -> Result:
        """The tables are of the newest revision."""
        try:
            found, newest = schema.version(connect(self._conf)), schema.head()
        except WatcherError as error:
            return Result(Code.FAILURE, str(error))
        if found == newest:
            return Result(Code.SUCCESS)
        return Result(Code.FAILURE, f'The tables are at revision {found or "none"}, and {newest} is needed: '
                                    'run watcher-db-manage upgrade.')

    def _nova(self) -> Result:
        """Nova answers the configured account, in a microversion that is new enough."""
        try:
            missing = Compute(cloud.connect(self._conf), tries=1).services().missing
        except WatcherError as error:
            return Result(Code.FAILURE, str(error))
        return Result(Code.FAILURE, missing) if missing else Result(Code.SUCCESS)

    def _policy(self) -> Result:
        return common_checks.check_policy_json(self, self._conf)

    _upgrade_checks: tuple[Any, ...] = (
        ('Database at the newest revision', _database),
        ('Nova answers and is new enough', _nova),
        ('Policy file is YAML', _policy))

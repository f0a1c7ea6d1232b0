# SPDX-License-Identifier: Apache-2.0
"""Metrics from a file that somebody keeps up to date: {metric: {host or server: value}}."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from keystoneauth1.session import Session
from oslo_config import cfg

from watcher_py.core.errors import Invalid, NotFound, Unavailable
from watcher_py.core.metrics import MetricNeed
from watcher_py.datasources.contract import Measured, Series


class JsonFile:
    name = 'json_file'
    OPTIONS: ClassVar[Sequence[cfg.Opt]] = [cfg.StrOpt('path', help='Where the file is.')]

    def __init__(self, options: Any, session: Callable[[], Session]) -> None:
        if not options.path:
            raise Invalid('[json_file_client] path is not set')
        self._path = Path(options.path)

    def read(self, need: MetricNeed) -> Measured:
        if need.aggregate != 'mean':
            raise Invalid(f'{self.name} has means only, not {need.aggregate}')
        try:
            metrics = json.loads(self._path.read_text())
        except (OSError, ValueError) as error:
            raise Unavailable(f'{self.name} can not be read: {error}') from error
        if need.metric not in metrics:
            raise NotFound(f'{self.name} has no {need.metric}')
        return Measured(metrics[need.metric])

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        raise NotFound(f'{self.name} keeps no samples')

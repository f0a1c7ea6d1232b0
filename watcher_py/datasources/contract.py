# SPDX-License-Identifier: Apache-2.0
"""What every source of metrics can do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from keystoneauth1.session import Session
from oslo_config import cfg

from watcher_py.core.cluster import Floats
from watcher_py.core.metrics import MetricNeed


class Fault(StrEnum):
    """Why a host or server that a source has heard of has no value."""

    STALE = 'stale'                     # its newest sample is older than `MetricNeed.fresh_within`
    NOT_FINITE = 'not a number'         # NaN or infinite
    TWICE = 'duplicated'                # two series claim to be its


@dataclass(frozen=True)
class Measured:
    """One metric of everything that the source knows it of, by host name or server uuid.

    A name is in `values`, finite, or in `faults`, or the source has never heard of it. INSTANCE_CPU comes in
    % of one CPU, unless it is said: a source doesn't know how many vCPUs a server has.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    newest: float | None = None         # of the samples looked at, seconds since the epoch; None: unknown
    of_all_vcpus: bool = False          # INSTANCE_CPU comes in % of all of the server's vCPUs


@dataclass(frozen=True, eq=False)
class Series:
    """What one host or server measured, in order of time."""

    times: Floats                       # [T] seconds since the epoch, at which each step ends
    values: Floats                      # [T] finite
    of_all_vcpus: bool = False          # as in Measured


class MetricSource(Protocol):
    """A monitoring system."""

    @property
    def name(self) -> str:
        """As the operator calls it in `[watcher_datasources] datasources`."""

    def read(self, need: MetricNeed) -> Measured:
        """The metric of everything, in one query, or one per 1,000 series.

        NotFound when the source doesn't have the metric, Invalid when it doesn't have the aggregate,
        Unavailable when it doesn't answer, Refused when it says no.
        """

    def series(self, need: MetricNeed) -> Mapping[str, Series]:
        """The samples over the last `period` seconds, one each `granularity`, by host name or server uuid.

        In one query, with the same errors; the need's aggregate says what becomes of what falls in one step.
        """


class PluggedInSource(MetricSource, Protocol):
    """One of other people's, that is called NAME: a class in the entry point group `watcher_datasources`.

    The constructor is handed the values of OPTIONS, which stand in the group `[NAME_client]` of the
    configuration, and a function that gives a session of Keystone. It asks nothing yet, and raises Invalid
    when the options can't be used.
    """

    OPTIONS: ClassVar[Sequence[cfg.Opt]]

    def __init__(self, options: Any, session: Callable[[], Session]) -> None: ...

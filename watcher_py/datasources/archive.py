# SPDX-License-Identifier: Apache-2.0
"""Series as an archive keeps them, a value for each step that saw a sample, and what they come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from watcher_py.core.cluster import Bools, Floats, Ints
from watcher_py.core.metrics import MetricNeed
from watcher_py.datasources.contract import Fault, Measured, Series

Sample = tuple[float, float]            # where its step begins, seconds since the epoch; value


@dataclass(frozen=True, eq=False)
class Archive:
    """Series side by side. A step's value is a sample of the moment at which the step ends."""

    names: tuple[str, ...]              # [S] of hosts or servers; one that comes twice has two series
    ends: Floats                        # [T] seconds since the epoch, ascending
    values: Floats                      # [S, T]
    seen: Bools                         # [S, T] a sample is there, be it finite or not
    step: float                         # seconds
    counts: bool = False                # the values are numbers of samples


def of(rows: Sequence[tuple[str, Sequence[Sample]]], step: float, counts: bool = False) -> Archive:
    """Samples of names, side by side."""
    begins = sorted({begin for _, samples in rows for begin, _ in samples})
    columns = {begin: column for column, begin in enumerate(begins)}
    values = np.full((len(rows), len(begins)), np.nan)
    seen = np.zeros(values.shape, dtype=bool)
    for row, (_, samples) in enumerate(rows):
        places = [columns[begin] for begin, _ in samples]
        values[row, places] = [value for _, value in samples]
        seen[row, places] = True
    return Archive(tuple(name for name, _ in rows), np.array(begins, dtype=np.float64) + step,
                   values, seen, step, counts)


def growth(counters: Archive, window: float) -> Archive:
    """How much counters grow a second: at the end of each window, measured back over at least its length.

    What falls was reset: by how much it grew nobody knows.
    """
    if not len(counters.ends):
        return counters
    last = np.maximum.accumulate(np.where(counters.seen, np.arange(len(counters.ends)), -1), axis=1)
    earlier = np.searchsorted(counters.ends, counters.ends - window, side='right') - 1
    before = np.where(earlier >= 0, last[:, earlier], -1)
    time = np.where(before >= 0, counters.ends - counters.ends[before], np.inf)
    with np.errstate(invalid='ignore'):         # what is not finite stays so, and is told of later
        rates = (counters.values - np.take_along_axis(counters.values, before, axis=1)) / time
    known = counters.seen & (before >= 0) & ~(rates < 0)
    windows = _cells(counters, window)
    return replace(counters, ends=windows * window, values=rates, seen=_last_of_each(windows, known))


def scaled(archive: Archive, factor: float) -> Archive:
    """The same in another unit."""
    return replace(archive, values=archive.values * factor)


def judge(archives: Sequence[Archive], need: MetricNeed, now: float) -> Measured:
    """Each name's aggregate over the period, or what is wrong with it."""
    values: dict[str, float] = {}
    faults: dict[str, Fault] = {}
    newest: float | None = None
    for archive in archives:
        latest = _latest(archive, now)
        fresh = now - latest <= _fresh_within(archive, need)
        if np.isfinite(latest).any():
            newest = max(newest or 0, float(latest.max()))
        of_period = _aggregate(_lately(archive, need, now), need)
        for name, value, is_fresh in zip(archive.names, of_period, fresh, strict=True):
            if not is_fresh:
                # Of two series the one that goes on is the name's.
                if name not in values:
                    faults.setdefault(name, Fault.STALE)
            elif name in values or faults.get(name, Fault.STALE) is not Fault.STALE:
                values.pop(name, None)
                faults[name] = Fault.TWICE
            elif np.isfinite(value):
                faults.pop(name, None)
                values[name] = float(value)
            else:
                faults[name] = Fault.NOT_FINITE
    return Measured(values, faults, newest)


def series(archives: Sequence[Archive], need: MetricNeed, now: float) -> dict[str, Series]:
    """Each name's aggregate over each step of the need's; of a name that comes twice nothing is known."""
    found: dict[str, Series] = {}
    twice: set[str] = set()
    for archive in archives:
        steps = _in_steps(_lately(archive, need, now), need, now)
        for name, values, seen in zip(steps.names, steps.values, steps.seen, strict=True):
            known = seen & np.isfinite(values)
            if known.any():
                twice |= {name} & found.keys()
                found[name] = Series(steps.ends[known], values[known])
    return {name: one for name, one in found.items() if name not in twice}


def _lately(archive: Archive, need: MetricNeed, now: float) -> Archive:
    """The steps that ended within the period; where there is none, what else is fresh."""
    period = max(need.period, archive.step)
    ended = archive.seen & (archive.ends > now - period) & (archive.ends <= now)
    other = archive.seen & (archive.ends > now - _fresh_within(archive, need))
    return replace(archive, seen=np.where(ended.any(axis=1, keepdims=True), ended, other))


def _fresh_within(archive: Archive, need: MetricNeed) -> float:
    """A sample takes a while to get into an archive: its step may be over by then."""
    return max(need.fresh_within, 2 * archive.step)


def _latest(archive: Archive, now: float) -> Floats:
    """When each series was last seen; long ago when never."""
    if not len(archive.ends):
        return np.full(len(archive.names), -np.inf)
    latest: Floats = np.where(archive.seen, np.minimum(archive.ends, now), -np.inf).max(axis=1)
    return latest


def _aggregate(archive: Archive, need: MetricNeed) -> Floats:
    """By series; NaN where there is no sample, or one that is not finite."""
    known = np.where(archive.seen, archive.values, np.nan)
    sound = archive.seen.any(axis=1) & (np.isfinite(archive.values) | ~archive.seen).all(axis=1)
    result = np.full(len(archive.names), np.nan)
    if not sound.any():
        return result
    if need.percentile is not None:
        result[sound] = _percentile(known[sound], need.percentile)
    elif need.aggregate == 'count':
        result[sound] = np.nansum(known[sound], axis=1) if archive.counts else archive.seen[sound].sum(axis=1)
    else:
        result[sound] = _AGGREGATES[need.aggregate](known[sound])
    return result


_AGGREGATES: Mapping[str, Callable[[Floats], Floats]] = {
    'mean': lambda known: np.nanmean(known, axis=1),
    'min': lambda known: np.nanmin(known, axis=1),
    'max': lambda known: np.nanmax(known, axis=1)}


def _percentile(known: Floats, percentile: float) -> Floats:
    """Of each row's numbers, between the two that are nearest; numpy's own looks at row after row."""
    ordered = np.sort(known, axis=1)            # NaN goes to the end
    place = (np.isfinite(known).sum(axis=1) - 1) * percentile / 100
    rows, low, high = np.arange(len(known)), np.floor(place).astype(int), np.ceil(place).astype(int)
    below, above = ordered[rows, low], ordered[rows, high]
    between: Floats = below + (above - below) * (place - low)
    return between


def _in_steps(archive: Archive, need: MetricNeed, now: float) -> Archive:
    """The same in steps of the need's granularity, as far as they have ended."""
    cells = _cells(archive, need.granularity)
    ends = np.unique(cells[cells * need.granularity <= now])
    parts = [replace(archive, values=archive.values[:, cells == end], seen=archive.seen[:, cells == end])
             for end in ends]
    values = np.array([_aggregate(part, need) for part in parts]).reshape(len(ends), len(archive.names)).T
    return replace(archive, ends=ends * need.granularity, values=values, seen=np.isfinite(values),
                   step=need.granularity)


def _last_of_each(cells: Floats, known: Bools) -> Bools:
    """Of what is known the last in each cell."""
    series, total = known.shape
    places = np.where(known, np.arange(total), total)
    following: Ints = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    following = np.concatenate([following[:, 1:], np.full((series, 1), total)], axis=1)
    last: Bools = known & (np.append(cells, np.inf)[following] != cells)
    return last


def _cells(archive: Archive, length: float) -> Floats:
    """In which stretch of this length each step ends, counted from the epoch."""
    cells: Floats = np.ceil(archive.ends / length)
    return cells

# SPDX-License-Identifier: Apache-2.0
"""The actions of a plan side by side: a lane for each of them, or for each host where they are many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watcher_py.dashboard.plan.timing import Span

FEW = 40            # actions that have a lane each
MOST = 400          # lanes of a picture


@dataclass(frozen=True)
class Lane:
    """Spans of one action or host; those that overlap lie on tracks of their own."""

    label: str
    tracks: Sequence[Sequence[Span]]


@dataclass(frozen=True)
class Lanes:
    """What is drawn, and how many hosts share the last lane for want of room."""

    lanes: Sequence[Lane]
    seconds: float
    are_hosts: bool
    folded: int = 0


def lanes_of(spans: Sequence[Span], few: int = FEW, most: int = MOST) -> Lanes:
    """Actions in the order in which they begin, hosts in the order in which they are done."""
    seconds = max((span.end for span in spans), default=0.0)
    if len(spans) <= few:
        return Lanes([Lane(span.deed.name, [[span]]) for span in spans], seconds, False)
    by_host: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        by_host[span.deed.source or span.deed.name].append(span)
    hosts = sorted(by_host.items(), key=lambda host: max(span.end for span in host[1]))
    if len(hosts) <= most:
        return Lanes([Lane(name, _tracks(its)) for name, its in hosts], seconds, True)
    kept, rest = hosts[:most - 1], hosts[most - 1:]
    folded = Lane(f'{len(rest)} more', [_one_after_another(span for _, its in rest for span in its)])
    return Lanes([*(Lane(name, _tracks(its)) for name, its in kept), folded], seconds, True, len(rest))


def _tracks(spans: Iterable[Span]) -> list[list[Span]]:
    """As few as keep those apart that overlap."""
    tracks: list[list[Span]] = []
    for span in spans:
        free = next((track for track in tracks if track[-1].end <= span.begin), None)
        if free is None:
            tracks.append([span])
        else:
            free.append(span)
    return tracks


def _one_after_another(spans: Iterable[Span]) -> list[Span]:
    """Those that begin when the one before has ended: what is left shows when something goes on."""
    track: list[Span] = []
    for span in sorted(spans, key=lambda span: span.begin):
        if not track or span.end > track[-1].end:
            track.append(span)
    return track

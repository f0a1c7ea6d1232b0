# SPDX-License-Identifier: Apache-2.0
"""What is asked of Cinder about one volume: once, however often the process that asks dies."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from watcher_py.applier.actions.asking import Asking
from watcher_py.cloud.volume_rows import VolumeMessage, VolumeNow
from watcher_py.cloud.volumes import Volumes
from watcher_py.core.errors import NotFound, Refused

# Cinder's words for a volume that is on its way.
MIGRATING = frozenset({'starting', 'migrating', 'completing'})
BUSY = frozenset({'retyping', 'maintenance'})
USABLE = frozenset({'available', 'in-use'})

# What the copy of a GB may take at most, in seconds: 17 MB a second.
SECONDS_A_GB = 60.0
# A volume whose size Cinder doesn't tell.
LARGE_GB = 1024.0
# A volume that lies still, but not where it should, has to be seen so this often: between two of Cinder's
# steps it can look like that.
LOOKS = 2


@dataclass(frozen=True)
class Aim:
    """Where a volume is to lie, or of which type it is to be; one of the two."""

    pool: str | None = None
    type: str | None = None             # its name

    def __str__(self) -> str:
        return f'pool {self.pool}' if self.pool is not None else f'type {self.type}'

    def is_reached(self, volume: VolumeNow) -> bool:
        if self.pool is not None:
            return self.pool in (volume.pool, volume.cluster_pool)
        return self.type == volume.type


@dataclass(frozen=True)
class VolumePassage:
    """A volume's way to its aim; it is `called` so in sentences."""

    volumes: Volumes
    volume: str
    called: str
    asking: Asking
    aim: Aim

    def begin(self) -> None:
        """Ask for it, and wait until the volume is there."""
        now, told = self._now(), self._newest_message()
        self.asking.run.memory.note(message=told, **_marks(now))
        self._ask(now)

    def resume(self) -> None:
        """Go on with what another process has begun."""
        if not self.asking.run.memory:
            self.begin()
        elif self._was_heard():
            self._follow(self._now())
        else:
            self._ask(self._now())

    def take_back(self) -> None:
        """As begin() or resume(), where the volume isn't there already."""
        if self.asking.run.memory or not self.aim.is_reached(self._now()):
            self.resume()
        self.verify()

    def verify(self) -> None:
        """Refused unless Cinder shows it there, and usable."""
        now = self._now()
        if not self.aim.is_reached(now):
            raise Refused(f'volume {self.called} is {_place(now)}; it was to go to {self.aim}')
        if now.status not in USABLE or _is_on_its_way(now):
            raise Refused(f'volume {self.called} has come to {self.aim}, but it is {now.status}')

    @property
    def _what(self) -> str:
        return f'volume {self.called} to come to {self.aim}'

    def _ask(self, now: VolumeNow) -> None:
        self.asking.request(self._request(), self._was_heard, self._what)
        self._follow(now)

    def _request(self) -> Callable[[], None]:
        pool, new_type = self.aim.pool, self.aim.type or ''
        if pool is None:
            return lambda: self.volumes.retype(self.volume, new_type)
        is_of_cluster = self.volumes.is_of_cluster(pool)
        return lambda: self.volumes.migrate(self.volume, pool, is_of_cluster)

    def _now(self) -> VolumeNow:
        return self.asking.answer(lambda: self.volumes.volume(self.volume), f'volume {self.called}')

    def _was_heard(self) -> bool:
        """Cinder marks a volume before it answers a request, and when it comes to its end."""
        return any(self.asking.run.memory.get(mark) != value for mark, value in _marks(self._now()).items())

    def _follow(self, volume: VolumeNow) -> None:
        size = LARGE_GB if math.isnan(volume.size) else volume.size
        asking = self.asking.at_length(self.asking.settings.timeout + size * SECONDS_A_GB)
        lies_still = 0

        def is_over() -> bool:
            nonlocal lies_still
            now = self.volumes.volume(self.volume)
            if _is_on_its_way(now):
                lies_still = 0
                return False
            if self.aim.is_reached(now):
                return True
            lies_still += 1
            if lies_still >= LOOKS:
                raise Refused(f'volume {self.called} did not come to {self.aim}, it stays {_place(now)}: '
                              f'{self._reason()}')
            return False
        asking.until(is_over, self._what)

    def _reason(self) -> str:
        """Cinder has a message for some of the failures only."""
        for told in self._messages()[:1]:
            if told.id != self.asking.run.memory.get('message'):
                return told.text
        return 'Cinder gives no reason'

    def _newest_message(self) -> str | None:
        told = self.asking.answer(self._messages, f'the messages of volume {self.called}')
        return told[0].id if told else None

    def _messages(self) -> list[VolumeMessage]:
        """None where Cinder has them for nobody, or not for who asks."""
        try:
            return self.volumes.messages(self.volume)
        except (NotFound, Refused):
            return []


def _is_on_its_way(volume: VolumeNow) -> bool:
    return volume.status in BUSY or volume.migration_status in MIGRATING


def _place(volume: VolumeNow) -> str:
    return f'in pool {volume.pool}, of type {volume.type or "none"}'


def _marks(volume: VolumeNow) -> dict[str, str | None]:
    return {'pool': volume.pool, 'type': volume.type, 'status': volume.status,
            'migration_status': volume.migration_status, 'updated': volume.updated}

# SPDX-License-Identifier: Apache-2.0
"""Have Nova move a server: asked once, followed, confirmed, and taken up again after a crash."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from watcher_py.applier.actions.contract import Cancelled, Cloud, Run, Settings
from watcher_py.applier.actions.passage import UNHEARD, WAITS_FOR_CONFIRMATION, Passage, Route
from watcher_py.applier.actions.patience import patiently, rest, until
from watcher_py.applier.traffic import ABORTED, DONE, FAILED, FINISHED
from watcher_py.cloud.compute_rows import Birth, ServerNow
from watcher_py.core.errors import NotFound, Refused, Unavailable, WatcherError

LOG = logging.getLogger(__name__)

# How often a request that Nova shows no trace of is sent, and how often it may refuse to confirm.
TRIES = 3


# Nova's word for a migration that was to be confirmed.
TAKEN_BACK = 'reverted'


def _always(server: ServerNow) -> bool:
    return True


def _never(server: ServerNow) -> bool:
    return False


class Journey:
    """One server's way, asked for by `ask` unless the memory and the cloud show that it was.

    A migration that waits for a word is confirmed if it `keeps` what came of it, else taken back.
    """

    def __init__(self, route: Route, ask: Callable[[], None], cloud: Cloud, settings: Settings, run: Run,
                 keeps: Callable[[ServerNow], bool] = _always):
        self._route, self._request, self._keeps = route, ask, keeps
        self._cloud, self._settings, self._run = cloud, settings, run
        self._refusals = 0

    def begin(self, since: str, **more: Any) -> ServerNow:
        """The server as it stands at the end; `since` is when it last changed before, by Nova's clock.

        What is noted besides is noted before Nova is asked. Cancelled when it was to stop, else a
        WatcherError that says what became of it.
        """
        former = patiently(self._newest, self._settings, self._run)
        self._run.memory.note(**{'former': former, 'since': since, 'from': self._route.source}, **more)
        self._stop_if_told()
        wrong = self._ask(is_first=True)
        # By then the one question for all migrations tells of it: it need not be asked about by itself.
        rest(self._settings, self._run)
        return self._to_its_end(wrong)

    def resume(self) -> ServerNow:
        """As `begin`, for what has been asked for, or was about to be."""
        if patiently(self._is_unheard, self._settings, self._run):
            self._stop_if_told()
            return self._to_its_end(self._ask())
        return self._to_its_end(None)

    def take_back(self) -> None:
        """Have Nova undo a migration that waits for a word; a WatcherError when that can't be."""
        self._keeps = _never
        passage = self._passage()
        self._until_it_has_its_word(passage)
        word = passage.follow(DONE | FAILED)
        if word != TAKEN_BACK:
            raise Refused(f'{self._why(passage, word)}; {self._whereabouts()}')
        self._settled()

    def abort(self) -> None:
        """Stop it if it is live; one that is cold runs to its end."""
        if self._run.memory:
            self._passage().abort()

    def was_gone_on_from(self) -> bool:
        """Whether it was carried out, and the server has gone on from there by a later migration."""
        record = self._passage().record() if self._run.memory else None
        if record is None or record.status not in DONE:
            return False
        later = self._cloud.traffic.after(self._route.server, record.birth)
        return bool(later) and later[0].source == record.target

    def _newest(self) -> Birth | None:
        self._stop_if_told()
        newest = self._cloud.compute.newest_migration(self._route.server)
        return newest.birth if newest else None

    def _is_unheard(self) -> bool:
        if self._passage().record() is not None:
            return False
        return self._route.is_before_it(self._cloud.compute.server(self._route.server))

    def _ask(self, is_first: bool = False) -> WatcherError | None:
        """What went wrong, where Nova may have heard all the same: now, or from a process that died."""
        self._run.guard()
        try:
            self._request()
        except Unavailable as error:
            LOG.warning('Nova may have heard it: %s', error)
            return error
        except Refused as error:
            if is_first:
                raise
            return error
        return None

    def _to_its_end(self, wrong: WatcherError | None) -> ServerNow:
        for tries_left in reversed(range(TRIES)):
            passage = self._passage()
            word = passage.follow(DONE | FAILED | {FINISHED, UNHEARD})
            if word != UNHEARD or not isinstance(wrong, Unavailable) or not tries_left:
                break
            self._stop_if_told()
            wrong = self._ask()
        if word == FINISHED:
            self._until_it_has_its_word(passage)
            word = passage.follow(DONE | FAILED)
        if word in DONE:
            return self._settled()
        raise self._failure(passage, word, wrong)

    def _until_it_has_its_word(self, passage: Passage) -> None:
        until(lambda: self._gives_word(passage), self._settings, f'the word on server {self._route.name}',
              self._run)

    def _gives_word(self, passage: Passage) -> bool:
        """Whether the migration waits no more; a Nova that confirms by itself may be quicker."""
        if passage.status() != FINISHED:
            return True
        server = self._cloud.compute.server(self._route.server)
        if server.status != WAITS_FOR_CONFIRMATION or server.task_state:
            return False
        self._run.guard()
        compute = self._cloud.compute
        try:
            (compute.confirm_resize if self._keeps(server) else compute.revert_resize)(self._route.server)
        except Refused:
            self._refusals += 1
            if self._refusals == TRIES:
                raise
            return False
        return True

    def _settled(self) -> ServerNow:
        found: list[ServerNow] = []

        def look() -> bool:
            found[:] = [self._cloud.compute.server(self._route.server)]
            return found[0].task_state is None

        until(look, self._settings, f'server {self._route.name} to settle', self._run)
        return found[0]

    def _failure(self, passage: Passage, word: str, wrong: WatcherError | None) -> Exception:
        if word == UNHEARD and wrong is not None:
            return wrong
        where = self._whereabouts()
        if self._run.stop.is_set() and (passage.is_aborted or word in (ABORTED, TAKEN_BACK)):
            return Cancelled()
        return Refused(f'{self._why(passage, word)}; {where}')

    def _why(self, passage: Passage, word: str) -> str:
        way = (f'{self._route.name} from {self._route.source} '
               f'to {self._route.target or "a host that Nova chooses"}')
        if passage.is_late and passage.is_aborted:
            return f'moving {way} took longer than {self._settings.timeout:g} s; it was stopped'
        with suppress(NotFound, Refused, Unavailable):
            since = self._run.memory.get('since') or ''
            if reason := self._cloud.compute.failure_reason(self._route.server, since):
                return reason
        if word == UNHEARD:
            return f'Nova took the request to move {way}, and shows nothing of it'
        return f'Nova ended moving {way} with {word!r}, and gives no reason'

    def _whereabouts(self) -> str:
        try:
            server = self._settled()
        except NotFound:
            return 'the server is gone'
        except Unavailable as error:
            return f'where it stands is not known: {error}'
        still = 'still ' if server.host == self._route.source else ''
        return f'the server is {still}on {server.host or "no host"}, {server.status}'

    def _stop_if_told(self) -> None:
        if self._run.stop.is_set():
            raise Cancelled

    def _passage(self) -> Passage:
        former = self._run.memory.get('former')
        return Passage(self._route, former and tuple(former), self._cloud, self._settings, self._run)

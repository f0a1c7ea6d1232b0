# SPDX-License-Identifier: Apache-2.0
"""The exceptions of the whole service; each carries the sentence that its reader needs."""


class WatcherError(Exception):
    """Something that an operator or a caller is told about, in one clear sentence."""


class Invalid(WatcherError):
    """What was given can't be used: a document, a parameter, a body."""


class NotFound(WatcherError):
    """There is nothing of that name or id."""


class Conflict(WatcherError):
    """It clashes with what is there: a name that is taken, a state that doesn't allow it."""


class Refused(WatcherError):
    """The cloud said no."""


class Unavailable(WatcherError):
    """A service that is needed doesn't answer."""


class TakenOver(WatcherError):
    """Another process has taken over what this one was doing: it has to let go of it, untouched."""

# SPDX-License-Identifier: Apache-2.0
"""Run a transaction: again where it lost against another, and with its failure in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from oslo_db import api as db_api
from oslo_db import exception as db_error
from sqlalchemy import exc as sql_error
from sqlalchemy.orm import Session

from watcher_py.core.errors import Conflict, Invalid, Unavailable
from watcher_py.db.session import Sessions, first_line

T = TypeVar('T')
Work = Callable[[Session], T]

TRIES = 8
FIRST_PAUSE = 0.05      # seconds; doubled each time, up to
LONGEST_PAUSE = 1.0


def read(sessions: Sessions, work: Work[T]) -> T:
    """What the work reads; asked again when the connection breaks."""
    return _run(sessions, work, 'the question', is_harmless_twice=True)


def write(sessions: Sessions, work: Work[T], about: str) -> T:
    """What the work returns once it is stored; `about` is what it stores, for those who read of a failure.

    The work is run again only if the database undid it: after a broken connection nobody knows.
    """
    return _run(sessions, work, about, is_harmless_twice=False)


def _run(sessions: Sessions, work: Work[T], about: str, is_harmless_twice: bool) -> T:
    def once() -> T:
        with sessions.begin() as session:
            return work(session)

    def may_go_again(error: Exception) -> bool:
        return _is_sqlite_locked(error) or (is_harmless_twice and _is_refused(error))

    again = db_api.wrap_db_retry(
        max_retries=TRIES, retry_interval=FIRST_PAUSE, max_retry_interval=LONGEST_PAUSE, jitter=True,
        retry_on_deadlock=True, retry_on_disconnect=is_harmless_twice, exception_checker=may_go_again)
    with _plain_words(about):
        return again(once)()  # type: ignore[no-any-return]


def _is_sqlite_locked(error: Exception) -> bool:
    return isinstance(error, sql_error.OperationalError) and 'is locked' in str(error)


def _is_refused(error: Exception) -> bool:
    """PostgreSQL is away: oslo.db knows what an older driver said of it."""
    return (isinstance(error, sql_error.OperationalError) and error.statement is None
            and 'connection' in str(error))


@contextmanager
def _plain_words(about: str) -> Iterator[None]:
    try:
        yield
    except db_error.DBDuplicateEntry as error:
        taken = ' and '.join(column for column in error.columns if column != 'deleted')
        raise Conflict(f'{about} exists already: another one has the same {taken}') from error
    except db_error.DBReferenceError as error:
        raise Conflict(f'{about} refers to something that is not there') from error
    except (db_error.DBConnectionError, db_error.DBDeadlock, db_error.DBNonExistentTable,
            sql_error.OperationalError, sql_error.TimeoutError) as error:
        raise Unavailable(f'the database did not take {about}: {first_line(error)}') from error
    except db_error.DBInvalidUnicodeParameter as error:
        raise Invalid(f'{about} holds text that is not Unicode') from error
    except db_error.DBError as error:
        if _is_about_a_value(error):
            raise Invalid(f'{about} holds a value that the database cannot: {first_line(error)}') from error
        raise


def _is_about_a_value(error: db_error.DBError) -> bool:
    return isinstance(error, db_error.DBDataError) or isinstance(error.inner_exception, sql_error.DataError)

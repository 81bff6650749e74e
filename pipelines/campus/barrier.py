"""The barrier around one file or one feed: what nobody foresaw inside it stays inside it.

A bad feed never stops another, whatever is wrong with it and whatever is wrong with our code for it.
What is wrong with the machine (no memory, no room) or asked for by a person (an interruption) goes
through. The one place where every error is caught. Here must not live: what becomes of the feed.
"""

import errno
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.campus.refusal import Refusal

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Numbers of the errors that say that nothing more can be written."""

UNREADABLE = "file_unreadable"
"""Rule of a refusal that says nothing about the file: the disk did not give its bytes."""

_LONGEST = 300
_log = logging.getLogger(__name__)


@contextmanager
def confined(rule: str, remedy: str) -> Iterator[None]:
    """Turns every error that is about what is being read into a `Refusal`; its trace goes to the log.

    Args:
        rule: Rule of the refusal.
        remedy: Its remedy.

    Raises:
        Refusal: As it was raised inside, or for any other error.
        MemoryError, OSError: The machine has no memory or no room.
    """
    try:
        yield
    except (Refusal, MemoryError):
        raise
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise Refusal(UNREADABLE, in_short(error), "Look at the disk and run again") from error
    except (Exception, _panic()) as error:
        _log.debug("%s: %s", rule, traceback.format_exc())
        raise Refusal(rule, in_short(error), remedy) from error


def _panic() -> type[BaseException]:
    """What a panic of polars is raised as: no `Exception`, as little as an interruption, which passes.

    Asked only when something has already been raised, so the import costs nothing otherwise.
    """
    from polars.exceptions import PanicException

    return PanicException


def in_short(error: BaseException) -> str:
    """Kind of an error and the first line of what it says."""
    said = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {said}"[:_LONGEST].removesuffix(": ")

"""The one writer: an advisory lock that the kernel releases when its holder dies.

Everything that writes below the data folder holds it. Dagster's pools are only politeness.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.campus.paths import DataFolder


class Busy(Exception):
    """Another process is writing."""

    def __init__(self, holder: str, waited_s: float) -> None:
        super().__init__(
            f"another run is writing ({holder or 'unknown process'}); waited {waited_s:.0f} s. "
            "Run again when it is done"
        )


@contextmanager
def writer_lock(folder: DataFolder, wait_s: float = 600.0, poll_s: float = 0.2) -> Iterator[None]:
    """Holds the writer lock of a data folder.

    Raises:
        Busy: Somebody else held it for `wait_s`.
    """
    with _held(folder.writer_lock, wait_s, poll_s):
        yield


@contextmanager
def build_lock(folder: DataFolder, wait_s: float = 600.0, poll_s: float = 0.2) -> Iterator[None]:
    """Holds the right to a private build, from its preparation to its publication.

    The next preparation clears away every build, so only one may be under way. Taken before the writer
    lock, which is free while dbt runs, so that days can be cleaned meanwhile.

    Raises:
        Busy: Somebody else held it for `wait_s`.
    """
    with _held(folder.writer_lock.with_name("build.lock"), wait_s, poll_s):
        yield


@contextmanager
def _held(path: Path, wait_s: float, poll_s: float) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        _acquire(handle, wait_s, poll_s)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, wait_s: float, poll_s: float) -> None:
    start = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - start
            if waited >= wait_s:
                raise Busy(os.pread(handle, 100, 0).decode(), waited) from None
            time.sleep(min(poll_s, wait_s))
        else:
            return

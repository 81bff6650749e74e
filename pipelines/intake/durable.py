"""Writing files so that they are whole, and still there, after a crash.

The order is always: write to a temporary file, fsync it, rename it into place, fsync the folder.
After any error nothing is retried; the next run starts from what is durable. Here must not live: what
is written, and where.
"""

import errno
import hashlib
import os
import resource
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.campus.barrier import NO_ROOM

BLOCK = 256 * 1024
"""Bytes copied together: they stay in the processor's cache, and the kernel finds room for them sooner."""


class DiskFull(Exception):
    """There is no room to write. Nothing is lost: what had landed still lies in the landing folder.

    Attributes:
        need: Size of the file to be written [bytes].
        have: Free on its file system [bytes].
    """

    def __init__(self, place: Path, need: int, have: int, error: OSError | None = None) -> None:
        self.need, self.have = need, have
        if error is not None and error.errno == errno.EFBIG:
            said = f"file too large: {place} needs {need} bytes: {limit_in_words()}"
        else:
            cause = error.strerror if error else "asked before writing"
            said = f"disk full: {place} needs {need} bytes, {have} are free ({cause}). Free some space"
        super().__init__(f"{said} and run again: the file still lies in landing")


def limit_in_words() -> str:
    """Which limit a file that is too large has met, and what to do about it."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit == resource.RLIM_INFINITY:
        return "its file system allows none of that size. Put the data folder onto another one"
    return f"no file of this process may exceed {limit} bytes. Raise the limit (`ulimit -f`)"


@contextmanager
def room_for(place: Path, need: int) -> Iterator[None]:
    """Turns the ways of having no room for `need` more bytes below `place` into `DiskFull`.

    Raises:
        DiskFull: Before anything is written where the file system says so, else at the failed write.
    """
    have = _free(place)
    if have is not None and need > have:
        raise DiskFull(place, need, have)
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFull(place, need, _free(place) or 0, error) from error


@dataclass(frozen=True, slots=True)
class Temporary:
    """A whole, fsynced file that has no name of its own yet."""

    path: Path
    sha256: str
    size: int


def copy(source: int, scratch: Path, limit: int, mode: int) -> Temporary:
    """Streams an open file into a temporary one, which is hashed while it is synced.

    Args:
        source: Descriptor, read from where it stands.
        scratch: Folder for the temporary file.
        limit: Stops one block after so many bytes: a file that grows meanwhile ends some time.
        mode: Permissions of the copy.

    Raises:
        DiskFull: No room; the temporary file is removed.
    """
    make_folder(scratch)
    with room_for(scratch, limit):
        target, name = tempfile.mkstemp(dir=scratch)
        try:
            size = 0
            while size <= limit and (block := os.read(source, BLOCK)):
                write_all(target, block)
                size += len(block)
            os.fchmod(target, mode)
            with ThreadPoolExecutor(1) as beside:
                syncing = beside.submit(os.fsync, target)
                sha256 = _sha256(target)
                syncing.result()
        except BaseException:
            Path(name).unlink()
            raise
        finally:
            os.close(target)
    return Temporary(Path(name), sha256, size)


def _sha256(descriptor: int) -> str:
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, content: bytes, scratch: Path) -> None:
    """Writes a small file whole or not at all.

    Raises:
        DiskFull: No room.
    """
    make_folder(scratch)
    make_folder(path.parent)
    with room_for(path.parent, len(content)):
        target, name = tempfile.mkstemp(dir=scratch)
        try:
            write_all(target, content)
            os.fchmod(target, 0o640)
            os.fsync(target)
        finally:
            os.close(target)
        place(Path(name), path)


def place(temporary: Path, path: Path) -> None:
    """Gives an fsynced file its name, durably."""
    make_folder(path.parent)
    temporary.rename(path)
    sync_folder(path.parent)


def write_all(descriptor: int, content: bytes) -> None:
    """Writes everything: a write may be short, near a limit above all."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, each durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_scratch(scratch: Path) -> None:
    """Removes what a crashed run left half written."""
    if scratch.is_dir():
        for path in scratch.iterdir():
            path.unlink()


def _free(place: Path) -> int | None:
    """Free bytes for this user, None where the file system does not say."""
    while not place.exists():
        place = place.parent
    status = os.statvfs(place)
    return status.f_bavail * status.f_frsize if status.f_blocks else None

"""Finds and opens what lies in the landing folder without ever being led out of it.

Folders are opened one inside the other by descriptor, and no symbolic link is followed below the
landing folder itself. What a name stands for is judged on the opened descriptor, which is all that is
read afterwards. Here must not live: what becomes of a file (`landing`).
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pipelines.campus.refusal import Refusal

DEEPEST = 32
"""Folders inside each other below landing; deeper ones are left alone."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_UNSAFE_CHARACTERS = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Found:
    """A name in the landing folder that is not a folder.

    Attributes:
        parts: Folders below landing, then the name.
        status: Of the name itself, links not followed.
    """

    parts: tuple[str, ...]
    status: os.stat_result

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.parts[-1]

    @property
    def folder(self) -> str:
        """The landing folder it lies in; empty directly in landing."""
        return self.parts[0] if len(self.parts) > 1 else ""


def find(landing: Path) -> list[Found]:
    """Everything below landing that is not a folder, in order of the paths' bytes.

    Hidden folders and unfinished ones (`is_passing`) count as one name and are not entered.
    """
    if not landing.is_dir():
        return []
    found = list(_below(os.open(landing, os.O_RDONLY | os.O_DIRECTORY), ()))
    return sorted(found, key=lambda each: [os.fsencode(part) for part in each.parts])


def _below(folder: int, parts: tuple[str, ...]) -> Iterator[Found]:
    """Closes the folder at the end."""
    try:
        with os.scandir(folder) as entries:
            names = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        for name, status in names:
            enters = stat.S_ISDIR(status.st_mode) and not is_passing(name) and len(parts) < DEEPEST
            below = _enter(folder, name) if enters else None
            if below is None:
                yield Found((*parts, name), status)
            else:
                yield from _below(below, (*parts, name))
    finally:
        os.close(folder)


def _enter(folder: int, name: str) -> int | None:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except OSError:
        return None


def is_passing(name: str) -> bool:
    """Whether a name says that its file is hidden or still being written."""
    return name.startswith(".") or name.lower().endswith((".part", ".tmp"))


def shown(name: str) -> str:
    """A name that can be printed: everything unprintable escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in name
    )


def open_folder(landing: Path, found: Found) -> int:
    """Descriptor of the folder that holds a name; the caller closes it.

    Raises:
        OSError: A folder is gone, unreadable, or has become a link.
    """
    folder = os.open(landing, os.O_RDONLY | os.O_DIRECTORY)
    for part in found.parts[:-1]:
        try:
            below = os.open(part, _FOLDER, dir_fd=folder)
        finally:
            os.close(folder)
        folder = below
    return folder


class Source:
    """A landed file, opened: only its descriptor is read."""

    def __init__(self, folder: int, name: str, descriptor: int) -> None:
        self._folder, self._name = folder, name
        self.descriptor = descriptor
        self.status = os.fstat(descriptor)

    def __enter__(self) -> "Source":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def is_unchanged(self) -> bool:
        """Whether the opened file is as it was when it was opened."""
        return same(self.status, os.fstat(self.descriptor))

    def remove(self) -> bool:
        """Removes the name, unless it stands for another or a changed file by now."""
        try:
            status = os.stat(self._name, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return True
        if not same(self.status, status):
            return False
        os.unlink(self._name, dir_fd=self._folder)
        return True


def open_source(folder: int, name: str, max_bytes: int) -> Source:
    """Opens a regular file that has one name only.

    Raises:
        Refusal: `unsafe_path` or `too_large`.
        OSError: It cannot be opened.
    """
    if any(unicodedata.category(character) in _UNSAFE_CHARACTERS for character in name):
        raise _unsafe("its name holds line breaks, control characters or bytes that are not UTF-8")
    _judge(os.stat(name, dir_fd=folder, follow_symlinks=False))
    source = Source(folder, name, os.open(name, _FILE, dir_fd=folder))
    try:
        _judge(source.status)
        if source.status.st_size > max_bytes:
            raise Refusal(
                "too_large",
                f"{source.status.st_size} bytes; at most {max_bytes} are taken",
                "Deliver the file in parts",
            )
    except Refusal:
        os.close(source.descriptor)
        raise
    return source


def same(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether two looks saw the same file with the same content, as far as its status tells."""
    return all(
        getattr(one, name) == getattr(other, name) for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    )


def _judge(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise _unsafe("it is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise _unsafe("it is a pipe, a socket or a device, not a regular file")
    if status.st_nlink != 1:
        raise _unsafe(f"it is a hard link: the file has {status.st_nlink} names")


def _unsafe(reason: str) -> Refusal:
    return Refusal("unsafe_path", reason, "Copy the file itself into landing/<feed>/ under a plain name")

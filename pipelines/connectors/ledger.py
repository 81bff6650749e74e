"""What was fetched: one line of JSON an answer, written after the answer has landed.

It only saves requests: without it everything is asked again, and the same bytes that land twice are one
delivery. Holds no key. Here must not live: asking (`client`), deciding (`fetching`).
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pipelines.campus.refusal import Refusal
from pipelines.connectors.service import Stamp

Key = tuple[str, str, str]
"""Feed, subject, window."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer.

    Attributes:
        feed: Whose file it is.
        subject: Respondent, state or station.
        window: Name of the window.
        offset: Records of the window before this answer.
        url: What was asked, without a key.
        fetched_at: When, UTC.
        etag: Its version, as the service says it.
        last_modified: Likewise.
        sha256: Of its bytes.
        size: Bytes.
        rows: Records in it.
        total: Records of the window, None where the answer is all of it.
        digest: sha256 of its data alone.
        file: Name of the file that landed, None where it brought nothing new.
    """

    feed: str
    subject: str
    window: str
    offset: int
    url: str
    fetched_at: datetime
    etag: str | None
    last_modified: str | None
    sha256: str
    size: int
    rows: int
    total: int | None
    digest: str
    file: str | None

    @property
    def key(self) -> Key:
        """Feed, subject, window."""
        return self.feed, self.subject, self.window

    @property
    def stamp(self) -> Stamp:
        """Its version."""
        return Stamp(self.etag, self.last_modified)

    @property
    def next_offset(self) -> int | None:
        """Where the next answer of the window begins, None after the last."""
        reached = self.offset + self.rows
        return reached if self.total is not None and reached < self.total else None


@dataclass(slots=True)
class Past:
    """What is known about a window.

    Attributes:
        answers: Offset → the last answer from there.
        complete_since: When the last round of answers that reached the end of the window began, UTC.
        resume_at: Where an unfinished round goes on; 0 where a new one begins.
        began: When that round began, UTC.
    """

    answers: dict[int, Entry] = field(default_factory=dict)
    complete_since: datetime | None = None
    resume_at: int = 0
    began: datetime | None = None

    def add(self, entry: Entry) -> None:
        """Takes note of the next answer."""
        self.answers[entry.offset] = entry
        self.began = entry.fetched_at if entry.offset == 0 else self.began or entry.fetched_at
        if entry.next_offset is None:
            self.complete_since, self.resume_at, self.began = self.began, 0, None
        else:
            self.resume_at = entry.next_offset


class Ledger:
    """The ledger of a service."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        """Reads what is there; a last line that was cut off by a crash is removed.

        Raises:
            Refusal: Another line cannot be read.
        """
        self._file = file
        self._pasts: dict[Key, Past] = {}
        whole = 0
        for number, line in enumerate(file.read().splitlines(keepends=True), 1):
            if not line.endswith(b"\n"):
                break
            try:
                entry = _read(line)
            except (ValueError, KeyError, TypeError) as error:
                raise Refusal(
                    "connect_ledger_damaged",
                    f"{path}, line {number} cannot be read: {error}",
                    "Remove the file: everything is asked again, and nothing counts twice",
                ) from None
            self.past(entry.key).add(entry)
            whole += len(line)
        file.truncate(whole)
        file.seek(whole)

    def past(self, key: Key) -> Past:
        """What is known about a window."""
        return self._pasts.setdefault(key, Past())

    def record(self, entry: Entry) -> None:
        """Writes down an answer, durably."""
        self._file.write(json.dumps(_written(entry)).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.past(entry.key).add(entry)


@contextmanager
def open_ledger(folder: Path) -> Iterator[Ledger]:
    """The ledger of a service, for one process at a time.

    Args:
        folder: `connect/<service>` of the data folder.

    Raises:
        Refusal: Another process is fetching from the service, or the ledger is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ledger.jsonl"
    path.touch()
    with path.open("rb+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(
                "already_fetching",
                f"another process is fetching from {folder.name}",
                "Wait until it has ended, and run again",
            ) from None
        yield Ledger(path, file)


def _written(entry: Entry) -> dict[str, Any]:
    return asdict(entry) | {"fetched_at": entry.fetched_at.isoformat()}


def _read(line: bytes) -> Entry:
    row = json.loads(line)
    return Entry(**row | {"fetched_at": datetime.fromisoformat(row["fetched_at"])})

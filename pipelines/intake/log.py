"""The delivery log: JSON Lines, only ever appended to, each line fsynced before its file leaves landing.

A crash may leave a torn last line. It was never acknowledged, so reading leaves it out and the next
append sets it aside in a file of its own. An unreadable line further up is damage and stops the run.
Here must not live: the blobs (`vault`).
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.campus.refusal import Refusal
from pipelines.intake import durable
from pipelines.intake.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A file that a person took out, in every feed that had delivered it."""

    file_id: str
    reason: str
    at: datetime
    seq: int


Event = Delivery | Withdrawal


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """The log file."""

    path: Path

    def events(self) -> list[Event]:
        """Every event, oldest first.

        Raises:
            Refusal: A line that is not the last one cannot be read.
        """
        return _split(self.path)[0]

    @contextmanager
    def appending(self) -> Iterator["Appender"]:
        """Opens the log for new events; sets a torn last line aside first.

        Raises:
            Refusal: As `events`.
            DiskFull: No room for the torn line's own file.
        """
        events, whole, torn = _split(self.path)
        durable.make_folder(self.path.parent)
        if torn:
            name = f"{self.path.stem}.torn-{hashlib.sha256(torn).hexdigest()[:16]}"
            durable.write(self.path.with_name(name), torn, self.path.parent / "incoming")
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            if torn:
                os.ftruncate(descriptor, whole)
                os.fsync(descriptor)
            if not events:
                durable.sync_folder(self.path.parent)
            yield Appender(self.path, descriptor, events)
        finally:
            os.close(descriptor)


class Appender:
    """Appends events; knows those there are.

    Attributes:
        events: Every event, those appended included.
    """

    def __init__(self, path: Path, descriptor: int, events: list[Event]) -> None:
        self.events = events
        self._path, self._descriptor = path, descriptor

    def receive(self, feed_id: str, file_id: str, file_name: str, size: int, at: datetime) -> Delivery:
        """Records a delivery, durably.

        Raises:
            DiskFull: No room; what was written of the line is torn and does not count.
        """
        delivery = Delivery(feed_id, file_id, file_name, size, at, self._next())
        self._append(delivery)
        return delivery

    def withdraw(self, file_id: str, reason: str, at: datetime) -> None:
        """Records a withdrawal, durably.

        Raises:
            DiskFull: As `receive`.
        """
        self._append(Withdrawal(file_id, reason, at, self._next()))

    def _next(self) -> int:
        return _seq(self.events[-1]) + 1 if self.events else 1

    def _append(self, event: Event) -> None:
        line = json.dumps(_written(event)).encode() + b"\n"
        with durable.room_for(self._path, len(line)):
            durable.write_all(self._descriptor, line)
            os.fsync(self._descriptor)
        self.events.append(event)


def standing(events: list[Event]) -> dict[tuple[str, str], Delivery]:
    """(feed, file) → delivery, those that were not withdrawn since, oldest first."""
    found: dict[tuple[str, str], Delivery] = {}
    for event in events:
        if isinstance(event, Delivery):
            found.setdefault((event.feed_id, event.file_id), event)
        else:
            found = {key: kept for key, kept in found.items() if kept.file_id != event.file_id}
    return found


def _split(path: Path) -> tuple[list[Event], int, bytes]:
    """The log's events, the length of their lines [bytes] and the torn rest."""
    content = path.read_bytes() if path.exists() else b""
    events: list[Event] = []
    whole = 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        try:
            if not line.endswith(b"\n"):
                raise ValueError("the line does not end")
            event = _read(line)
            if events and _seq(event) <= _seq(events[-1]):
                raise ValueError("`seq` does not rise")
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                return events, whole, line
            raise _damaged(path, number, error) from error
        events.append(event)
        whole += len(line)
    return events, whole, b""


def _damaged(path: Path, number: int, error: Exception) -> Refusal:
    return Refusal(
        "delivery_log_damaged",
        f"{path}, line {number} cannot be read: {error}",
        "Restore the file from a copy: the lines after it are not taken on trust",
    )


def _seq(event: Event) -> int:
    return event.received_seq if isinstance(event, Delivery) else event.seq


def _written(event: Event) -> dict[str, object]:
    if isinstance(event, Withdrawal):
        return {
            "seq": event.seq,
            "event": "withdrawn",
            "file_id": event.file_id,
            "reason": event.reason,
            "at": event.at.isoformat(),
        }
    return {
        "seq": event.received_seq,
        "event": "received",
        "feed_id": event.feed_id,
        "file_id": event.file_id,
        "file_name": event.file_name,
        "size": event.size,
        "at": event.received_at.isoformat(),
    }


def _read(line: bytes) -> Event:
    row = json.loads(line)
    at, seq = datetime.fromisoformat(row["at"]), int(row["seq"])
    if row["event"] == "withdrawn":
        return Withdrawal(row["file_id"], row["reason"], at, seq)
    if row["event"] != "received":
        raise ValueError(f"unknown event {row['event']!r}")
    return Delivery(row["feed_id"], row["file_id"], row["file_name"], int(row["size"]), at, seq)

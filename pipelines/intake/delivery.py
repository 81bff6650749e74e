"""What became of each landed file, in plain words for the rooms above."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivered file of one feed. Its identity is (`feed_id`, `file_id`).

    Attributes:
        feed_id: Name of the landing folder.
        file_id: sha256 of the bytes as they arrived.
        file_name: Name as it arrived, without folders. Data: never a path.
        size: Bytes.
        received_at: When, UTC.
        received_seq: Place in the delivery log; a later delivery has a higher one.
    """

    feed_id: str
    file_id: str
    file_name: str
    size: int
    received_at: datetime
    received_seq: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A file whose bytes the feed has already delivered: nothing to do."""

    feed_id: str
    file_name: str
    file_id: str


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A whole file that could not be taken; it lies in the refused folder.

    Attributes:
        feed_id: Name of its landing folder; empty where it lay in none that can be a feed.
        file_name: Name as it arrived, unprintable characters escaped.
        file_id: sha256 of its bytes, which are in the vault; None where it was not read.
        rule: Why, for machines.
        reason: Why, for people.
        remedy: What to do about it.
    """

    feed_id: str
    file_name: str
    file_id: str | None
    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Left:
    """A file that still lies in the landing folder, and why."""

    feed_id: str
    file_name: str
    reason: str


@dataclass(slots=True)
class Intake:
    """What one look into the landing folder came to, each list in order of the files' paths."""

    taken: list[Delivery] = field(default_factory=list)
    repeated: list[Repeat] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

"""What a connector must know about a service: where it is, what to ask, how to look at an answer.

Here must not live: any one service (`eia930`, `campd`, `weather`), HTTP (`client`).
"""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipelines.connectors.manners import Manners

LONGEST_HEADER = 1 << 14


class Passing(Exception):
    """An answer that did not come, or not whole; the next attempt may bring it.

    Attributes:
        wait_s: How long the service asks us to wait [s]; None where it does not say.
    """

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are asked for together, `start` to `end` (exclusive), UTC."""

    name: str
    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """A path below the service's address and its query. Never holds a key."""

    path: str
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What an answer holds.

    Attributes:
        rows: Records in it.
        total: Records of the whole window as the service counts them; None where an answer is all of it.
        digest: sha256 of the data alone: the same data with another time of answering has the same.
    """

    rows: int
    total: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a service says about the version of an answer; sent back with the same question."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Headers that ask for an answer only if it has changed."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, in a file.

    Attributes:
        stamp: Its version.
        sha256: Of its bytes.
        size: Bytes.
        content: What it holds.
    """

    stamp: Stamp
    sha256: str
    size: int
    content: Content


@dataclass(frozen=True, slots=True)
class Service:
    """A public service.

    Attributes:
        name: As in `connections.csv` and on the command line.
        title: For people.
        address: Where it is by default.
        address_variable: Environment variable with another address.
        key_variable: Environment variable that holds the key; None where the service takes none.
        needs_key: Whether it answers nobody without a key.
        key_page: Where a key is to be had.
        subject: What one subject is called: respondent, state, station.
        subject_pattern: A full match is a subject; it becomes part of file names.
        ending: Of the files that land.
        look_back_days: So long after the end of a window it is asked for again: restatements.
        published_after_days: Until so long after the end of a window "not found" means "not yet"; None
            where it never does.
        max_bytes: A longer answer is none of this service.
        manners: How it is asked.
        windows: First and last day → the windows that hold them, oldest first.
        question: Subject, window, how many records are here already → what to ask.
        look: An answer's file → what it holds; raises `Passing` where it is no whole answer.
    """

    name: str
    title: str
    address: str
    address_variable: str
    key_variable: str | None
    needs_key: bool
    key_page: str
    subject: str
    subject_pattern: str
    ending: str
    look_back_days: int
    published_after_days: int | None
    max_bytes: int
    manners: Manners
    windows: Callable[[date, date], Iterator[Window]]
    question: Callable[[str, Window, int], Question]
    look: Callable[[Path], Content]


def months(first: date, last: date) -> Iterator[Window]:
    """The calendar months that hold the days from `first` to `last`."""
    start = first.replace(day=1)
    while start <= last:
        end = (start + timedelta(days=31)).replace(day=1)
        yield Window(f"{start:%Y-%m}", start, end)
        start = end


def years(first: date, last: date) -> Iterator[Window]:
    """The calendar years that hold the days from `first` to `last`."""
    for year in range(first.year, last.year + 1):
        yield Window(str(year), date(year, 1, 1), date(year + 1, 1, 1))


def look_at_csv(path: Path, begins: bytes) -> Content:
    """A CSV whose header is expected, one record a line.

    Raises:
        Passing: The file does not begin with the header: an error page, or another table.
    """
    lines = 0
    found = hashlib.sha256()
    with path.open("rb") as file:
        header = file.readline(LONGEST_HEADER).removeprefix(codecs.BOM_UTF8).replace(b'"', b"")
        if not header.startswith(begins):
            raise Passing(f"the answer does not begin with the header {begins.decode()!r}")
        file.seek(0)
        while block := file.read(1 << 20):
            found.update(block)
            lines += block.count(b"\n")
            ends_line = block.endswith(b"\n")
    return Content(lines - ends_line, None, found.hexdigest())

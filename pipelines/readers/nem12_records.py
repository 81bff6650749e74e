"""The records of a NEM12 file in their order: which 300 record stands under which 200 record.

Here must not live: the values of a 300 record (`nem12`).
"""

import re
from dataclasses import dataclass, field

from pipelines.campus.refusal import Refusal
from pipelines.readers.table import RejectedRow, Unfit

MINUTES = 24 * 60
INTERVAL = re.compile("[0-9]{1,4}")
FLAG = re.compile(r"([A-Z])([0-9]{2})?")
FIRST_FLAG = re.compile(rf",[ ]*{FLAG.pattern}[ ]*(?=,|$)")
LONGEST = 64 * 1024
"""Most characters of a 300 record that is joined from several lines: a day has at most 1,440 values."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A 200 record.

    Attributes:
        name: Meter point and suffix, `NEM1201009.E1`.
        unit: Unit word of the source.
        minutes: Length of the interval; 0 where the record has none.
        flaw: Why no value of the stream can be read, if so.
    """

    name: str
    unit: str
    minutes: int
    flaw: Unfit | None


@dataclass(slots=True)
class Day:
    """A 300 record.

    Attributes:
        number: Its line, the first of several.
        raw: Its text, lines joined.
        stream: The 200 record above; None where there is no sound one.
        flaw: Why the record cannot be read, if that is known from its lines.
        ranges: Line and text of the 400 records below.
    """

    number: int
    raw: str
    stream: Stream | None
    flaw: Unfit | None = None
    ranges: list[tuple[int, str]] = field(default_factory=list)


class Booking:
    """Takes the lines of a file one by one.

    A line that is no record of NEM12 may have been a 200 record: the values below it belong to no known
    stream until the next one.

    Attributes:
        days: The 300 records.
        rejected: Lines that are no record.
        is_ended: Whether a 900 record ends the file.
    """

    def __init__(self) -> None:
        self.days: list[Day] = []
        self.rejected: list[RejectedRow] = []
        self.is_ended = False
        self._ends = 0
        self._has_header = False
        self._stream: Stream | None = None
        self._day: Day | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said about the file as a whole."""
        several = ("several_end_records",) if self._ends > 1 else ()
        return several if self._has_header else ("missing_header_record", *several)

    def take(self, number: int, raw: str, flaw: Unfit | None) -> None:
        """Takes the next line; `flaw` where it is no sound text."""
        record = raw.partition(",")[0].strip()
        if not raw.strip(", "):
            return
        if record in ("250", "550"):
            raise _accumulated(number)
        if record == "400" and self._day is not None:
            self._day.ranges.append((number, raw))
            self._day.flaw = self._day.flaw or flaw
        elif record == "300":
            self._day, self.is_ended = Day(number, raw, self._stream, flaw), False
            self.days.append(self._day)
        elif flaw is None and record in ("100", "200", "500", "900"):
            {"100": self._head, "200": self._name, "500": _pass, "900": self._end}[record](number, raw)
        elif flaw is None and self._day is not None and _goes_on(self._day, raw):
            self._day.raw += raw
        else:
            self._stream, self._day = None, None
            flaw = flaw or Unfit("unknown_record", f"a record {record[:20]!r} has no place here")
            self.rejected.append(RejectedRow(number, flaw.rule, flaw.reason, raw))

    def _head(self, number: int, raw: str) -> None:
        version = f"{raw},".split(",")[1].strip()
        if version == "NEM13":
            raise _accumulated(number)
        if version != "NEM12":
            raise Refusal(
                "other_format",
                f"line {number} says that the file is {version[:20]!r}, not NEM12",
                "Land the file in a feed of its format",
            )
        self._has_header, self.is_ended = True, False

    def _name(self, number: int, raw: str) -> None:
        self._stream, self._day, self.is_ended = _stream(number, raw), None, False

    def _end(self, number: int, raw: str) -> None:
        self._stream, self._day, self.is_ended = None, None, True
        self._ends += 1


def first_flag(raw: str) -> re.Match[str] | None:
    """The first quality flag of a 300 record, with the comma in front: in a sound one it ends the values."""
    return FIRST_FLAG.search(raw)


def _pass(number: int, raw: str) -> None:
    """A 500 record tells about a visit or a register reading: no value of an interval."""


def _accumulated(number: int) -> Refusal:
    return Refusal(
        "accumulated_reads",
        f"line {number} is of NEM13: register readings months apart, no values of intervals",
        "Ask the meter data provider for interval data (NEM12) of these meter points",
    )


def _goes_on(day: Day, raw: str) -> bool:
    """Whether a line goes on where a 300 record breaks off: at a comma, before its quality flag."""
    at_commas = day.raw.endswith(",") and not raw.startswith(",") and len(day.raw) + len(raw) < LONGEST
    return at_commas and not day.ranges and first_flag(day.raw) is None


def _stream(number: int, raw: str) -> Stream:
    fields = [text.strip() for text in f"{raw},,,,,,,,".split(",")]
    point, suffix, unit, interval = fields[1], fields[4], fields[7], fields[8]
    minutes = int(interval) if INTERVAL.fullmatch(interval) else 0
    flaw = None
    if not point or not suffix:
        flaw = Unfit("no_stream", f"the 200 record in line {number} names no meter point and suffix")
    elif not minutes or MINUTES % minutes:
        flaw = Unfit(
            "bad_interval",
            f"the 200 record in line {number} has the interval {interval!r}: no minutes that divide a day",
        )
    elif not unit:
        flaw = Unfit("unit_missing", f"the 200 record in line {number} names no unit for {point}.{suffix}")
    return Stream(f"{point}.{suffix}", unit, minutes, flaw)

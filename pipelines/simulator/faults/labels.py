"""The labels: what was struck, where and when, one row a fault.

Here must not live: the faults.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import polars as pl

from pipelines.simulator.faults.catalogue import CATALOGUE

LOG_SCHEMA = {
    "fault": pl.String(),
    "classes": pl.String(),
    "inputs": pl.String(),
    "seen": pl.String(),
    "expected": pl.String(),
    "feed_id": pl.String(),
    "file_name": pl.String(),
    "device_id": pl.String(),
    "column_name": pl.String(),
    "from_utc": pl.Datetime("us"),
    "to_utc": pl.Datetime("us"),
    "row_number": pl.Int64(),
    "count": pl.Int64(),
    "what": pl.String(),
}
"""truth/faults.csv: lists are separated by blanks; `from_utc` and `to_utc` are interval starts."""


@dataclass(slots=True)
class Label:
    """One fault that was injected.

    Attributes:
        fault: Its name.
        from_s: Start of the first interval it touches [s since 1970 UTC].
        to_s: Start of the last one.
        device_id: Device, empty where it concerns all of the feed.
        column_name: Column of the readings, empty where it concerns all.
        feed_id: Feed, empty for an instrument.
        file_name: File that carries it, empty for an instrument.
        row_number: Physical record, from 1, where a single one is struck and is in the file.
        count: How many values of one series, or records, it touches.
        what: What is wrong.
    """

    fault: str
    from_s: int | None = None
    to_s: int | None = None
    device_id: str = ""
    column_name: str = ""
    feed_id: str = ""
    file_name: str = ""
    row_number: int | None = None
    count: int = 1
    what: str = ""

    @property
    def lasts_a_day(self) -> bool:
        """Whether an instrument is wrong for a day or longer."""
        return not self.feed_id and self.from_s is not None and (self.to_s or 0) - self.from_s > 23 * 3600


@dataclass(slots=True)
class Labels:
    """All labels of a run; a label is known by its place in the list."""

    found: list[Label] = field(default_factory=list)

    def add(self, label: Label) -> int:
        """Takes a label in and gives its place back."""
        self.found.append(label)
        return len(self.found) - 1

    def is_free(self, device_id: str, first_s: int, last_s: int) -> bool:
        """Whether nothing has struck a device between two interval starts."""
        return not any(
            label.device_id == device_id and label.from_s <= last_s and label.to_s >= first_s
            for label in self.found
            if label.from_s is not None and label.to_s is not None
        )

    def table(self) -> pl.DataFrame:
        """The labels as `LOG_SCHEMA`."""
        return pl.DataFrame([_row(label) for label in self.found], schema=LOG_SCHEMA, orient="row")


def _row(label: Label) -> list[object]:
    fault, given = CATALOGUE[label.fault], asdict(label)
    cells = given | {
        "classes": _listed(fault.classes),
        "inputs": _listed(fault.inputs),
        "seen": fault.seen,
        "expected": _listed(fault.rules),
        "from_utc": None if label.from_s is None else label.from_s * 1_000_000,
        "to_utc": None if label.to_s is None else label.to_s * 1_000_000,
        "what": label.what or fault.says,
    }
    return [cells[name] for name in LOG_SCHEMA]


def _listed(items: Sequence[object]) -> str:
    return " ".join(map(str, items))

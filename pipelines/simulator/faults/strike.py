"""One fault at work: what is asked for, its random numbers, and the labels it leaves.

Here must not live: any particular fault.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import polars as pl

from pipelines.campus.contract import Contract
from pipelines.simulator.faults.feed import Feed, start_of
from pipelines.simulator.faults.labels import Label, Labels
from pipelines.simulator.faults.wanted import Wanted
from pipelines.simulator.landing import Delivery
from pipelines.simulator.records import DEVICE, LABEL, START
from pipelines.simulator.span import Instants, Mask


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that is asked for, in one feed or among all instruments.

    Attributes:
        wanted: What is asked for.
        labels: Where to write down what was done.
        rng: The fault's own random numbers.
    """

    wanted: Wanted
    labels: Labels
    rng: np.random.Generator

    @property
    def name(self) -> str:
        """Name of the fault."""
        return self.wanted.fault.name

    def choose(self, free: Sequence[Mask]) -> list[Instants]:
        """Draws the fault's share of all free places, wherever they are; each list ascends."""
        places = [np.flatnonzero(mask) for mask in free]
        sizes = [len(mask) for mask in free]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        every = np.concatenate([at + offset for at, offset in zip(places, offsets[:-1], strict=True)])
        count = min(self.wanted.count_of(sum(sizes)), every.size)
        drawn = np.sort(self.rng.choice(every, count, replace=False))
        parts = np.split(drawn, np.searchsorted(drawn, offsets[1:-1]))
        return [part - offset for part, offset in zip(parts, offsets[:-1], strict=True)]

    def choose_files(self, free: Sequence[bool]) -> list[int]:
        """Draws the fault's share of the files, among those that are free."""
        (drawn,) = self.choose([np.array(free, dtype=np.bool_)])
        return [int(at) for at in drawn]

    def note_row(self, feed: Feed, file: Delivery, row: int, name: str = "") -> int:
        """Writes down that one record, or its cell in the column `name`, is struck."""
        cells = file.frame.row(row, named=True)
        device, column = feed.about(cells, name) if name else (cells[DEVICE], "")
        start = start_of(file)[row]
        return self.note_file(feed, file.name, Label(self.name, start, start, device, column))

    def note_rows(self, feed: Feed, file: Delivery, rows: pl.DataFrame, column: str = "") -> int:
        """Writes down that several records of a file, or one column of them, are struck as one fault."""
        starts, devices = rows.get_column(START).to_list(), rows.get_column(DEVICE).unique()
        label = Label(self.name, min(starts), max(starts), count=rows.height, column_name=column)
        label.device_id = devices.item() if devices.len() == 1 else ""
        return self.note_file(feed, file.name, label)

    def note_file(self, feed: Feed, file_name: str, label: Label | None = None) -> int:
        """Writes down that a file as a whole is struck."""
        label = label or Label(self.name)
        label.feed_id, label.file_name = feed.contract.feed, file_name
        return self.labels.add(label)


File = TypeVar("File")


@dataclass(frozen=True, slots=True)
class OnFiles(Generic[File]):
    """A fault of files, at one stage of their making.

    Attributes:
        fits: Which feeds it fits.
        strike: What it does to the files of one of them.
    """

    fits: Callable[[Contract], bool]
    strike: Callable[[Strike, Feed, list[File]], list[File]]


def marked(frame: pl.DataFrame, rows: Sequence[int] | Instants, labels: Sequence[int] | int) -> pl.DataFrame:
    """The frame with labels on some of its records."""
    return frame.with_columns(frame.get_column(LABEL).scatter(pl.Series(rows, dtype=pl.UInt32), labels))

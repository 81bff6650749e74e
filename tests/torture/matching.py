"""Whether a fault that was injected was found: by an expected rule, at its own place.

A finding counts at the row of the file that was struck, or at the device, column and interval. A finding at
another device, column or time does not count. An instrument or a clock that is wrong for a while is found if
at least half of its intervals or records are named. Here must not live: how faults are made, how a version is
read.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from pipelines.simulator.faults import CATALOGUE
from tests.torture.evidence import Evidence

LATE = timedelta(hours=1)
"""A stamp may be an hour late; a finding about it is filed there."""

CLOCK = "clock_"
"""What the names of faults of a logger's clock begin with."""

LOSING = {
    "missing_rows",
    "mixed_interval",
    "absent_when_off",
    "fold_once",
    "gap_stamps",
    "clock_jump",
    "clock_drift",
}
"""Faults of whole files after which readings of their span are not those of clean files."""

HALF = 0.5
LAST_DIGIT = 3e-5
"""Registers are written with five decimals; a difference of two of them is off by as much."""

Label = Mapping[str, Any]
Place = tuple[Any, str | None, str]
Named = dict[str, set[Any]]
"""Rule → places (rows or interval starts) at which it was found."""


@dataclass(frozen=True)
class Judge:
    """Compares labels with what was published from faulty files, and from the same files without faults.

    Attributes:
        labels: Rows of truth/faults.csv.
        faulty: What came of the files with these faults.
        clean: What came of the files without.
        intervals: Feed → length of its interval [s].
    """

    labels: list[Label]
    faulty: Evidence
    clean: Evidence
    intervals: Mapping[str, int]

    def outcome(self, label: Label) -> str:
        """`found`, `misnamed` (doubted, by none of the expected rules) or `missed`."""
        expected = label["expected"].split()
        special = [check(self, label) for rule, check in SPECIAL.items() if rule in expected]
        suspects = {rule.removeprefix("suspect:") for rule in expected if rule.startswith("suspect:")}
        named = self._named(label)
        if any(special) or suspects & self._suspected(label):
            return "found"
        places = {place for rule in named if rule in expected for place in named[rule]}
        if len(places) >= self._needed(label):
            return "found"
        is_local = label["device_id"] or label["row_number"] is not None
        return "misnamed" if named and (is_local or {"file"} in named.values()) else "missed"

    def _needed(self, label: Label) -> float:
        lasts = not label["feed_id"] or label["fault"].startswith(CLOCK)
        return HALF * label["count"] if lasts and label["count"] > 1 else 1

    def _named(self, label: Label) -> Named:
        """Every rule that names the label's place."""
        found: Named = defaultdict(set)
        for place, column, rule in self._at(label):
            if not label["column_name"] or column in (None, label["column_name"]):
                found[rule].add(place)
        return found

    def _at(self, label: Label) -> Iterator[Place]:
        """(row or interval start, column, rule) of everything that was said at the label's place."""
        file = (label["feed_id"], label["file_name"])
        if label["row_number"] is not None:
            yield from self._by_row[(*file, label["row_number"])]
        if label["device_id"]:
            near = self._by_device[label["device_id"]]
            yield from (found for found in near if label["from_utc"] <= found[0] <= label["to_utc"])
        elif label["row_number"] is None and label["from_utc"] is not None:
            yield from self._in_file(label)
        account = self._accounts.get(file, {})
        if account.get("state") == "refused":
            yield "file", None, account["reason"].split(":")[0]

    def _in_file(self, label: Label) -> Iterator[Place]:
        for row, start, column, rule in self._by_file[label["feed_id"], label["file_name"]]:
            if start is None or label["from_utc"] <= start <= label["to_utc"] + LATE:
                yield row, column, rule

    def _suspected(self, label: Label) -> set[str]:
        """Kinds of fault that the balance lays on the label's device and column on its days.

        Where a power and its register contradict each other and nothing decides, both columns are named.
        """
        return {
            row["reason"].split()[0]
            for row in self.faulty.suspects.to_dicts()
            if row["device_id"] == label["device_id"]
            and label["column_name"] in row["column_name"].split(" or ")
            and row["from_utc"] <= label["to_utc"]
            and row["to_utc"] > label["from_utc"]
        }

    def is_same(self, label: Label) -> bool:
        """Whether the label's readings are those of clean files, wherever no other fault has struck."""
        return self._inside(self.unexplained, label).is_empty()

    def is_missing(self, label: Label) -> bool:
        """Whether at least half of the readings that clean files give at the place are not there."""
        true = self._inside(self.clean.readings, label)
        keys = ["feed_id", "device_id", "column_name", "start"]
        still = true.join(self._inside(self.faulty.readings, label), on=keys, how="semi")
        gone = true.join(still, on=keys, how="anti").n_unique(["device_id", "start"])
        return still.height <= HALF * true.height or gone >= HALF * label["count"]

    def is_counted(self, label: Label) -> bool:
        """Whether its records changed nothing, and the feed's accounts hold the duplicates of all labels."""
        feed = label["feed_id"]
        duplicates = (other for other in self.labels if other["expected"] == "duplicate")
        given = sum(other["count"] for other in duplicates if other["feed_id"] == feed)
        counted = self.faulty.files.filter(pl.col("feed_id") == feed).get_column("rows_duplicate").sum()
        return self.is_same(label) and counted >= given

    def is_empty(self, label: Label) -> bool:
        """Whether the file is known to have no records."""
        return self._state(label) == "empty"

    def is_nothing_loaded(self, label: Label) -> bool:
        """Whether nothing of the file is in the lake."""
        return self._state(label) in ("refused", "rejected")

    def _state(self, label: Label) -> str | None:
        return self._accounts.get((label["feed_id"], label["file_name"]), {}).get("state")

    def _inside(self, frame: pl.DataFrame, label: Label) -> pl.DataFrame:
        conditions = [
            pl.col(name) == label[name] for name in ("feed_id", "device_id", "column_name") if label[name]
        ]
        if label["from_utc"] is not None:
            conditions.append(pl.col("start").is_between(label["from_utc"], label["to_utc"]))
        elif not label["device_id"]:
            return frame.clear()
        return frame.filter(*conditions)

    @cached_property
    def unexplained(self) -> pl.DataFrame:
        """Readings that differ from those of clean files where no label says that they should.

        What is stuck depends on the neighbours of a value, so a fault nearby may change it.
        """
        keys = ["feed_id", "device_id", "column_name", "start"]
        both = self.clean.readings.join(
            self.faulty.readings, on=keys, how="full", coalesce=True, suffix="_now"
        )
        close = (pl.col("value") - pl.col("value_now")).abs() <= LAST_DIGIT
        differ = both.filter(~close.fill_null(value=False))
        stuck = pl.concat([self.clean.findings, self.faulty.findings]).filter(pl.col("rule") == "stuck")
        differ = differ.join(stuck, on=keys, how="anti")
        return differ.filter(~self.explained(differ))

    def explained(self, places: pl.DataFrame) -> pl.Series:
        """Which places (`feed_id, device_id, column_name, start`) some label of a loss covers."""
        columns = {
            name: places.get_column(name).to_numpy() for name in ("feed_id", "device_id", "column_name")
        }
        starts = places.get_column("start").cast(pl.Datetime("us")).to_physical().to_numpy()
        covered = np.zeros(places.height, dtype=np.bool_)
        order = np.argsort(starts, kind="stable")
        sorted_starts = starts[order]
        for label in self.labels:
            if label["from_utc"] is None or not _loses(label):
                continue
            margin = timedelta(seconds=2 * self.intervals.get(label["feed_id"], 3600))
            late = LATE if label["fault"].startswith(CLOCK) else timedelta(0)
            first = np.searchsorted(sorted_starts, _micros(label["from_utc"] - margin), side="left")
            last = np.searchsorted(sorted_starts, _micros(label["to_utc"] + margin + late), side="right")
            at = order[first:last]
            hit = np.ones(at.size, dtype=np.bool_)
            for name, values in columns.items():
                if label[name]:
                    hit &= values[at] == label[name]
            covered[at[hit]] = True
        return pl.Series(covered)

    @cached_property
    def _by_row(self) -> Mapping[tuple[str, str, int], list[tuple[Any, str | None, str]]]:
        found: dict[tuple[str, str, int], list[tuple[Any, str | None, str]]] = defaultdict(list)
        for row in self.faulty.findings.iter_rows(named=True):
            key = (row["feed_id"], row["file_name"], row["row_number"])
            found[key].append((row["row_number"], row["column_name"], row["rule"]))
        for feed, file, number, rule in self.faulty.rejected.iter_rows():
            found[feed, file, number].append((number, None, rule))
        return found

    @cached_property
    def _by_device(self) -> Mapping[str, list[tuple[datetime, str | None, str]]]:
        found: dict[str, list[tuple[datetime, str | None, str]]] = defaultdict(list)
        for row in self.faulty.findings.filter(pl.col("device_id").is_not_null()).iter_rows(named=True):
            found[row["device_id"]].append((row["start"], row["column_name"], row["rule"]))
        return found

    @cached_property
    def _by_file(self) -> Mapping[tuple[str, str], list[tuple[Any, datetime | None, str | None, str]]]:
        found: dict[tuple[str, str], list[tuple[Any, datetime | None, str | None, str]]] = defaultdict(list)
        for row in self.faulty.findings.iter_rows(named=True):
            place = (row["row_number"], row["start"], row["column_name"], row["rule"])
            found[row["feed_id"], row["file_name"]].append(place)
        for feed, file, number, rule in self.faulty.rejected.iter_rows():
            found[feed, file].append((number, None, None, rule))
        return found

    @cached_property
    def _accounts(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(row["feed_id"], row["file_name"]): row for row in self.faulty.files.to_dicts()}


def _loses(label: Label) -> bool:
    fault = CATALOGUE[label["fault"]]
    return "same" not in fault.rules and (fault.per != "file" or fault.name in LOSING)


def _micros(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1)) // timedelta(microseconds=1)


SPECIAL = {
    "same": Judge.is_same,
    "missing": Judge.is_missing,
    "duplicate": Judge.is_counted,
    "empty": Judge.is_empty,
    "nothing_loaded": Judge.is_nothing_loaded,
}
"""Outcome that is no rule → how it is seen."""

"""A site as the oracle sees it: its reference rows and its cleaned readings, nothing computed yet.

Here must not live: any KPI.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from tests.oracle.clock import HOUR, Clock, clock_of, floor
from tests.oracle.exact import ZERO, amount, exact

Row = dict[str, Any]

POWER = {
    "grid": "grid_mw",
    "load": "load_mw",
    "aux": "load_mw",
    "turbine": "gross_mw",
    "battery": "battery_mw",
}
"""Source of the balance → the column its meters read."""


class Piece(NamedTuple):
    """The part of a reading that lies in one bucket."""

    seconds: int
    row: Row


@dataclass(frozen=True, eq=False)
class Site:
    """Reference rows and readings of one site.

    Attributes:
        reference: Table → rows of this site.
        readings: Device → rows.
        quality: Table of doubts, refusals and files → rows of this site's feeds.
    """

    site_id: str
    clock: Clock
    reference: dict[str, list[Row]]
    parameters: dict[str, Decimal]
    factors: dict[str, Decimal]
    system_demand: list[Row] = field(repr=False)
    readings: dict[str, list[Row]] = field(repr=False)
    quality: dict[str, list[Row]] = field(repr=False)

    @cached_property
    def starts_on(self) -> date:
        """First local day of interest: the one before the site's own, as its calendar has it."""
        return self.reference["sites"][0]["starts_on"] - timedelta(days=1)

    @cached_property
    def counted(self) -> dict[str, list[Row]]:
        """Source → meters that enter its sum, each with its device's nameplate."""
        found: dict[str, list[Row]] = defaultdict(list)
        for meter in self.reference["meters"]:
            if meter["counts_in_balance"]:
                found[meter["quantity"]].append(self.devices[meter["meter_id"]] | meter)
        return found

    @cached_property
    def devices(self) -> dict[str, Row]:
        """Device → row."""
        return {row["device_id"]: row for row in self.reference["devices"]}

    @cached_property
    def feed_ranks(self) -> dict[str, int]:
        """Feed → its place by priority."""
        feeds = sorted(self.reference["feeds"], key=lambda feed: (-feed["priority"], feed["feed_id"]))
        return {feed["feed_id"]: rank for rank, feed in enumerate(feeds)}

    @cached_property
    def hours(self) -> list[datetime]:
        """Clock hours from the first to the last reading of a counted meter."""
        instants = [
            row["interval_start_utc"]
            for source, meters in self.counted.items()
            for meter in meters
            for row in self.readings.get(meter["meter_id"], [])
            if row[POWER[source]] is not None
        ]
        first, last = floor(min(instants), 3600), floor(max(instants), 3600)
        return [first + n * HOUR for n in range((last - first) // HOUR + 1)]

    @cached_property
    def days(self) -> list[date]:
        """Local days of those hours."""
        return sorted({self.clock.day(hour) for hour in self.hours})

    def is_vouched_for(self, row: Row) -> bool:
        """Whether the emission monitor calls a reading valid; one that never says is taken at its word."""
        if row["monitor_status"] is not None:
            return bool(row["monitor_status"] == "valid")
        return row["feed_id"] not in self._feeds_with_status

    @cached_property
    def _feeds_with_status(self) -> set[str]:
        """Feeds that give the state of a monitor."""
        columns = self.reference["feed_columns"]
        return {row["feed_id"] for row in columns if row["column_name"] == "monitor_status"}

    def intervals(self, day: date) -> list[datetime]:
        """5-minute intervals of a local day that lie in known hours."""
        known = set(self.hours)
        return [at for at in self.clock.intervals(day) if floor(at, 3600) in known]

    def buckets(
        self, device: str, seconds: int, is_there: Callable[[Row], bool]
    ) -> dict[datetime, list[Piece]]:
        """Pieces of a device's readings by bucket, from the feed that is preferred there.

        Readings are held over their interval. A feed of higher priority gives way to one that covers
        more of the bucket, unless it covers nearly as much (parameter coverage_gate_pct).
        """
        found: dict[datetime, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
        for row in self.readings.get(device, []):
            if is_there(row):
                for start, covered in overlaps(row, seconds):
                    found[start][row["feed_id"]].append(Piece(covered, row))
        return {start: self._preferred(feeds) for start, feeds in found.items()}

    def _preferred(self, feeds: dict[str, list[Piece]]) -> list[Piece]:
        if len(feeds) == 1:
            return next(iter(feeds.values()))
        covered = {feed: sum(piece.seconds for piece in pieces) for feed, pieces in feeds.items()}
        gate, most = self.parameters["coverage_gate_pct"], max(covered.values())
        near = [feed for feed in feeds if covered[feed] * 100 >= most * gate]
        return feeds[min(near, key=self.feed_ranks.__getitem__)]


def overlaps(row: Row, seconds: int) -> Iterator[tuple[datetime, int]]:
    """Buckets a reading touches, and for how long."""
    begins, ends = row["interval_start_utc"], row["interval_start_utc"] + timedelta(seconds=row["interval_s"])
    start = floor(begins, seconds)
    while start < ends:
        after = start + timedelta(seconds=seconds)
        yield start, int((min(ends, after) - max(begins, start)).total_seconds())
        start = after


def value(row: Row, column: str) -> Decimal | None:
    """A reading's value with six decimals."""
    return amount(exact(row[column]))


def mean(pieces: Iterable[Piece], column: str) -> Decimal | None:
    """Mean over the time in which the column is there."""
    there = [(piece.seconds, value(piece.row, column)) for piece in pieces]
    known = [(seconds, number) for seconds, number in there if number is not None]
    if not known:
        return None
    return sum((number * seconds for seconds, number in known), ZERO) / sum(seconds for seconds, _ in known)


def read_sites(fetch: Callable[[str], list[Row]]) -> dict[str, Site]:
    """All campuses; `fetch` answers a plain select of whole tables.

    Args:
        fetch: Query → rows.
    """
    reference = {
        table: fetch(f"select * from reference.{table}")
        for table in (
            "sites", "devices", "meters", "feeds", "feed_columns", "grid_caps", "contingencies", "events",
            "dispatch_parameters", "dr_events", "gpu_counts", "limit_units", "monitoring_plan",
            "site_systems",
        )
    }  # fmt: skip
    parameters = {
        row["parameter_id"]: amount(exact(row["value"])) or ZERO
        for row in fetch("select * from reference.parameters")
    }
    readings: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for kind in ("grid", "campus_load", "turbines", "batteries"):
        for row in fetch(f"select * from affected.{kind} order by interval_start_utc"):
            readings[row["site_id"]][row["device_id"]].append(row)
    demand = fetch("select * from affected.system_demand order by interval_start_utc")
    factors = {
        row["factor_id"]: exact(row["value"]) or ZERO for row in fetch("select * from reference.factors")
    }
    units = {row["device_id"]: row["site_id"] for row in reference["devices"]}
    feeds = {row["feed_id"]: row["site_id"] for row in reference["feeds"]}
    quality = {
        table.split(".")[1]: fetch(f"select * from {table}")
        for table in ("affected.findings", "affected.rejected_rows", "quality.files")
    }
    sites = {}
    for row in reference["sites"]:
        site_id = row["site_id"]
        if row["kind"] == "campus":
            own = {
                table: [
                    line for line in rows if line.get("site_id", units.get(line.get("unit_id"))) == site_id
                ]
                for table, rows in reference.items()
            }
            sites[site_id] = Site(
                site_id,
                clock_of(row["time_zone"]),
                own,
                parameters,
                factors,
                demand,
                readings[site_id],
                {
                    table: [line for line in rows if feeds[line["feed_id"]] == site_id]
                    for table, rows in quality.items()
                },
            )
    return sites

"""Starts and stops of units: `turbine_starts`.

Written from docs/methods/compliance.md, for sites where no limit says how a start ends or counts, where
fuel is always read, where every start that is seen reaches its load, and where a unit stands still at
first. Here must not live: SQL.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from tests.oracle.clock import HOUR
from tests.oracle.exact import ZERO, amount, exact
from tests.oracle.power import Key
from tests.oracle.site import Piece, Row, Site, mean, value
from tests.oracle.turbines import GCV_BTU_SCF, burns, rates

UNCOUNTED = (
    "counted_as",
    "counted_ytd",
    "counted_12m",
    "limit_id",
    "limit_starts",
    "start_hours_ytd_h",
    "start_hours_12m_h",
    "limit_start_hours_h",
    "limit_is_verified",
    "limit_notice",
    "counted_is_bound",
    "projected_exhaustion_date",
    "projection_status",
)
"""Columns that a limit would fill."""

KINDS = ("startup", "shutdown", "malfunction")
SECOND = timedelta(seconds=1)


def hour_kinds(site: Site, unit: str, hour: datetime) -> set[str]:
    """Startup, shutdown, malfunction in an hour; a start without an end is in its first hour alone."""
    seen = {kind for begins, ends, kind in _spans(site, unit) if begins < hour + HOUR and ends > hour}
    return seen | {kind for kind in KINDS if is_logged(site, unit, hour, kind)}


def is_logged(site: Site, unit: str, hour: datetime, kind: str) -> bool:
    """Whether a person logged something of that kind in an hour, of the unit or of the site."""
    return any(
        event["kind"] == kind
        and event["unit_id"] in (None, unit)
        and event["start_at"] < hour + HOUR
        and event["end_at"] > hour
        for event in site.reference["events"]
    )


@lru_cache
def _spans(site: Site, unit: str) -> list[tuple[datetime, datetime, str]]:
    """An event of no length lies in the hour of its last second."""
    found = []
    for (_, of, _), row in turbine_starts(site):
        if of == unit:
            begins, ends = row["started_at"], row["ended_at"]
            if row["kind"] == "start":
                found.append((begins, ends or begins + SECOND, "startup"))
            else:
                found.append((min(begins, ends - SECOND), ends, "shutdown"))
    return found


def turbine_starts(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for unit in sorted(name for name, row in site.devices.items() if row["kind"] == "unit"):
        rows = site.readings[unit]
        cut: datetime | None = None
        run: list[Row] = []
        for row in [*rows, None]:
            if row is not None and burns(site, row):
                run.append(row)
            elif run:
                yield _event(site, unit, "start", run, _standstill(site, rows[0], run[0], cut))
                cut = _end(run[-1])
                if row is not None:
                    yield _event(site, unit, "stop", run, {})
                run = []


def _end(row: Row) -> datetime:
    return row["interval_start_utc"] + timedelta(seconds=row["interval_s"])


def _standstill(site: Site, first: Row, lit: Row, cut: datetime | None) -> Row:
    """Hot after a short standstill; one of which the beginning is not seen may be longer."""
    since = cut or first["interval_start_utc"]
    hours = Decimal((lit["interval_start_utc"] - since) / timedelta(hours=1))
    is_hot: bool | None = hours <= site.parameters["hot_restart_max_off_h"]
    if is_hot and cut is None:
        is_hot = None
    return {
        "start_type": None if is_hot is None else "hot" if is_hot else "cold",
        "is_hot_restart": is_hot,
        "standstill_h": amount(hours) if cut else None,
    }


def _event(site: Site, unit: str, kind: str, run: list[Row], standstill: Row) -> tuple[Key, Row]:
    part = _start(site, unit, run) if kind == "start" else _stop(site, unit, run)
    lit, cut = run[0]["interval_start_utc"], _end(run[-1])
    return (site.site_id, unit, f"{unit}:{kind}:{lit if kind == 'start' else cut:%Y-%m-%dT%H:%M:%SZ}"), {
        "kind": kind,
        "started_at": part.begins,
        "ended_at": part.ends,
        "duration_min": None if part.ends is None else _minutes(part.ends - part.begins),
        "end_rule": "load",
        **dict.fromkeys(UNCOUNTED),
        "counter_reason": "count_rule_unknown",
        **dict.fromkeys(("start_type", "is_hot_restart", "standstill_h")),
        **standstill,
        "is_aborted": _is_aborted(site, unit, run) if kind == "start" else False,
        "nox_lb": _nox_lb(site, part.rows) if part.ends else None,
        "nox_reason": None,
        "resolution_s": 300,
        "is_bound": kind == "stop" and part.is_open,
        "data_coverage_pct": Decimal(100),
        "reason": "load_missing" if kind == "start" and part.is_open else None,
    }


def _is_aborted(site: Site, unit: str, run: list[Row]) -> bool | None:
    """Every start reaches its load, as far as that is seen."""
    return False if any(_is_loaded(site, unit, row) for row in run) else None


def _minutes(length: timedelta) -> Decimal | None:
    return amount(Decimal(length / timedelta(minutes=1)))


class Part(NamedTuple):
    """An event within a run; open where the output that would show its end or beginning is missing."""

    begins: datetime
    ends: datetime | None
    rows: list[Row]
    is_open: bool


def _is_loaded(site: Site, unit: str, row: Row) -> bool | None:
    """Whether the unit holds the load that ends a start; None where its output is not read."""
    load = exact(site.devices[unit]["nameplate_mw"]) * site.parameters["startup_end_load_pct"] / 100
    power = value(row, "gross_mw")
    return None if power is None else power >= load


def _start(site: Site, unit: str, run: list[Row]) -> Part:
    """From when fuel is lit until the load is reached."""
    rows = list(takewhile(lambda row: _is_loaded(site, unit, row) is False, run))
    after = run[len(rows)]
    is_open = _is_loaded(site, unit, after) is None
    begins = run[0]["interval_start_utc"]
    return Part(begins, None if is_open else after["interval_start_utc"], rows, is_open)


def _stop(site: Site, unit: str, run: list[Row]) -> Part:
    """From when the load is left for good, as far as that is seen, until fuel is cut."""
    rows = list(takewhile(lambda row: _is_loaded(site, unit, row) is False, reversed(run)))[::-1]
    before = run[len(run) - len(rows) - 1]
    return Part(_end(before), _end(run[-1]), rows, _is_loaded(site, unit, before) is None)


def _nox_lb(site: Site, part: list[Row]) -> Decimal | None:
    """Mean concentrations, then the rate, times the heat: as of an hour."""
    if not part:
        return ZERO
    pieces = [Piece(row["interval_s"], row) for row in part]
    rate = rates(site, mean(pieces, "nox_ppm"), mean(pieces, "o2_pct")).rate
    fuel = sum((seconds * (value(row, "fuel_flow_scfh") or ZERO) for seconds, row in pieces), ZERO)
    return None if rate is None else amount(rate * fuel * GCV_BTU_SCF / Decimal(3600000000))

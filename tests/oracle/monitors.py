"""When monitors did not see their unit, and how often: `monitor_downtime`, `monitor_availability`.

Written from docs/methods/compliance.md and emissions.md, for units of which a feed gives NOx and fuel flow,
never CO, and whose monitors were certified before anything was read. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from tests.oracle.clock import HOUR
from tests.oracle.emissions import month_of
from tests.oracle.exact import amount, quotient
from tests.oracle.power import Key
from tests.oracle.site import Row, Site
from tests.oracle.starts import is_logged
from tests.oracle.turbines import measured_hourly

PARAMETERS = ("heat_input", "nox")
CAUSES = ("malfunction", "maintenance", "test")
"""What a person may log, the first that holds."""

Hours = dict[datetime, Row]


def monitor_downtime(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row: spells of operating hours, and of hours of which nobody knows."""
    for unit, hours in unit_hours(site).items():
        for parameter in PARAMETERS:
            seen = {
                hour: _is_seen(row, parameter) for hour, row in hours.items() if row["operating_time_h"] != 0
            }
            for is_seen, spell in groupby(seen, seen.get):
                if not is_seen:
                    yield _spell(site, unit, parameter, hours, list(spell))


def unit_hours(site: Site) -> dict[str, Hours]:
    """Unit → its hours in their order."""
    found: dict[str, Hours] = defaultdict(dict)
    for (_, unit, hour), row in measured_hourly(site).items():
        found[unit][hour] = row
    return found


def _is_seen(row: Row, parameter: str) -> bool:
    """Whether a known operating hour has a valid figure; a capped rate is none for an average of NSPS."""
    if row["operating_time_h"] is None:
        return False
    return bool(row["is_valid_nsps"]) if parameter == "nox" else row["heat_input_mmbtu"] is not None


def _spell(site: Site, unit: str, parameter: str, every: Hours, hours: list[datetime]) -> tuple[Key, Row]:
    down = sum(every[hour]["operating_time_h"] is not None for hour in hours)
    months = {month_of(site, hours[0]), month_of(site, hours[-1])}
    operating = sum(
        bool(row["operating_time_h"])
        for hour, row in every.items()
        if min(months) <= month_of(site, hour) <= max(months)
    )
    return (site.site_id, unit, f"{unit}:{parameter}:{hours[0]:%Y-%m-%dT%H:%M:%SZ}"), {
        "parameter": parameter,
        "started_at": hours[0],
        "ended_at": hours[-1] + HOUR,
        "duration_h": Decimal(down) if down else None,
        "cause": _cause(site, unit, hours),
        "operating_time_pct": amount(quotient(Decimal(100 * down), Decimal(operating))) if down else None,
        "unknown_h": Decimal(len(hours) - down),
        "is_bound": down < len(hours),
        "data_coverage_pct": amount(Decimal(100 * down) / len(hours)),
        "reason": None if down else "op_time_unknown",
    }


def _cause(site: Site, unit: str, hours: list[datetime]) -> str:
    for kind in CAUSES:
        if any(is_logged(site, unit, hour, kind) for hour in hours):
            return kind
    checks = {
        row["interval_start_utc"]
        for row in site.readings[unit]
        if row["monitor_status"] in ("calibration", "maintenance")
    }
    is_checked = any(hour <= at < hour + HOUR for at in checks for hour in hours)
    return "quality_assurance" if is_checked else "unknown"


# --- availability -------------------------------------------------------------------------------


def monitor_availability(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, by month of local standard time."""
    for unit, hours in unit_hours(site).items():
        for parameter in PARAMETERS:
            ran: list[bool] = []
            months: dict[date, list[Row]] = defaultdict(list)
            for hour, row in hours.items():
                months[standard_month(site, hour)].append(row)
            for month, rows in months.items():
                here = [row for row in rows if row["operating_time_h"]]
                seen = [_is_assured(row, parameter) for row in here]
                ran += seen
                yield (site.site_id, unit, parameter, month), _month(site, parameter, rows, seen, ran)


def _month(site: Site, parameter: str, rows: list[Row], seen: list[bool], ran: list[bool]) -> Row:
    """`seen` are the month's operating hours, `ran` all so far; fewer here than availability looks back."""
    assert len(ran) < site.parameters["pma_operating_h"]
    unknown = sum(row["operating_time_h"] is None for row in rows)
    valid = sum(bool(row["operating_time_h"] and row["is_valid_nsps"]) for row in rows)
    known = Decimal(100 * (len(rows) - unknown)) / len(rows)
    is_known = known >= site.parameters["coverage_gate_pct"]
    pma = amount(quotient(Decimal(100 * sum(ran)), Decimal(len(ran))), Decimal("0.1"))
    share = amount(quotient(Decimal(100 * valid), Decimal(len(seen))))
    return {
        "operating_hours": len(seen),
        "quality_assured_hours": sum(seen),
        "pma_pct": pma if is_known else None,
        "nsps_valid_pct": share if is_known and parameter == "nox" else None,
        "unknown_hours": unknown,
        "data_coverage_pct": amount(known),
        "reason": "op_time_unknown" if not is_known else None if ran else "no_operating_hours",
    }


def _is_assured(row: Row, parameter: str) -> bool:
    """Quality-assured for Part 75: a rate under the elected cap is one."""
    figure = "nox_lb_per_mmbtu_capped" if parameter == "nox" else "heat_input_mmbtu"
    return row[figure] is not None


def standard_month(site: Site, hour: datetime) -> date:
    """The month of the clock without daylight-saving time."""
    offset = site.reference["sites"][0]["standard_offset"]
    return (hour + timedelta(hours=int(offset[:3]))).date().replace(day=1)

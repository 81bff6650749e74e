"""Our share of the system's peak: `peak_grid_share`.

Written from docs/methods/grid.md, for systems whose published demand contains the campus and meters that
are always connected. Here must not live: SQL.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tests.oracle.clock import FIVE_MINUTES, HOUR, Clock
from tests.oracle.exact import ZERO, amount, quotient, total
from tests.oracle.grid import demand_blocks, import_mw
from tests.oracle.power import Key, flows, mean_mw
from tests.oracle.site import Row, Site, value


class Hour(NamedTuple):
    """An hour of the system with what the campus took in it."""

    at: datetime
    system_mw: Decimal
    campus_mw: Decimal | None
    measured_pct: Decimal
    discharge_mw: Decimal | None


def peak_grid_share(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    (link,) = site.reference["site_systems"]
    periods: dict[str, list[Hour]] = {}
    for hour in (_hour(site, row) for row in site.system_demand):
        day = site.clock.day(hour.at)
        if day >= site.starts_on:
            for period in (f"{day:%Y}", f"{day:%Y-%m}"):
                periods.setdefault(period, []).append(hour)
    for period, hours in periods.items():
        for definition, n, row in _definitions(site, period, hours):
            key = (site.site_id, link["system_id"], period, definition, n)
            yield key, row | {"denominator_id": f"system_demand:{link['system_id']}", "includes_campus": True}


def _hour(site: Site, row: Row) -> Hour:
    at = row["interval_start_utc"]
    instants = [at + n * FIVE_MINUTES for n in range(12)]
    imports = [import_mw(site, instant) for instant in instants]
    grid = [flows(site)["grid"].get(instant) for instant in instants]
    battery = [flow for instant in instants if (flow := flows(site)["battery"].get(instant)) is not None]
    given = [max(mw, ZERO) for flow in battery if (mw := mean_mw(site, flow)) is not None]
    measured = [amount(100 * flow.measured / flow.expected) or ZERO for flow in grid if flow is not None]
    is_known = None not in imports
    return Hour(
        at,
        value(row, "demand_mw") or ZERO,
        amount(sum(imports, ZERO) / 12) if is_known else None,
        amount(sum(measured, ZERO) / 12) or ZERO if is_known else ZERO,
        amount(quotient(total(given), Decimal(len(given)))),
    )


def _definitions(site: Site, period: str, hours: list[Hour]) -> Iterator[tuple[str, int, Row]]:
    ranked = sorted(hours, key=lambda hour: (-hour.system_mw, hour.at))
    ties = [hour for hour in ranked if hour.system_mw == ranked[0].system_mw]
    by_day = _first_of_each(ranked, lambda hour: site.clock.day(hour.at))
    by_month = _first_of_each(ranked, lambda hour: site.clock.day(hour.at).replace(day=1))
    highest = _highest_import(site, period)
    of_period = _of_period(site.clock, period, hours)
    for definition in ("coincident_inclusive", "coincident_exclusive"):
        peak = ties[0]
        is_exclusive = definition.endswith("exclusive")
        row = _row(of_period, [peak], 1, ties, peak.campus_mw if is_exclusive else ZERO)
        shares = [s for hour in ties if (s := _share(hour, is_exclusive)) is not None]
        if row["reason"] is None:
            row |= {"share_min_pct": amount(min(shares)), "share_max_pct": amount(max(shares))}
            row["coincidence_factor"] = amount(quotient(peak.campus_mw, highest))
        yield definition, 1, row
    yield "noncoincident", 1, _noncoincident(of_period, highest, ranked[0].system_mw)
    for definition, n, chosen in (("daily_cp", 5, by_day[:5]), ("top_n", 10, ranked[:10])):
        yield definition, n, _row(of_period, chosen, n, ties, ZERO)
    if len(period) == 4:
        yield "monthly_cp", 12, _row(of_period, by_month, 12, ties, ZERO)
        summer = [hour for hour in by_month if 6 <= site.clock.day(hour.at).month <= 9]
        if summer:
            yield "monthly_cp", 4, _row(of_period, summer, 4, ties, ZERO)


def _share(hour: Hour, is_exclusive: bool) -> Decimal | None:
    if hour.campus_mw is None:
        return None
    return 100 * hour.campus_mw / (hour.system_mw - (hour.campus_mw if is_exclusive else ZERO))


def _row(of_period: Row, chosen: list[Hour], n: int, ties: list[Hour], without: Decimal | None) -> Row:
    campus = [hour.campus_mw for hour in chosen]
    system = None if without is None else sum((hour.system_mw for hour in chosen), ZERO) - without
    is_missing = None in campus
    taken = None if is_missing else sum((mw for mw in campus if mw is not None), ZERO)
    return {
        "peak_at_utc": chosen[0].at,
        "peak_ties": sum(hour in ties for hour in chosen) if n > 1 else len(ties),
        "site_mw": None if taken is None else amount(taken / len(chosen)),
        "system_mw": amount(quotient(system, Decimal(len(chosen)))),
        "share_pct": None if taken is None else amount(quotient(100 * taken, system)),
        "share_min_pct": None,
        "share_max_pct": None,
        "coincidence_factor": None,
        "battery_relief_mw": None,
        "battery_discharge_mw": chosen[0].discharge_mw,
        "is_imputed": False,
        "is_bound": len(chosen) < n or of_period["is_bound"],
        "data_coverage_pct": of_period["data_coverage_pct"],
        "reason": "campus_missing" if is_missing else None,
    }


def _noncoincident(of_period: Row, highest: Decimal | None, system_mw: Decimal) -> Row:
    share = None if highest is None else amount(100 * highest / system_mw)
    empty = ("peak_at_utc", "peak_ties", "coincidence_factor", "battery_relief_mw", "battery_discharge_mw")
    return {
        **dict.fromkeys((*empty, "is_imputed", "share_min_pct", "share_max_pct")),
        "site_mw": highest,
        "system_mw": system_mw,
        "share_pct": share,
        "is_bound": of_period["is_bound"],
        "data_coverage_pct": of_period["data_coverage_pct"],
        "reason": "campus_missing" if highest is None else None,
    }


def _of_period(clock: Clock, period: str, hours: list[Hour]) -> Row:
    """How much of a period, as long as the site's clock makes it, is known and measured."""
    year, month = int(period[:4]), int(period[5:] or 1)
    first = date(year, month, 1)
    step = (1, 0) if len(period) == 4 else ((1, -11) if month == 12 else (0, 1))
    after = first.replace(year=year + step[0], month=month + step[1])
    length = (clock.midnight(after) - clock.midnight(first)) // HOUR
    known = sum(hour.campus_mw is not None for hour in hours)
    measured = sum((hour.measured_pct for hour in hours), ZERO)
    return {"is_bound": known < length, "data_coverage_pct": amount(measured / length)}


def _highest_import(site: Site, period: str) -> Decimal | None:
    days = [day for day in site.days if f"{day:%Y-%m}".startswith(period)]
    blocks = (mw for day in days for mw in demand_blocks(site, day).values() if mw is not None)
    return max(blocks, default=None)


def _first_of_each(ranked: list[Hour], group: Callable[[Hour], date]) -> list[Hour]:
    """The highest hour of each day or month, the highest first."""
    found: dict[date, Hour] = {}
    for hour in ranked:
        found.setdefault(group(hour), hour)
    return list(found.values())

"""Our share of the system's peak: `peak_grid_share`.

Written from docs/methods/grid.md, for systems whose published demand contains the campus and meters that
are always connected. Here must not live: SQL.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tests.oracle.avoided import WATT, without_battery_import
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
            denominator = f"system_demand:{link['system_id']}"
            key = (site.site_id, link["system_id"], period, definition, n, denominator)
            yield key, row | {"includes_campus": True}


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
    by_day = _first_of_each(ranked, site.clock.day)
    by_month = _first_of_each(ranked, lambda at: site.clock.day(at).replace(day=1))
    highest = _highest_import(site, period)
    of_period = _of_period(site.clock, period, hours)
    without = [hour.system_mw - hour.campus_mw for hour in hours if hour.campus_mw is not None]
    for suffix, peak in (
        ("", ties[0].system_mw),
        ("_inclusive", ties[0].system_mw),
        ("_exclusive", max(without, default=None)),
    ):
        yield f"noncoincident{suffix}", 1, of_period | _noncoincident(highest, peak)
    for definition in ("coincident_inclusive", "coincident_exclusive"):
        is_exclusive = definition.endswith("exclusive")
        row = of_period | _coincident(site, ties, highest, is_exclusive)
        yield definition, 1, row
    for definition, n, chosen in (("daily_cp", 5, by_day[:5]), ("top_n", 10, ranked[:10])):
        yield definition, n, _several(of_period, chosen, n, ties)
    if len(period) == 4:
        yield "monthly_cp", 12, _several(of_period, by_month, 12, ties)
        summer = [hour for hour in by_month if 6 <= site.clock.day(hour.at).month <= 9]
        if summer:
            yield "monthly_cp", 4, _several(of_period, summer, 4, ties)


EMPTY = dict.fromkeys(
    (
        "peak_at_utc",
        "peak_ties",
        "share_min_pct",
        "share_max_pct",
        "coincidence_factor",
        "battery_relief_mw",
        "battery_discharge_mw",
        "is_imputed",
        "relief_method_id",
    )
) | {"relief_reason": "not_coincident"}


def _coincident(site: Site, ties: list[Hour], highest: Decimal | None, is_exclusive: bool) -> Row:
    """At t*, the earliest of equal peaks; with the campus in the demand or without it."""
    peak, shares = ties[0], [_share(hour, is_exclusive) for hour in ties]
    known = [share for share in shares if share is not None]
    taken = peak.campus_mw
    system = None if is_exclusive and taken is None else peak.system_mw - (taken if is_exclusive else ZERO)
    return _relief(site, peak) | {
        "peak_at_utc": peak.at,
        "peak_ties": len(ties),
        "site_mw": taken,
        "system_mw": system,
        "share_pct": amount(shares[0]),
        "share_min_pct": None if None in shares else amount(min(known)),
        "share_max_pct": None if None in shares else amount(max(known)),
        "coincidence_factor": amount(quotient(taken, highest)),
        "battery_discharge_mw": peak.discharge_mw,
        "is_imputed": False,
        "reason": "campus_missing" if taken is None else None,
    }


def _share(hour: Hour, is_exclusive: bool) -> Decimal | None:
    if hour.campus_mw is None:
        return None
    return 100 * hour.campus_mw / (hour.system_mw - (hour.campus_mw if is_exclusive else ZERO))


def _relief(site: Site, peak: Hour) -> Row:
    """What the campus would have imported by the dispatch without batteries, less what it did."""
    imports = without_battery_import(site)
    steps = [imports.get(peak.at + n * FIVE_MINUTES, ("not_connected", 0)) for n in range(12)]
    reason = min((why for why, _ in steps if why), default=None)
    if peak.campus_mw is None:
        reason = "campus_missing"
    mean = Decimal(sum(watts for _, watts in steps)) / 12 / WATT
    return {
        "battery_relief_mw": None if reason else amount(mean - (peak.campus_mw or ZERO)),
        "relief_method_id": None if reason else "A",
        "relief_reason": reason,
    }


def _several(of_period: Row, chosen: list[Hour], n: int, ties: list[Hour]) -> Row:
    """Sums over n peaks."""
    campus = [hour.campus_mw for hour in chosen]
    system = sum((hour.system_mw for hour in chosen), ZERO)
    taken = None if None in campus else total(campus)
    return (
        of_period
        | EMPTY
        | {
            "peak_at_utc": chosen[0].at,
            "peak_ties": sum(hour in ties for hour in chosen),
            "site_mw": amount(quotient(taken, Decimal(len(chosen)))),
            "system_mw": amount(system / len(chosen)),
            "share_pct": None if taken is None else amount(100 * taken / system),
            "battery_discharge_mw": chosen[0].discharge_mw,
            "is_imputed": False,
            "is_bound": len(chosen) < n or of_period["is_bound"],
            "reason": "campus_missing" if taken is None else None,
        }
    )


def _noncoincident(highest: Decimal | None, system_mw: Decimal | None) -> Row:
    """Each at its own time."""
    is_missing = highest is None or system_mw is None
    return EMPTY | {
        "site_mw": None if is_missing else highest,
        "system_mw": system_mw,
        "share_pct": None if is_missing else amount(100 * highest / system_mw),
        "reason": "campus_missing" if is_missing else None,
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


def _first_of_each(ranked: list[Hour], group: Callable[[datetime], date]) -> list[Hour]:
    """The highest hour of each day or month, the highest first."""
    found: dict[date, Hour] = {}
    for hour in ranked:
        found.setdefault(group(hour.at), hour)
    return list(found.values())

"""How much of the turbines' time was a last resort: `last_resort_daily`, of a site and of the campus.

Written from docs/methods/claims.md; these sites log no tests. Conditions are true, false or None where
nobody knows, and are joined accordingly. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tests.oracle.batteries import cap_mw, capability_mw, group_soc_pct
from tests.oracle.clock import FIVE_MINUTES
from tests.oracle.exact import ZERO, amount, exact, quotient
from tests.oracle.grid import import_mw
from tests.oracle.outages import is_outage
from tests.oracle.power import Key, flows, mean_mw
from tests.oracle.site import Row, Site, value
from tests.oracle.turbines import measured_hourly

Truth = bool | None


class Part(NamedTuple):
    """A unit's hour: its operating time, which of it was a last resort, and of which nobody knows."""

    row: Row
    nameplate: Decimal
    needed_h: Decimal
    unknown_h: Decimal


def last_resort_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of a site."""
    for day, parts in _parts(site).items():
        yield (site.site_id, day), _day(site, site.site_id, parts)


def campus_daily(sites: list[Site]) -> dict[date, Row]:
    """Local day → row of all sites that have it."""
    days: dict[date, list[Part]] = defaultdict(list)
    for site in sites:
        for day, parts in _parts(site).items():
            days[day] += parts
    return {day: _day(sites[0], "campus", parts) for day, parts in days.items()}


@lru_cache
def _parts(site: Site) -> dict[date, list[Part]]:
    days: dict[date, list[Part]] = defaultdict(list)
    for (_, unit, hour), row in measured_hourly(site).items():
        needed = unknown = ZERO
        if row["operating_time_h"]:
            found = [_is_last(site, unit, at) for at in _giving(site, unit, hour)]
            needed, unknown = (
                amount(row["operating_time_h"] * found.count(verdict) / len(found)) or ZERO
                for verdict in (True, None)
            )
        nameplate = exact(site.devices[unit]["nameplate_mw"]) or ZERO
        days[site.clock.day(hour)].append(Part(row, nameplate, needed, unknown))
    return days


def _day(site: Site, boundary: str, parts: list[Part]) -> Row:
    known = [part for part in parts if part.row["operating_time_h"] is not None]
    is_whole = len(known) == len(parts)
    time = sum((part.row["operating_time_h"] for part in known), ZERO)
    needed = sum((part.needed_h for part in known), ZERO)
    unknown = sum((part.unknown_h for part in known), ZERO)
    gross = [part.row["gross_mwh"] for part in parts]
    able = sum((part.nameplate for part in parts), ZERO)
    reason = None
    if not is_whole:
        reason = "missing_source:turbine"
    elif not time:
        reason = "no_turbine_hours"
    elif (time - unknown) * 100 < time * site.parameters["coverage_gate_pct"]:
        reason = "conditions_unknown"
    return {
        "boundary": boundary,
        "turbine_h": time if is_whole else None,
        "last_resort_h": needed if is_whole else None,
        "test_h": ZERO if is_whole else None,
        "unknown_h": unknown if is_whole else None,
        "last_resort_pct": None if reason else amount(quotient(100 * needed, time)),
        "capacity_factor_pct": None if None in gross else amount(quotient(100 * sum(gross, ZERO), able)),
        "capability_mwh": able,
        "is_bound": unknown > 0,
        "data_coverage_pct": amount(100 * (len(known) - unknown) / len(parts)),
        "reason": reason,
    }


def _giving(site: Site, unit: str, hour: datetime) -> list[datetime]:
    """Intervals of an hour in which a unit gave power; all of them where it gave none."""
    every = [hour + n * FIVE_MINUTES for n in range(12)]
    return [at for at in every if (_power(site, unit).get(at) or ZERO) > 0] or every


@lru_cache
def _power(site: Site, unit: str) -> dict[datetime, Decimal | None]:
    return {row["interval_start_utc"]: value(row, "gross_mw") for row in site.readings[unit]}


def _is_last(site: Site, unit: str, at: datetime) -> Truth:
    """Whether the grid had less to give than the unit gives at least, and the batteries nothing."""
    return _both(_grid_is_spent(site, unit, at), _batteries_are_spent(site, at))


def _grid_is_spent(site: Site, unit: str, at: datetime) -> Truth:
    cap, taken = cap_mw(site, at), import_mw(site, at)
    calls = [(row["start_at"], row["end_at"]) for row in site.reference["dr_events"]]
    least = exact(site.devices[unit]["min_load_mw"])
    return _either(
        None if cap is None or taken is None or least is None else cap - taken < least,
        is_outage(site, at) or any(begins < at + FIVE_MINUTES and at < ends for begins, ends in calls),
    )


@lru_cache
def _batteries_are_spent(site: Site, at: datetime) -> Truth:
    charge, power = group_soc_pct(site, None).get(at), mean_mw(site, flows(site)["battery"][at])
    floor = max(exact(row["soc_floor_pct"]) or ZERO for row in site.reference["contingencies"])
    limit, share = capability_mw(site, at), site.parameters["battery_limit_pct"]
    return _either(
        None if charge is None else charge <= floor,
        None if power is None or limit is None else power * 100 >= limit * share,
    )


def _either(left: Truth, right: Truth) -> Truth:
    if left or right:
        return True
    return None if left is None or right is None else False


def _both(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True

"""How much of the turbines' time was a last resort: `last_resort_daily`, of a site.

Written from docs/methods/claims.md; these sites log no tests. Conditions are true, false or None where
nobody knows, and are joined accordingly. Here must not live: SQL.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from tests.oracle.batteries import cap_mw, capability_mw, group_soc_pct
from tests.oracle.clock import FIVE_MINUTES
from tests.oracle.exact import ZERO, amount, exact, quotient
from tests.oracle.grid import import_mw
from tests.oracle.outages import is_outage
from tests.oracle.power import Key, flows, mean_mw
from tests.oracle.site import Row, Site, value
from tests.oracle.turbines import measured_hourly

Truth = bool | None


def last_resort_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for day in site.days:
        yield (site.site_id, day), _day(site, day)


def _day(site: Site, day: date) -> Row:
    rows = {key[1:]: row for key, row in measured_hourly(site).items() if site.clock.day(key[2]) == day}
    needed = unknown = ZERO
    for (unit, hour), row in rows.items():
        found = [_is_last(site, unit, at) for at in _giving(site, unit, hour)]
        for verdict in (True, None):
            part = amount(row["operating_time_h"] * found.count(verdict) / len(found)) or ZERO
            needed, unknown = (needed + part, unknown) if verdict else (needed, unknown + part)
    time = sum((row["operating_time_h"] for row in rows.values()), ZERO)
    known = (time - unknown) * 100 >= time * site.parameters["coverage_gate_pct"]
    gross = [row["gross_mwh"] for row in rows.values()]
    able = sum((exact(site.devices[unit]["nameplate_mw"]) for unit, _ in rows), ZERO)
    reason = "no_turbine_hours" if not time else None if known else "conditions_unknown"
    return {
        "boundary": site.site_id,
        "turbine_h": time,
        "last_resort_h": needed,
        "test_h": ZERO,
        "unknown_h": unknown,
        "last_resort_pct": None if reason else amount(quotient(100 * needed, time)),
        "capacity_factor_pct": None if None in gross else amount(quotient(100 * sum(gross, ZERO), able)),
        "capability_mwh": able,
        "is_bound": unknown > 0,
        "data_coverage_pct": amount(100 * (1 - unknown / len(rows))),
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

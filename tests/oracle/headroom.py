"""What is used and left under limits on tons: `permit_headroom_daily`.

Written from docs/methods/compliance.md for one limit of 12 months on a site's NOx, which does not say how
hours are filled (the best estimate makes the tons), and for lines that potentials are held against. No
limit counts starts. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tests.oracle.clock import HOUR
from tests.oracle.emissions import LIMIT, LIMIT_ID
from tests.oracle.exact import ZERO, amount, quotient
from tests.oracle.filling import pollutant_hours
from tests.oracle.power import Key
from tests.oracle.site import Row, Site
from tests.oracle.turbines import NINE

DAY = timedelta(days=1)
LINES = {"LINE-NOX": ("nox", Decimal(100), LIMIT), "LINE-CO": ("co", Decimal(100), None)}
"""Potential to emit → its pollutant, the line, and the sum of the caps; no cap limits CO."""

UNVERIFIED = {"limit_is_verified": False, "limit_notice": "unverified limit"}
DATES = ("projected_exhaustion_date", "projected_exhaustion_early_date", "projected_exhaustion_late_date")


class Used(NamedTuple):
    """Tons of a day, and unit hours of it: all, and those with a mass or a substitute."""

    tons: Decimal
    hours: int
    filled: int


def permit_headroom_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for day in site.days:
        yield (site.site_id, None, LIMIT_ID, day), _actual(site, day)
        for line in LINES:
            yield (site.site_id, None, line, day), _potential(line)


@lru_cache
def used_daily(site: Site) -> dict[date, Used]:
    """Every local day since the site's first, as far as it is known."""
    masses: dict[date, list[Decimal | None]] = defaultdict(list)
    for (_, _, hour, pollutant), row in pollutant_hours(site).items():
        if pollutant == "nox":
            masses[site.clock.day(hour)].append(row["lb_best_estimate"])
    units = sum(row["kind"] == "unit" for row in site.devices.values())
    known_until, found = site.hours[-1] + HOUR, {}
    day = site.reference["sites"][0]["starts_on"]
    while site.clock.midnight(day) < known_until:
        length = min(site.clock.midnight(day + DAY), known_until) - site.clock.midnight(day)
        there = [lb for lb in masses[day] if lb is not None]
        found[day] = Used(sum(there, ZERO) / 2000, units * (length // HOUR), len(there))
        day += DAY
    return found


def _actual(site: Site, day: date) -> Row:
    window_from = _months_on(day.replace(day=1), -11)
    days = [used for at, used in used_daily(site).items() if window_from <= at <= day]
    at_least = amount(sum((used.tons for used in days), ZERO)) or ZERO
    hours, filled = sum(used.hours for used in days), sum(used.filled for used in days)
    used = at_least if filled == hours else None
    means = _means(site, day)
    has_band = len(means) > site.parameters["projection_days"]
    mean = means.get(day)
    dates: tuple[date | None, ...] = (None, None, None)
    if used is not None and mean is not None:
        first, early, late = (
            _exhausted(site, day, daily) for daily in (mean, max(means.values()), min(means.values()))
        )
        dates = (first, early, late) if has_band else (first, None, None)
    return {
        "pollutant": "nox",
        "counter": None,
        "unit": "short_ton",
        "averaging": "12_months",
        "basis": "actual",
        **_left(used, LIMIT),
        "used_at_least": at_least,
        "counted_from": max(window_from, min(used_daily(site))),
        "is_partial_window": min(used_daily(site)) > window_from,
        "is_bound": False,
        "mean_daily_amount": amount(mean, NINE),
        **dict(zip(DATES, dates, strict=True)),
        "band_reason": None if has_band else "insufficient_history",
        "projection_status": _status(used, mean, dates[0]),
        **UNVERIFIED,
        "data_coverage_pct": amount(Decimal(100 * filled) / hours),
        "reason": None if used is not None else "window_has_gaps",
    }


def _left(used: Decimal | None, limit: Decimal) -> Row:
    left = None if used is None else limit - used
    return {
        "used": amount(used),
        "limit_value": limit,
        "remaining": amount(left),
        "remaining_pct": None if left is None else amount(quotient(100 * left, limit)),
    }


def _status(used: Decimal | None, mean: Decimal | None, exhausted: date | None) -> str:
    if used is None:
        return "use_unknown"
    if used > LIMIT:
        return "exceeded"
    if mean is None:
        return "insufficient_history"
    return "projected" if exhausted else "not_projected"


def _potential(line: str) -> Row:
    """Caps of all units held against a line; never what is emitted."""
    pollutant, limit, caps = LINES[line]
    return {
        "pollutant": pollutant,
        "unit": "short_ton",
        "basis": "potential_to_emit",
        **_left(caps, limit),
        "used_at_least": caps,
        "is_bound": False,
        "projection_status": "not_applicable",
        **UNVERIFIED,
        "data_coverage_pct": Decimal(100),
        "reason": None if caps else "no_pte",
        **dict.fromkeys(("counter", "averaging", "counted_from", "is_partial_window", "mean_daily_amount")),
        **dict.fromkeys((*DATES, "band_reason")),
    }


# --- projection ---------------------------------------------------------------------------------


def _means(site: Site, day: date) -> dict[date, Decimal]:
    """Day of the last 365 → mean of the days up to it that are projected, where each of them is known."""
    length, found = int(site.parameters["projection_days"]), {}
    for n in range(365):
        days = [used_daily(site).get(day - (n + back) * DAY) for back in range(length)]
        known = [used.tons for used in days if used is not None and used.filled == used.hours]
        if len(known) == length:
            found[day - n * DAY] = sum(known, ZERO) / length
    return found


def _exhausted(site: Site, day: date, daily: Decimal) -> date | None:
    """The first month-end of 24 months at which the 12 months up to it exceed the limit."""
    for ahead in range(25):
        month = _months_on(day.replace(day=1), ahead)
        ends, begins = _months_on(month, 1) - DAY, _months_on(month, -11)
        seen = sum((used.tons for at, used in used_daily(site).items() if begins <= at <= day), ZERO)
        to_come = (ends - max(day, begins - DAY)).days
        if seen + daily * to_come > LIMIT:
            return ends
    return None


def _months_on(month: date, months: int) -> date:
    year, after = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, after + 1, 1)

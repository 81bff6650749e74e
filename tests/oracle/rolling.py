"""Averages over four operating hours against a limit: `nox_rolling_hourly`.

Written from kpis §4.2 for the one limit of these campuses: the mean of an hour and the three operating
hours before it, however long ago; at least three of them valid. Here must not live: SQL.
"""

from collections.abc import Iterator
from decimal import Decimal

from tests.oracle.exact import ZERO, amount
from tests.oracle.power import Key
from tests.oracle.site import Row, Site
from tests.oracle.turbines import NINE, measured_hourly

LIMIT_ID, LIMIT = "HOURS-4", Decimal(25)
HOURS, LEAST_VALID = 4, 3


def nox_rolling_hourly(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of every operating hour; hours off are no hours."""
    before: dict[str, list[Decimal | None]] = {}
    for (site_id, unit, hour), row in measured_hourly(site).items():
        if row["operating_time_h"]:
            values = before.setdefault(unit, [])
            values.append(row["nox_ppm_15o2"] if row["is_valid_nsps"] else None)
            yield (site_id, unit, hour, LIMIT_ID), _row(values[-HOURS:])


def _row(window: list[Decimal | None]) -> Row:
    valid = [value for value in window if value is not None]
    reason = None
    if len(window) < HOURS:
        reason = "insufficient_history"
    elif len(valid) < LEAST_VALID:
        reason = "insufficient_valid"
    mean = None if reason else sum(valid, ZERO) / len(valid)
    return {
        "pollutant": "nox",
        "averaged_column": "nox_ppm_15o2",
        "averaging": "4_operating_hours",
        "rolling_value": amount(mean, NINE),
        "window_hours": len(window),
        "valid_hours": len(valid),
        "limit_value": LIMIT,
        "margin": None if mean is None else amount(LIMIT - mean, NINE),
        "is_exceedance": None if mean is None else mean > LIMIT,
        "is_exceedance_rounded": None if mean is None else amount(mean, Decimal(1)) > LIMIT,
        "limit_is_verified": False,
        "limit_notice": "unverified limit",
        "is_monitor_downtime": window[-1] is None,
        "anchor_invalid": window[-1] is None,
        "hour_value": window[-1],
        "hour_limit_id": LIMIT_ID,
        "hour_limit_value": LIMIT,
        "data_coverage_pct": amount(Decimal(100 * len(valid)) / len(window)),
        "reason": reason,
    }

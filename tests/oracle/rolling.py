"""Averages over four operating hours against a limit: `nox_rolling_hourly`.

Written from kpis §4.2 for the one limit of these campuses: the mean of an hour and the three operating
hours before it, however long ago; at least three of them valid; an hour of which nobody knows whether the
unit ran is an invalid one. Here must not live: SQL.
"""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tests.oracle.exact import ZERO, amount
from tests.oracle.power import Key
from tests.oracle.site import Row, Site
from tests.oracle.starts import hour_kinds
from tests.oracle.turbines import NINE, measured_hourly

LIMIT_ID, LIMIT = "HOURS-4", Decimal(25)
HOURS, LEAST_VALID = 4, 3
SPECIAL = ("malfunction", "startup", "shutdown")


class Hour(NamedTuple):
    """Its valid figure, and which of malfunction, startup and shutdown lie in it."""

    value: Decimal | None
    kinds: set[str]


@lru_cache
def nox_rolling_hourly(site: Site) -> list[tuple[Key, Row]]:
    """Key → row, of every operating hour; hours off are no hours."""
    before: dict[str, list[Hour]] = {}
    found = []
    for (site_id, unit, hour), row in measured_hourly(site).items():
        if row["operating_time_h"] != 0:
            hours = before.setdefault(unit, [])
            value = row["nox_ppm_15o2"] if row["is_valid_nsps"] else None
            hours.append(Hour(value, hour_kinds(site, unit, hour)))
            is_known = row["operating_time_h"] is not None
            found.append(((site_id, unit, hour, LIMIT_ID), _row(hours[-HOURS:], is_known=is_known)))
    return found


def _row(window: list[Hour], *, is_known: bool) -> Row:
    valid = [hour.value for hour in window if hour.value is not None]
    reason = None
    if not is_known:
        reason = "op_time_unknown"
    elif len(window) < HOURS:
        reason = "insufficient_history"
    elif len(valid) < LEAST_VALID:
        reason = "insufficient_valid"
    mean = None if reason else sum(valid, ZERO) / len(valid)
    shown = amount(mean, NINE)
    last = window[-1].value
    is_above = None if mean is None else mean > LIMIT
    return {
        "pollutant": "nox",
        "averaged_column": "nox_ppm_15o2",
        "averaging": "4_operating_hours",
        "rolling_value": shown,
        "window_hours": len(window),
        "valid_hours": len(valid),
        "limit_value": LIMIT,
        "margin": None if shown is None else LIMIT - shown,
        "is_exceedance": is_above,
        "is_exceedance_rounded": None if mean is None else amount(mean, Decimal(1)) > LIMIT,
        "limit_is_verified": False,
        "limit_notice": "unverified limit",
        "is_monitor_downtime": is_known and last is None,
        "anchor_invalid": last is None,
        "hour_value": last,
        "hour_limit_id": LIMIT_ID,
        "hour_limit_value": LIMIT,
        **(_explained(window) if is_above else dict.fromkeys(("is_explained_by_ssm", "ssm_kind"))),
        "data_coverage_pct": amount(Decimal(100 * len(valid)) / len(window)),
        "reason": reason,
    }


def _explained(window: list[Hour]) -> Row:
    """Whether what is left of the window without its special hours complies, and which hours those are."""
    plain = [hour.value for hour in window if hour.value is not None and not hour.kinds]
    would_comply = not plain or sum(plain, ZERO) / len(plain) <= LIMIT
    kinds = [kind for kind in SPECIAL if any(kind in hour.kinds for hour in window)]
    return {"is_explained_by_ssm": would_comply, "ssm_kind": kinds[0] if would_comply else None}

"""What a mart says of a day on which a column was never read, held against the same day with it.

A figure may then be NULL, or the same, or a bound that says so. Everything else is a smaller (or
greater) number that looks like the true one. Here must not live: what a figure is.
"""

from collections.abc import Iterator
from decimal import Decimal
from numbers import Number
from typing import Any

from tests.oracle.site import Row

ABOUT_THE_DATA = {
    "calibration_days",
    "coverage_pct",
    "data_coverage_pct",
    "gaps",
    "nsps_valid_pct",
    "pma_pct",
    "quality_assured_hours",
    "valid_hours",
    "valid_quadrants",
    "version_id",
}
"""Numbers that count what is there: they have to move."""

STAND_INS = {
    "batteries.energy_charged_mwh": "power gives the energy where registers do not",
}
"""Columns in whose place others stand, so that figures are others, but whole."""

FILLED = {
    "heat_input_mmbtu_best_estimate",
    "heat_input_mmbtu_p75",
    "lb_best_estimate",
    "lb_maximum_potential",
    "lb_part75",
    "nox_lb_p75",
    "nox_lb_per_mmbtu_p75",
}
"""Columns that carry a substitute beside the one that is NULL then."""

_UNKNOWN_PURPOSE = "what no purpose can be given is `unknown`"
_MEASURED_PART = "the measured part stands beside the whole"
_THREE_OF_FOUR = "three valid hours of four are enough"
_NO_CREDIT = "no credit for reserve without a known autonomy"
_RATED_ENERGY = "charge weighs by rated energy where no pack says its status"
_FITTED = "curves and rates are fitted on the hours that are there"

RULES = {
    ("battery_daily", "batteries.status"): _RATED_ENERGY,
    ("battery_energy_by_purpose_daily", "campus_load.load_mw"): _UNKNOWN_PURPOSE,
    ("battery_energy_by_purpose_daily", "turbines.gross_mw"): _UNKNOWN_PURPOSE,
    ("emissions_avoided_daily", "batteries.available_discharge_mw"): _NO_CREDIT,
    ("emissions_avoided_daily", "batteries.soc_pct"): _NO_CREDIT,
    ("emissions_avoided_daily", "turbines.fuel_flow_scfh"): _FITTED,
    ("emissions_avoided_daily", "turbines.gross_mw"): _FITTED,
    ("emissions_avoided_daily", "turbines.monitor_status"): _FITTED,
    ("emissions_avoided_daily", "turbines.nox_ppm"): _FITTED,
    ("emissions_avoided_daily", "turbines.o2_pct"): _FITTED,
    ("emissions_monthly", "turbines.fuel_flow_scfh"): _MEASURED_PART,
    ("emissions_monthly", "turbines.monitor_status"): _MEASURED_PART,
    ("emissions_monthly", "turbines.nox_ppm"): _MEASURED_PART,
    ("emissions_monthly", "turbines.o2_pct"): _MEASURED_PART,
    ("nox_rolling_hourly", "turbines.monitor_status"): _THREE_OF_FOUR,
    ("nox_rolling_hourly", "turbines.nox_ppm"): _THREE_OF_FOUR,
    ("nox_rolling_hourly", "turbines.o2_pct"): _THREE_OF_FOUR,
    ("site_power_5min", "batteries.status"): _RATED_ENERGY,
    ("turbine_hours_avoided_daily", "batteries.available_discharge_mw"): _NO_CREDIT,
    ("turbine_hours_avoided_daily", "batteries.soc_pct"): _NO_CREDIT,
}
"""Mart and lacking column where a rule lets figures move → the rule."""

KEYS = (
    "unit_id",
    "device_id",
    "local_date",
    "hour_start_utc",
    "interval_start_utc",
    "month",
    "pollutant",
    "limit_id",
    "purpose",
    "kind",
    "definition",
    "period",
    "method_id",
    "scenario",
    "contingency_id",
    "boundary",
    "parameter",
    "n",
    "resolution_s",
    "event_id",
    "denominator_id",
)


def by_key(rows: list[Row], site_id: str) -> dict[tuple[Any, ...], Row]:
    """Key without the site → row, of one site."""
    return {
        tuple(_bare(row[key], site_id) for key in KEYS if key in row): row
        for row in rows
        if row["site_id"] == site_id
    }


def moved(mart: str, whole: Row, lacking: Row) -> Iterator[str]:
    """Figures that are neither the same, nor NULL, nor a bound."""
    for column, figure in whole.items():
        after = lacking[column]
        if column in ABOUT_THE_DATA | FILLED | set(KEYS) or not (_is_number(figure) or _is_number(after)):
            continue
        if after not in (None, figure) and not (lacking.get("is_bound") or column.endswith("_at_least")):
            yield f"{mart}.{column}: {figure} becomes {after}"


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal | Number) and not isinstance(value, bool)


def _bare(value: object, site_id: str) -> object:
    """A name without its site; the site itself is `site`, as where it is a boundary."""
    if value == site_id:
        return "site"
    return value.replace(f"{site_id}-", "") if isinstance(value, str) else value

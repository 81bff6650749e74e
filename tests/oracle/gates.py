"""What a mart says of a day on which a column was never read, held against the same day with it.

A figure may then be NULL, or the same, or a bound that says so. Everything else is a smaller (or
greater) number that looks like the true one. And a mart goes by the columns that it declares, by each of
them and by no other. Here must not live: what a figure is.
"""

from collections.abc import Iterator
from decimal import Decimal
from numbers import Number
from typing import Any

from tests.oracle.needs import needs
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
    "batteries.energy_discharged_mwh": "power gives the energy where registers do not",
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
_FILLED = "a mass is filled, its measured part stands beside it"
_THREE_OF_FOUR = "three valid hours of four are enough"
_NO_CREDIT = "no credit for reserve without a known autonomy"
_RATED_ENERGY = "charge weighs by rated energy where no pack says its status"
_BOUND = "a maximum or minimum over a gap is a bound"
_COUNTED = "hours that a monitor saw are counted"
_EITHER = "fuel flow and output both tell when a unit runs"
_NO_CALL = "no call lies in the day"
_TOO_COARSE = "no reading is as fine as a second, so that every figure is NULL"
_STACK = ("turbines.monitor_status", "turbines.nox_ppm", "turbines.o2_pct")
_BURNT = ("turbines.fuel_flow_scfh", "turbines.gross_mw")
_FLOWS = ("batteries.battery_mw", "grid.grid_mw", "turbines.gross_mw")

_EXCUSES: dict[str, dict[str, tuple[str, ...]]] = {
    "battery_capability": {_BOUND: ("batteries.battery_mw",)},
    "battery_daily": {_RATED_ENERGY: ("batteries.status",)},
    "battery_energy_by_purpose_daily": {_UNKNOWN_PURPOSE: ("campus_load.load_mw", "turbines.gross_mw")},
    "delivery_funnel": {"no month is known whole": ("batteries.status",)},
    "demand_response": {_NO_CALL: _FLOWS},
    "dr_performance": {_NO_CALL: _FLOWS},
    "emissions_avoided_daily": {_NO_CREDIT: ("batteries.available_discharge_mw", "batteries.soc_pct")},
    "emissions_monthly": {_FILLED: (*_STACK, *_BURNT)},
    "excess_emissions": {_EITHER: _BURNT},
    "grid_limits_daily": {_BOUND: ("batteries.soc_pct",)},
    "last_resort_daily": {
        _EITHER: ("turbines.fuel_flow_scfh",),
        "batteries that have something to give decide alone": ("grid.grid_mw",),
    },
    "monitor_availability": {_COUNTED: (*_STACK, "turbines.fuel_flow_scfh")},
    "nox_rolling_hourly": {_THREE_OF_FOUR: _STACK, _EITHER: _BURNT},
    "permit_headroom_daily": {_FILLED: (*_STACK, *_BURNT)},
    "ramp_smoothing": {_TOO_COARSE: ("campus_load.load_mw", "grid.grid_mw")},
    "site_power_5min": {_RATED_ENERGY: ("batteries.status",)},
    "turbine_hours_avoided_daily": {
        _NO_CREDIT: ("batteries.available_discharge_mw", "batteries.soc_pct"),
        _EITHER: ("turbines.fuel_flow_scfh",),
    },
    "turbine_pollutant_hourly": {_FILLED: ("turbines.gross_mw",)},
}

RULES = {(mart, column): rule for mart, rules in _EXCUSES.items() for rule in rules for column in rules[rule]}
"""Mart and lacking column where figures may move, or none becomes NULL → why."""

UNDELIVERED = {
    "system_demand.demand_adjusted_mw",
    "system_demand.demand_mw",
    "turbines.co2_pct",
    "turbines.co2_short_tons",
    "turbines.co_ppm",
    "turbines.gcv_btu_scf",
    "turbines.h2o_pct",
    "turbines.heat_input_mmbtu_h",
    "turbines.modc",
    "turbines.nox_lb",
    "turbines.nox_lb_per_mmbtu",
    "turbines.nox_ppm_15o2",
    "turbines.operating_time_h",
    "turbines.scr_inlet_temperature_c",
    "turbines.stack_flow_scfh",
    "turbines.status",
}
"""Needs that no feed of these sites gives: held to worked examples alone."""

OF_EVERY_COLUMN = {"data_quality_daily"}
"""Marts that judge whatever is expected, so that they declare nothing."""

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


Rows = dict[tuple[Any, ...], Row]


def complaints(mart: str, column: str, whole: Rows, lacking: Rows) -> Iterator[str]:
    """What is wrong with a mart of a site that lacks a column for a day."""
    shared = whole.keys() & lacking.keys()
    figures = {text for key in shared for text in _moved(whole[key], lacking[key])}
    is_missed = whole.keys() != lacking.keys() or any(_loses(whole[key], lacking[key]) for key in shared)
    rule = RULES.get((mart, column)) or STAND_INS.get(column)
    changed = {name for key in shared for name in _changed(whole[key], lacking[key])}
    if figures and not rule:
        yield f"{mart} without {column}: {', '.join(sorted(figures)[:3])}"
    if column in needs()[mart] and not is_missed and not rule:
        yield f"{mart} declares {column}, but nothing is NULL without it"
    if column not in needs()[mart] and mart not in OF_EVERY_COLUMN and (changed or is_missed):
        yield f"{mart} does not declare {column}, but goes by it: {', '.join(sorted(changed))}"
    if (mart, column) in RULES and not figures and (is_missed or column not in needs()[mart]):
        yield f"{mart} needs no rule for {column}"


def _moved(whole: Row, lacking: Row) -> Iterator[str]:
    """Figures that are neither the same, nor NULL, nor a bound."""
    for column, figure in _figures(whole):
        after = lacking[column]
        if column in FILLED or not (_is_number(figure) or _is_number(after)):
            continue
        if after not in (None, figure) and not (lacking.get("is_bound") or column.endswith("_at_least")):
            yield f"{column}: {figure} becomes {after}"


def _loses(whole: Row, lacking: Row) -> bool:
    """Whether a figure becomes NULL."""
    return any(_is_number(figure) and lacking[column] is None for column, figure in _figures(whole))


def _changed(whole: Row, lacking: Row) -> Iterator[str]:
    """Figures and flags that are others, but for what is said of them."""
    for column, figure in _figures(whole):
        if not isinstance(figure, str) and lacking[column] != figure and not isinstance(lacking[column], str):
            yield column


def _figures(row: Row) -> Iterator[tuple[str, object]]:
    return ((column, figure) for column, figure in row.items() if column not in ABOUT_THE_DATA | set(KEYS))


def _is_number(value: object) -> bool:
    return isinstance(value, Decimal | Number) and not isinstance(value, bool)


def _bare(value: object, site_id: str) -> object:
    """A name without its site; the site itself is `site`, as where it is a boundary."""
    if value == site_id:
        return "site"
    return value.replace(f"{site_id}-", "") if isinstance(value, str) else value

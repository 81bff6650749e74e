"""Fuel, CO2 and NOx that batteries avoided, unit by unit: `emissions_avoided_daily`.

Written from docs/methods/turbine_hours_avoided.md, for less than four weeks, so that nothing
has an interval, and units whose fuel is metered. Here must not live: SQL, the dispatch itself (`avoided`).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tests.oracle.avoided import STEPS, WATT, Scenario, dispatch, scenarios, turbine_hours_avoided_daily
from tests.oracle.clock import HOUR
from tests.oracle.exact import ZERO, amount, exact, quotient
from tests.oracle.filling import turbine_hourly
from tests.oracle.power import Key
from tests.oracle.site import Row, Site
from tests.oracle.starts import turbine_starts
from tests.oracle.turbines import TWELVE, co2_lb_per_mmbtu

BINS = 10
"""Tenths of the nameplate."""

CURVE_BINS = 3
"""Load bins from which a curve can be drawn."""

INTERVALS = tuple(
    f"{of}_{end}" for of in ("fuel_mmbtu", "co2_short_tons", "nox_net_lb") for end in ("low", "high")
)
FUEL = (
    "fuel_mmbtu",
    "co2_short_tons",
    "induced_import_mwh",
    "induced_grid_co2_short_tons",
    "induced_grid_nox_lb",
)
NOX = ("nox_lb", "start_penalty_nox_lb", "nox_net_lb", "without_battery_nox_lb", "nox_other_bins_pct")


def emissions_avoided_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of method A."""
    grid = _grid_factors(site)
    by_name = {scenario.name: scenario for scenario in scenarios(site)}
    for key, hours in turbine_hours_avoided_daily(site):
        _, day, method, name = key
        if method != "A":
            continue
        scenario = by_name[name]
        without, modelled = (_duties(site, scenario, has_battery=has)[day] for has in (False, True))
        reason = hours["reason"] or _why_no_fuel(site, without + modelled)
        nox_reason = reason or _why_no_nox(site, without + modelled)
        row: Row = dict.fromkeys((*FUEL, *NOX, *INTERVALS))
        if reason is None:
            row |= _fuel(site, without, modelled) | _induced(site, scenario, day, grid)
        if nox_reason is None:
            row |= _nox(site, without, modelled)
        yield (
            key,
            row
            | {
                "induced_factor_id": grid.factor_id,
                "induced_factor_kind": grid.kind,
                "interval_reason": reason or "too_few_weeks",
                "nox_interval_reason": nox_reason or "too_few_weeks",
                "is_publishable": hours["is_publishable"],
                "data_coverage_pct": hours["data_coverage_pct"],
                "nox_reason": nox_reason,
                "reason": reason,
            },
        )


# --- what a unit burns and emits ----------------------------------------------------------------


class Steady(NamedTuple):
    """A whole hour of operation without a start or a stop in it; NOx where it was measured."""

    load_bin: int
    mwh: Decimal
    heat: Decimal
    nox_lb: Decimal | None


class Curve(NamedTuple):
    """Heat of an hour without output [mmBtu] and of a MWh [mmBtu]."""

    no_load: Decimal
    slope: Decimal


@lru_cache
def _hours(site: Site, unit: str) -> dict[datetime, Row]:
    return {hour: row for (_, of, hour), row in turbine_hourly(site) if of == unit}


def _load_bin(output: Decimal, nameplate: Decimal) -> int:
    return min(BINS, 1 + int(BINS * output / nameplate))


@lru_cache
def _steady(site: Site, unit: str) -> list[Steady]:
    nameplate = exact(site.devices[unit]["nameplate_mw"])
    return [
        Steady(
            _load_bin(row["gross_mwh"], nameplate),
            row["gross_mwh"],
            row["heat_input_mmbtu"],
            row["nox_lb"],
        )
        for row in _hours(site, unit).values()
        if row["operating_time_h"] == 1
        and not (row["is_startup"] or row["is_shutdown"] or row["is_bound"])
        and row["gross_mwh"]
        and row["heat_input_mmbtu"]
    ]


@lru_cache
def _curve(site: Site, unit: str) -> Curve | None:
    """The straight line of least squares through the steady hours."""
    hours = _steady(site, unit)
    if len({hour.load_bin for hour in hours}) < CURVE_BINS:
        return None
    count = Decimal(len(hours))
    mean_mwh = quotient(sum((hour.mwh for hour in hours), ZERO), count)
    mean_heat = quotient(sum((hour.heat for hour in hours), ZERO), count)
    together = sum(((hour.mwh - mean_mwh) * (hour.heat - mean_heat) for hour in hours), ZERO)
    spread = sum(((hour.mwh - mean_mwh) ** 2 for hour in hours), ZERO)
    slope = quotient(together, spread)
    return Curve(amount(mean_heat - slope * mean_mwh), amount(slope))


@lru_cache
def _rates(site: Site, unit: str) -> dict[int, Decimal]:
    """Load bin in which NOx was measured → its rate [lb/mmBtu]."""
    seen: dict[int, list[Steady]] = defaultdict(list)
    for hour in _steady(site, unit):
        if hour.nox_lb is not None:
            seen[hour.load_bin].append(hour)
    return {
        place: amount(
            quotient(sum((hour.nox_lb for hour in hours), ZERO), sum((hour.heat for hour in hours), ZERO)),
            TWELVE,
        )
        for place, hours in seen.items()
    }


def _rate(site: Site, unit: str, load_bin: int) -> Decimal | None:
    """The rate of the nearest bin that was seen, of two the lower."""
    rates = _rates(site, unit)
    nearest = min(rates, key=lambda place: (abs(place - load_bin), place), default=None)
    return None if nearest is None else rates[nearest]


@lru_cache
def _start_lb(site: Site, unit: str) -> Decimal | None:
    """NOx of a start: as measured, or by factors where too few were."""
    measured = [lb for lb in _measured_starts(site, unit) if lb is not None]
    if len(measured) >= site.parameters["start_nox_min_starts"]:
        return amount(quotient(sum(measured, ZERO), Decimal(len(measured))))
    minutes, factors = exact(site.devices[unit]["cold_start_min"]), site.factors
    if minutes is None:
        return None
    return amount(factors["start_nox_lb_per_mmbtu"] * factors["start_heat_input_mmbtu_h"] * minutes / 60)


def _measured_starts(site: Site, unit: str) -> Iterator[Decimal | None]:
    """Of each start that has ended: NOx beyond that of its heat at steady load; None where not measured."""
    for (_, of, _), start in turbine_starts(site):
        if of == unit and start["kind"] == "start" and start["ended_at"]:
            hours = [
                row
                for hour, row in _hours(site, unit).items()
                if hour + HOUR > start["started_at"] and hour < start["ended_at"]
            ]
            excess = [_excess_lb(site, unit, row) for row in hours]
            yield None if None in excess else sum(excess, ZERO)


def _excess_lb(site: Site, unit: str, row: Row) -> Decimal | None:
    if row["is_bound"] or row["is_shutdown"]:
        return None
    figures = (row["nox_lb"], row["heat_input_mmbtu"], row["load_pct"])
    if None in figures:
        return None
    rate = _rate(site, unit, _load_bin(row["load_pct"], Decimal(100)))
    return None if rate is None else amount(row["nox_lb"] - row["heat_input_mmbtu"] * rate)


# --- what the models' units do ------------------------------------------------------------------


@dataclass
class Duty:
    """What a unit does in one of the models, in a local day and load bin."""

    unit: str
    load_bin: int
    unit_steps: int = 0
    watt_steps: int = 0
    starts: int = 0

    def heat(self, site: Site) -> Decimal:
        """By the unit's curve [mmBtu]."""
        curve = _curve(site, self.unit)
        assert curve
        return quotient(curve.no_load * self.unit_steps + curve.slope * self.watt_steps / WATT, STEPS) or ZERO

    def steady_lb(self, site: Site) -> Decimal:
        """NOx but for the starts [lb]."""
        return self.heat(site) * (_rate(site, self.unit, self.load_bin) or ZERO)

    def starts_lb(self, site: Site) -> Decimal:
        """NOx of the starts [lb]."""
        return self.starts * (_start_lb(site, self.unit) or ZERO)


@lru_cache
def _duties(site: Site, scenario: Scenario, *, has_battery: bool) -> dict[date, list[Duty]]:
    """A unit that runs on through an unknown interval gives nothing there: the lowest bin."""
    found: dict[date, dict[tuple[str, int], Duty]] = {day: {} for day in site.days}
    for moment in dispatch(site, scenario, has_battery=has_battery):
        for unit, watts in moment.watts.items():
            place = _load_bin(Decimal(watts), exact(site.devices[unit]["nameplate_mw"]) * WATT)
            duty = found[site.clock.day(moment.step.at)].setdefault((unit, place), Duty(unit, place))
            duty.unit_steps += 1
            duty.watt_steps += watts
            duty.starts += unit in moment.started
    return {day: list(duties.values()) for day, duties in found.items()}


def _why_no_fuel(site: Site, duties: list[Duty]) -> str | None:
    return "no_heat_input_curve" if any(_curve(site, duty.unit) is None for duty in duties) else None


def _why_no_nox(site: Site, duties: list[Duty]) -> str | None:
    if any(not _rates(site, duty.unit) for duty in duties):
        return "no_nox_rate"
    if any(duty.starts and _start_lb(site, duty.unit) is None for duty in duties):
        return "no_start_factor"
    return None


def _total(figures: Iterator[Decimal]) -> Decimal:
    """Each is of a unit and load bin, and rounded before it is added."""
    return sum((amount(figure) or ZERO for figure in figures), ZERO)


def _fuel(site: Site, without: list[Duty], modelled: list[Duty]) -> Row:
    fuel = _total(duty.heat(site) for duty in without) - _total(duty.heat(site) for duty in modelled)
    return {
        "fuel_mmbtu": fuel,
        "co2_short_tons": amount(fuel * co2_lb_per_mmbtu(site) / site.factors["lb_per_short_ton"]),
    }


def _nox(site: Site, without: list[Duty], modelled: list[Duty]) -> Row:
    nox = _total(duty.steady_lb(site) for duty in without) - _total(duty.steady_lb(site) for duty in modelled)
    penalty = _total(duty.starts_lb(site) for duty in modelled) - _total(
        duty.starts_lb(site) for duty in without
    )
    both = without + modelled
    strange = [duty for duty in both if duty.load_bin not in _rates(site, duty.unit)]
    other = quotient(
        100 * _total(duty.heat(site) for duty in strange), _total(duty.heat(site) for duty in both)
    )
    return {
        "nox_lb": nox,
        "start_penalty_nox_lb": penalty,
        "nox_net_lb": nox - penalty,
        "without_battery_nox_lb": _total(duty.steady_lb(site) + duty.starts_lb(site) for duty in without),
        "nox_other_bins_pct": amount(other or ZERO),
    }


# --- what the import burns elsewhere ------------------------------------------------------------


class Grid(NamedTuple):
    """Factors of the import [lb/MWh]: the system's marginal ones before its average ones."""

    factor_id: str | None
    kind: str | None
    co2: Decimal | None
    nox: Decimal | None


def _grid_factors(site: Site) -> Grid:
    (system,) = site.reference["site_systems"]
    for kind in ("marginal", "average"):
        factor_id = f"{system['system_id']}_{kind}"
        co2 = site.factors.get(f"{factor_id}_co2_lb_per_mwh")
        if co2 is not None:
            return Grid(factor_id, kind, co2, site.factors.get(f"{factor_id}_nox_lb_per_mwh"))
    return Grid(None, None, None, None)


def _induced(site: Site, scenario: Scenario, day: date, grid: Grid) -> Row:
    """Import of M1 less that of M0, by what units and batteries give and what nobody supplies."""
    models = (dispatch(site, scenario, has_battery=has) for has in (False, True))
    extra = sum(
        sum(without.watts.values()) + without.unserved
        - (sum(modelled.watts.values()) + modelled.unserved + modelled.step.battery)
        for without, modelled in zip(*models, strict=True)
        if site.clock.day(without.step.at) == day
    )  # fmt: skip
    imported = Decimal(extra) / WATT / STEPS
    return {
        "induced_import_mwh": amount(imported),
        "induced_grid_co2_short_tons": None
        if grid.co2 is None
        else amount(imported * grid.co2 / site.factors["lb_per_short_ton"]),
        "induced_grid_nox_lb": None if grid.nox is None else amount(imported * grid.nox),
    }

"""How many turbine hours batteries saved: `turbine_hours_avoided_daily`.

Written from docs/methods/turbine_hours_avoided.md for scenarios without a minimum down time, for no old grid
connection, no days without batteries and less than four weeks, so that nothing splits or bounds method A and
method C is refused. Powers are whole watts. Here must not live: SQL, the dispatch of
`pipelines.counterfactual`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tests.oracle.batteries import autonomy_5min, battery_daily, cap_mw
from tests.oracle.clock import HOUR, floor
from tests.oracle.exact import ZERO, amount, exact, quotient, root
from tests.oracle.power import Key, balances_5min, energy_balance_daily
from tests.oracle.site import Row, Site, value
from tests.oracle.starts import turbine_starts
from tests.oracle.turbines import measured_hourly

WATT = 1_000_000
STEPS = Decimal(12)
"""In an hour."""

FOR_EVER = Decimal("Infinity")

EMPTY = (
    "without_battery_h",
    "modelled_h",
    "avoided_h_low",
    "avoided_h",
    "avoided_h_high",
    "avoided_observed_h",
    "battery_h",
    "grid_h",
    "interaction_h",
    "battery_only_h",
    "without_battery_turbine_mwh",
    "avoided_turbine_mwh_low",
    "avoided_turbine_mwh",
    "avoided_turbine_mwh_high",
    "starts_delta",
    "unserved_mwh",
    "soc_borrowed_mwh",
    "calibration_pct",
    "avoided_soc_neutral_h",
    "before_upgrade_h",
    "modelled_turbine_mwh",
    "observed_starts",
    "excluded_h",
    "without_battery_starts",
    "modelled_starts",
    "calibration_days",
)


@dataclass(frozen=True)
class Step:
    """Five minutes; powers in W, None where one of them is not known."""

    at: datetime
    need: int
    battery: int
    turbine: int
    cap: int
    autonomy_min: Decimal | None
    reason: str | None
    measured_pct: Decimal


class Scenario(NamedTuple):
    """How operators hold units in reserve."""

    name: str
    reserve: int
    reserve_of_batteries: int
    min_up_h: Decimal
    start_min: Decimal
    release_steps: int


@dataclass
class Unit:
    """In one of the models: when it was last started and needed, and whether it runs."""

    name: str
    capability: int
    least: int
    up_steps: int
    release_steps: int
    started: int | None = None
    needed: int = 0


class Moment(NamedTuple):
    """What a model does in one step: the output of each unit that runs [W], and what nobody supplies."""

    step: Step
    watts: dict[str, int]
    started: list[str]
    unserved: int


@dataclass
class Total:
    """Of a local day."""

    unit_steps: int = 0
    starts: int = 0
    watt_steps: int = 0
    unserved: int = 0


def turbine_hours_avoided_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of the three methods."""
    for day in site.days:
        shared = _observed(site, day)
        for scenario in scenarios(site):
            row = dict.fromkeys(EMPTY) | shared | _dispatch(site, day, scenario)
            yield (site.site_id, day, "A", scenario.name), row
        shared = {name: shared[name] for name in ("observed_h", "observed_turbine_mwh", "data_coverage_pct")}
        for method, row in (("B", _energy_bound(site, day)), ("C", _regression(site, day))):
            yield (site.site_id, day, method, "none"), dict.fromkeys(EMPTY) | shared | row


# --- what was ------------------------------------------------------------------------------------


@lru_cache
def _steps(site: Site) -> list[Step]:
    found = []
    bridges = autonomy_5min(site, f"{site.site_id}-largest_unit")
    for (_, at), row in balances_5min(site):
        cap = cap_mw(site, at)
        reason = row["reason"] or ("no_cap" if cap is None else None)
        why, minutes = bridges[at]
        autonomy = FOR_EVER if why == "no_deficit" else None if why else minutes
        excluded = sum((_excluded_mw(site, unit, at) for unit in units(site)), ZERO)
        need = ZERO if reason else row["load_mw"] + row["aux_mw"] - excluded
        powers = (need, row["battery_mw"], row["turbine_mw"], cap)
        watts = [0 if reason or mw is None else int(mw * WATT) for mw in powers]
        found.append(Step(at, *watts, autonomy, reason, row["data_coverage_pct"]))
    return found


def units(site: Site) -> list[str]:
    """In merit order, the largest first."""
    units = [row for row in site.devices.values() if row["kind"] == "unit"]
    return [
        row["device_id"] for row in sorted(units, key=lambda row: (-row["nameplate_mw"], row["device_id"]))
    ]


def _is_out(site: Site, unit: str, at: datetime) -> bool:
    """Whether something was logged in the hour that takes the unit away."""
    hour = floor(at, 3600)
    return any(
        event["unit_id"] == unit
        and event["kind"] in ("outage", "maintenance", "test")
        and event["start_at"] < hour + HOUR
        and hour < event["end_at"]
        for event in site.reference["events"]
    )


@lru_cache
def _outputs(site: Site, unit: str) -> dict[datetime, Decimal]:
    factor = next(exact(row["loss_factor"]) for row in site.counted["turbine"] if row["meter_id"] == unit)
    return {
        row["interval_start_utc"]: amount((value(row, "gross_mw") or ZERO) * factor)
        for row in site.readings[unit]
    }


def _excluded_mw(site: Site, unit: str, at: datetime) -> Decimal:
    return _outputs(site, unit).get(at, ZERO) if _is_out(site, unit, at) else ZERO


@lru_cache
def _observed(site: Site, day: date) -> Row:
    hours = [
        (key[1], key[2], row) for key, row in measured_hourly(site).items() if site.clock.day(key[2]) == day
    ]
    counted = [row for unit, hour, row in hours if not _is_out(site, unit, hour)]
    gone = [row["operating_time_h"] for unit, hour, row in hours if _is_out(site, unit, hour)]
    steps = [step for step in _steps(site) if site.clock.day(step.at) == day]
    measured = sum((step.measured_pct for step in steps if step.reason is None), ZERO)
    return {
        "observed_h": _sum(counted, "operating_time_h"),
        "observed_turbine_mwh": _sum(counted, "gross_mwh"),
        "excluded_h": sum((time for time in gone if time is not None), ZERO),
        "observed_starts": sum(
            row["kind"] == "start"
            and site.clock.day(row["started_at"]) == day
            and not _is_out(site, key[1], row["started_at"])
            for key, row in turbine_starts(site)
        ),
        "data_coverage_pct": amount(measured * 300 / site.clock.seconds(day)),
    }


def _sum(rows: list[Row], column: str) -> Decimal | None:
    figures = [row[column] for row in rows]
    return None if None in figures else sum(figures, ZERO)


@lru_cache
def _why_not(site: Site, day: date) -> str | None:
    """Why a day cannot be used."""
    steps = [step for step in _steps(site) if site.clock.day(step.at) == day]
    known = sum(step.reason is None for step in steps)
    if known * 300 * 100 < site.clock.seconds(day) * site.parameters["tha_coverage_gate_pct"]:
        return min((step.reason for step in steps if step.reason), default="incomplete_day")
    balance = _balances(site)[day]
    if balance["status"] == "red":
        return "balance_red"
    return balance["reason"] if balance["status"] == "missing_source" else None


@lru_cache
def _balances(site: Site) -> dict[date, Row]:
    return {day: row for (_, day), row in energy_balance_daily(site)}


# --- method A ------------------------------------------------------------------------------------


@lru_cache
def scenarios(site: Site) -> list[Scenario]:
    """Those of the site."""
    return [
        Scenario(
            row["scenario"],
            int(row["k"]),
            int(row["k_batt"]),
            exact(row["min_up_h"]),
            exact(row["start_min"]),
            int(exact(row["release_min"]) / 5),
        )
        for row in site.reference["dispatch_parameters"]
    ]


@lru_cache
def dispatch(site: Site, scenario: Scenario, *, has_battery: bool) -> list[Moment]:
    """Units are committed step by step, from a standstill, by the rule of the page."""
    fleet = [_unit(site, scenario, name) for name in units(site)]
    found = []
    for number, step in enumerate(_steps(site)):
        residual = max(0, step.need - (step.battery if has_battery else 0) - step.cap)
        if step.reason is None:
            there = [unit for unit in fleet if not _is_out(site, unit.name, step.at)]
            _commit(there, residual, _reserve(scenario, step, has_battery=has_battery), number)
            for unit in fleet:
                unit.started = unit.started if unit in there else None
        on = [unit for unit in fleet if unit.started is not None]
        is_known = step.reason is None
        watts = _loading(on, residual) if is_known else dict.fromkeys((unit.name for unit in on), 0)
        started = [unit.name for unit in on if unit.started == number]
        unserved = max(0, residual - sum(unit.capability for unit in on)) if is_known else 0
        found.append(Moment(step, watts, started, unserved))
    return found


def without_battery_import(site: Site) -> dict[datetime, tuple[str | None, int]]:
    """What is missing, and the import of M0 [W]: load that is served, less what the turbines give."""
    base = next(scenario for scenario in scenarios(site) if scenario.name == "base")
    return {
        step.at: (step.reason, step.need - sum(watts.values()) - unserved)
        for step, watts, _, unserved in dispatch(site, base, has_battery=False)
    }


def _reserve(scenario: Scenario, step: Step, *, has_battery: bool) -> int:
    """Batteries stand for units where they last as long as a cold start."""
    lasts = step.autonomy_min is not None and step.autonomy_min >= scenario.start_min
    return scenario.reserve - (scenario.reserve_of_batteries if has_battery and lasts else 0)


def _loading(on: list[Unit], residual: int) -> dict[str, int]:
    """All units at the same place between their limits; the shares of the first ones are whole watts."""
    least, most = sum(unit.least for unit in on), sum(unit.capability for unit in on)
    above = max(least, min(residual, most)) - least
    watts, room, given = {}, 0, 0
    for unit in on:
        room += unit.capability - unit.least
        share = room * above // (most - least)
        watts[unit.name] = unit.least + share - given
        given = share
    return watts


@lru_cache
def _model(site: Site, scenario: Scenario, *, has_battery: bool) -> dict[date, Total]:
    found: dict[date, Total] = defaultdict(Total)
    for moment in dispatch(site, scenario, has_battery=has_battery):
        total = found[site.clock.day(moment.step.at)]
        total.unit_steps += len(moment.watts)
        total.starts += len(moment.started)
        total.watt_steps += sum(moment.watts.values())
        total.unserved += moment.unserved
    return found


def _unit(site: Site, scenario: Scenario, name: str) -> Unit:
    row = site.devices[name]
    up_steps = int(max(exact(row["min_up_h"]) or ZERO, scenario.min_up_h) * STEPS)
    capability, least = (int(row[column] * WATT) for column in ("nameplate_mw", "min_load_mw"))
    return Unit(name, capability, least, up_steps, scenario.release_steps)


def _commit(fleet: list[Unit], residual: int, reserve: int, number: int) -> None:
    """Starts and stops units of a fleet in merit order."""

    def rank(unit: Unit) -> int:
        if unit.started is None:
            return 2
        is_held = number - unit.started < unit.up_steps or number - unit.needed < unit.release_steps
        return 0 if is_held else 1

    order = sorted(fleet, key=rank)
    needed, carried = 0, 0
    while needed < len(order) and carried < residual:
        carried += order[needed].capability
        needed += 1
    called = min(len(order), needed + reserve) if residual > 0 else 0
    for place, unit in enumerate(order):
        stays = rank(unit) == 0
        if place < called and unit.started is None:
            unit.started = number
        elif place >= called and not stays:
            unit.started = None
        if place < called:
            unit.needed = number


@lru_cache
def _calibration(site: Site, scenario: Scenario) -> Row:
    """Of all usable days at once."""
    days = [
        day
        for day in site.days
        if _why_not(site, day) is None and _observed(site, day)["observed_h"] is not None
    ]
    model = _model(site, scenario, has_battery=True)
    modelled = sum((model[day].unit_steps / STEPS for day in days), ZERO)
    observed = sum((_observed(site, day)["observed_h"] for day in days), ZERO)
    if not days:
        return {"calibration_days": None, "calibration_pct": None, "reason": None}
    off = quotient(100 * (modelled - observed), observed) or ZERO
    reason = "calibration_too_short"
    if abs(off) > site.parameters["calibration_amber_pct"]:
        reason = "calibration_beyond_gate"
    return {"calibration_days": len(days), "calibration_pct": amount(off), "reason": reason}


@lru_cache
def _stored_changes(site: Site) -> dict[date, Decimal | None]:
    return {day: row["stored_change_mwh"] for (_, block, day), row in battery_daily(site) if block is None}


def _dispatch(site: Site, day: date, scenario: Scenario) -> Row:
    calibration, seen = _calibration(site, scenario), _observed(site, day)
    reason = _why_not(site, day)
    if reason is None and calibration["reason"] == "calibration_beyond_gate":
        reason = calibration["reason"]
    change = _stored_changes(site)[day]
    owed = max(ZERO, -change) if change is not None else None
    borrowed = None if owed is None else amount(quotient(owed, root(site.parameters["rte_assumed"])))
    row = {
        "soc_borrowed_mwh": borrowed,
        "calibration_pct": calibration["calibration_pct"],
        "calibration_days": calibration["calibration_days"],
        "is_publishable": False,
        "interval_reason": reason or "too_few_weeks",
        "energy_interval_reason": reason or "no_days_without_battery",
        "attribution_reason": reason or "no_old_grid_connection",
        "publication_reason": reason or calibration["reason"],
        "reason": reason,
    }
    if reason:
        return row
    without, modelled = (_model(site, scenario, has_battery=has)[day] for has in (False, True))
    avoided = (without.unit_steps - modelled.unit_steps) / STEPS
    without_h = amount(without.unit_steps / STEPS)
    unit_mw = exact(site.devices[units(site)[0]]["nameplate_mw"])
    return row | {
        "without_battery_h": without_h,
        "modelled_h": amount(modelled.unit_steps / STEPS),
        "avoided_h": amount(avoided),
        "battery_only_h": amount(avoided),
        "avoided_observed_h": None if seen["observed_h"] is None else without_h - seen["observed_h"],
        "without_battery_turbine_mwh": mwh(without.watt_steps),
        "modelled_turbine_mwh": mwh(modelled.watt_steps),
        "avoided_turbine_mwh": mwh(without.watt_steps - modelled.watt_steps),
        "unserved_mwh": mwh(without.unserved),
        "without_battery_starts": without.starts,
        "modelled_starts": modelled.starts,
        "starts_delta": seen["observed_starts"] - without.starts,
        "avoided_soc_neutral_h": None if borrowed is None else amount(avoided - borrowed / unit_mw),
    }


def mwh(watt_steps: int) -> Decimal | None:
    return amount(watt_steps / STEPS / WATT)


# --- methods B and C -----------------------------------------------------------------------------


def _energy_bound(site: Site, day: date) -> Row:
    """Discharge above the cap less charge beside running turbines, as hours of the first unit."""
    reason = _why_not(site, day)
    row = {
        "is_publishable": False,
        "attribution_reason": reason or "not_by_this_method",
        "energy_interval_reason": reason or "not_by_this_method",
        "publication_reason": reason or "bound_only",
        "interval_reason": reason,
        "reason": reason,
    }
    if reason:
        return row
    known = [step for step in _steps(site) if site.clock.day(step.at) == day and step.reason is None]
    given = sum(step.battery for step in known if step.battery > 0 and step.need > step.cap)
    taken = sum(-step.battery for step in known if step.battery < 0 and step.turbine > 0)
    first = site.devices[units(site)[0]]
    full, least = (
        amount((given - taken) / STEPS / WATT / exact(first[column])) or ZERO
        for column in ("nameplate_mw", "min_load_mw")
    )
    return row | {
        "avoided_h": full,
        "avoided_h_low": min(full, least),
        "avoided_h_high": max(full, least),
        "avoided_turbine_mwh": (mwh(given) or ZERO) - (mwh(taken) or ZERO),
    }


def _regression(site: Site, day: date) -> Row:
    """Refused: batteries were at work on every day."""
    reasons = (
        "interval_reason",
        "energy_interval_reason",
        "attribution_reason",
        "publication_reason",
        "reason",
    )
    return {"is_publishable": False} | dict.fromkeys(reasons, "no_clean_baseline")

"""What each unit did in each clock hour and what left its stack, as measured: `turbine_hourly` without fills.

Written from docs/methods/turbines_and_nox.md, for units whose fuel flow says when they burn, or where it
is not read their output (never between the two thresholds of running), and whose plan is equation 19-1
with an elected diluent cap. Here must not live: SQL.
"""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tests.oracle.clock import floor
from tests.oracle.exact import ZERO, amount, exact, quotient
from tests.oracle.power import Key
from tests.oracle.site import Piece, Row, Site, mean, value

NINE, TWELVE = Decimal("1e-9"), Decimal("1e-12")
P75_RATE, P75_MASS = Decimal("0.001"), Decimal("0.1")


class Rates(NamedTuple):
    """Rate [lb/mmBtu] and ppm at 15 % O2 of an hour's means."""

    rate: Decimal | None
    ppm_15o2: Decimal | None


@lru_cache
def measured_hourly(site: Site) -> dict[Key, Row]:
    """Key → row, unit after unit and hour after hour."""
    found = {}
    for unit in sorted(name for name, row in site.devices.items() if row["kind"] == "unit"):
        pieces = _pieces(site, unit)
        for hour in site.hours:
            found[site.site_id, unit, hour] = _hour(site, unit, pieces.get(hour, []))
    return found


@lru_cache
def _pieces(site: Site, unit: str) -> dict[datetime, list[Piece]]:
    """Hour → readings of five minutes; these campuses give a unit's columns in one feed."""
    found: dict[datetime, list[Piece]] = {}
    for row in site.readings.get(unit, []):
        hour = floor(row["interval_start_utc"], 3600)
        found.setdefault(hour, []).append(Piece(row["interval_s"], row))
    return found


def _hour(site: Site, unit: str, pieces: list[Piece]) -> Row:
    metered = _seconds(pieces, "fuel_flow_scfh")
    known = sum(piece.seconds for piece in pieces if burns(site, piece.row) is not None)
    burning = [piece for piece in pieces if burns(site, piece.row)]
    running = sum(piece.seconds for piece in burning) if _covers(site, known) else None
    valid = [piece for piece in burning if site.is_vouched_for(piece.row)]
    ppm, o2 = mean(valid, "nox_ppm"), mean(valid, "o2_pct")
    quadrants = len(_quarters(valid, "nox_ppm") & _quarters(valid, "o2_pct"))
    is_qa = any(piece.row["monitor_status"] in ("calibration", "maintenance") for piece in pieces)
    is_valid = bool(running) and (
        quadrants >= len({_quarter(piece) for piece in burning}) or (is_qa and quadrants >= 2)
    )
    uncapped = rates(site, ppm, o2) if is_valid else Rates(None, None)
    capped = rates(site, ppm, None if o2 is None else min(o2, CAP_PCT)) if is_valid else Rates(None, None)
    fuel = _sum(pieces, "fuel_flow_scfh") if _covers(site, metered) else None
    heat = None if fuel is None else fuel * GCV_BTU_SCF / Decimal(3600000000)
    burnt = ZERO if running == 0 else heat
    mass_rate = capped.rate if uncapped.rate is None and ppm is not None else uncapped.rate
    lb = ZERO if running == 0 else None if mass_rate is None or burnt is None else mass_rate * burnt
    gross = (
        _sum(pieces, "gross_mw")
        if _covers(site, _seconds(pieces, "gross_mw"))
        else ZERO
        if running == 0
        else None
    )
    measured = sum(
        piece.seconds
        for piece in valid
        if piece.row["nox_ppm"] is not None and piece.row["o2_pct"] is not None
    )
    is_capped = None if not running or ppm is None or o2 is None else o2 > CAP_PCT
    return {
        **p75(running, capped.rate or uncapped.rate, burnt),
        "operating_time_h": None if running is None else amount(Decimal(running) / 3600),
        "op_time_basis": None if not known else "fuel_flow" if metered == known else "gross_mw",
        "gross_mwh": None if gross is None else amount(gross / 3600),
        "heat_input_mmbtu": amount(burnt),
        "nox_ppm": amount(ppm) if running else None,
        "o2_pct": amount(o2) if running else None,
        "nox_ppm_15o2": uncapped.ppm_15o2,
        "nox_ppm_15o2_capped": capped.ppm_15o2,
        "diluent_capped": is_capped,
        "nox_lb_per_mmbtu": uncapped.rate,
        "nox_lb_per_mmbtu_capped": capped.rate,
        "nox_lb": amount(lb),
        "co2_short_tons": None if burnt is None else amount(burnt * co2_lb_per_mmbtu(site) / 2000),
        "co2_factor_id": None if burnt is None else "co2_kg_per_mmbtu",
        "valid_quadrants": quadrants,
        "is_valid_nsps": uncapped.rate is not None if running else None,
        "fuel_scf": ZERO if running == 0 else None if fuel is None else amount(fuel / 3600),
        "load_pct": amount(quotient(100 * gross, running * _nameplate(site, unit)))
        if gross is not None and running
        else None,
        "equation": "19-1",
        "is_bound": known < 3600,
        "time_basis": "recorded" if pieces else None,
        "data_coverage_pct": _coverage(running, known, measured),
        "reason": _reason(running, uncapped.rate, lb, o2),
    }


CAP_PCT = Decimal("19.0")
GCV_BTU_SCF = Decimal(1032)


def rates(site: Site, ppm: Decimal | None, o2: Decimal | None) -> Rates:
    """19-1: E = K·C·F_d·20.9/(20.9 − O2); C15 = C·5.9/(20.9 − O2); no rate at the oxygen of air."""
    air = site.factors["o2_air"]
    if ppm is None or o2 is None or o2 >= air:
        return Rates(None, None)
    c = max(ppm, ZERO)
    rate = site.factors["k_nox"] * c * site.factors["fd_gas"] * air / (air - o2)
    ppm_15o2 = c * (air - site.factors["o2_reference"]) / (air - o2)
    return Rates(amount(rate, TWELVE), amount(ppm_15o2, NINE))


def p75(running: int | None, rate: Decimal | None, burnt: Decimal | None) -> Row:
    """EPA's chain: rate to three decimals, heat-input rate and lb/h to one, then the operating time."""
    if running == 0:
        return {"nox_lb_per_mmbtu_p75": None, "nox_lb_p75": ZERO, "heat_input_mmbtu_p75": ZERO}
    rounded = amount(rate, P75_RATE) if running else None
    heat = None if burnt is None or not running else amount(burnt * 3600 / running, P75_MASS)
    hours = None if running is None else amount(Decimal(running) / 3600)
    per_hour = None if rounded is None or heat is None else amount(rounded * heat, P75_MASS)
    return {
        "nox_lb_per_mmbtu_p75": rounded,
        "nox_lb_p75": None if per_hour is None or hours is None else amount(per_hour * hours),
        "heat_input_mmbtu_p75": None if heat is None or hours is None else amount(heat * hours),
    }


def _coverage(running: int | None, known: int, measured: int) -> Decimal | None:
    if running is None:
        return ZERO
    return amount(Decimal(100 * measured) / running if running else Decimal(known) / 36)


def _reason(running: int | None, rate: Decimal | None, lb: Decimal | None, o2: Decimal | None) -> str | None:
    if not running:
        return "op_time_unknown" if running is None else "not_operating"
    if rate is not None and lb is not None:
        return None
    if o2 is not None and o2 >= Decimal("20.9"):
        return "o2_not_below_20_9"
    return "heat_input_missing" if rate is not None else "monitor_downtime"


def burns(site: Site, row: Row) -> bool | None:
    """Whether a reading shows fuel combusted, by flow or else output; None where it has neither."""
    flow, power = value(row, "fuel_flow_scfh"), value(row, "gross_mw")
    if flow is not None:
        return flow > site.parameters["fuel_flow_running_scfh"]
    nameplate = _nameplate(site, row["device_id"])
    return None if power is None else power * 100 > nameplate * site.parameters["running_threshold_pct"]


def _seconds(pieces: list[Piece], column: str) -> int:
    return sum(piece.seconds for piece in pieces if piece.row[column] is not None)


def _sum(pieces: list[Piece], column: str) -> Decimal:
    return sum((piece.seconds * (value(piece.row, column) or ZERO) for piece in pieces), ZERO)


def _covers(site: Site, seconds: int) -> bool:
    return seconds * 100 >= 3600 * site.parameters["coverage_gate_pct"]


def _quarters(pieces: list[Piece], column: str) -> set[int]:
    """Quarters of the hour that readings with the column touch; five minutes lie in one."""
    return {_quarter(piece) for piece in pieces if piece.row[column] is not None}


def _quarter(piece: Piece) -> int:
    minute: int = piece.row["interval_start_utc"].minute
    return minute // 15


def _nameplate(site: Site, unit: str) -> Decimal:
    return exact(site.devices[unit]["nameplate_mw"]) or ZERO


def co2_lb_per_mmbtu(site: Site) -> Decimal:
    """The factor of 40 CFR 98 in pounds."""
    return site.factors["co2_kg_per_mmbtu"] * site.factors["lb_per_kg"]

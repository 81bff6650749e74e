"""What stands for an hour without a valid rate: `turbine_pollutant_hourly`, the rest of `turbine_hourly`.

Written from docs/methods/emissions.md for units whose fuel is always metered, whose monitor of NOx is
younger than 2,160 quality-assured hours, and that have no catalyst to prove. Here must not live: SQL.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from tests.oracle.exact import ZERO, amount, quotient
from tests.oracle.power import Key
from tests.oracle.site import Row, Site
from tests.oracle.starts import hour_kinds
from tests.oracle.turbines import CAP_PCT, P75_RATE, TWELVE, co2_lb_per_mmbtu, measured_hourly, p75

POLLUTANTS = ("nox", "co", "voc", "pm", "hap", "formaldehyde", "co2")
FACTORS = {"voc": "voc_lb_per_mmbtu", "pm": "pm_lb_per_mmbtu", "co2": "co2_kg_per_mmbtu"}
"""What the monitoring plan of these campuses names; the rest but NOx is neither measured nor named."""

METHODS = {"voc": "ap42", "pm": "ap42", "co2": "rule_ef"}
MPC_PPM = Decimal(150)
LOAD_RANGES = 10


class Fill(NamedTuple):
    """What stands for the rate of a missing hour [lb/mmBtu], in each of the three chains."""

    load_bin: Decimal
    load_bin_basis: str
    part75: Decimal
    part75_rounded: Decimal
    modc: str
    maximum_potential: Decimal


@lru_cache
def fills(site: Site) -> dict[tuple[str, datetime], Fill]:
    """Unit and missing operating hour → what stands there, from the hours before it alone."""
    found, before = {}, {}
    for (_, unit, hour), row in measured_hourly(site).items():
        if row["operating_time_h"]:
            rate, load = row["nox_lb_per_mmbtu_capped"], load_range(row)
            earlier: list[tuple[int | None, Decimal]] = before.setdefault(unit, [])
            if rate is None:
                found[unit, hour] = _fill(site, load, earlier)
            else:
                earlier.append((load, rate))
    return found


def load_range(row: Row) -> int | None:
    """Which tenth of nameplate, from 1; a boundary belongs to the lower."""
    if row["load_pct"] is None:
        return None
    return min(max(ceil(row["load_pct"] * LOAD_RANGES / 100), 1), LOAD_RANGES)


def _fill(site: Site, load: int | None, earlier: list[tuple[int | None, Decimal]]) -> Fill:
    most = maximum_rate(site)
    same = [rate for at, rate in earlier if load is not None and at == load]
    every = [rate for _, rate in earlier]
    higher = sorted({at for at, _ in earlier if at is not None and load is not None and at >= load})
    ladder = [rate for at, rate in earlier if higher and at == higher[0]]
    basis = "load_range" if same else "all_loads" if every else "maximum_potential"
    return Fill(
        load_bin=_mean(same or every or [most], TWELVE),
        load_bin_basis=basis,
        part75=_mean(ladder or [most], TWELVE),
        part75_rounded=_mean([amount(rate, P75_RATE) or ZERO for rate in ladder or [most]], P75_RATE),
        modc="07" if ladder else "12",
        maximum_potential=most,
    )


def _mean(rates: list[Decimal], step: Decimal) -> Decimal:
    return amount(quotient(sum(rates, ZERO), Decimal(len(rates))), step) or ZERO


def maximum_rate(site: Site) -> Decimal:
    """19-1 at the maximum potential concentration and the diluent cap."""
    air = site.factors["o2_air"]
    rate = site.factors["k_nox"] * MPC_PPM * site.factors["fd_gas"]
    return amount(quotient(rate * air, air - CAP_PCT), TWELVE) or ZERO


def turbine_hourly(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row: as measured, the rounded chain alone with Part 75's substitutes."""
    for key, row in measured_hourly(site).items():
        fill = fills(site).get(key[1:])
        filled = {} if fill is None else p75(seconds(row), fill.part75_rounded, row["heat_input_mmbtu"])
        kinds = hour_kinds(site, *key[1:])
        words = {
            "is_startup": "startup" in kinds,
            "is_shutdown": "shutdown" in kinds,
            "is_malfunction": "malfunction" in kinds,
            "is_valid_p75": None if not row["operating_time_h"] else fill is None,
            "method": "substituted" if fill else "measured",
            "nox_lb_method": None if row["nox_lb"] is None else "measured",
            "heat_input_mmbtu_method": None if row["heat_input_mmbtu"] is None else "measured",
            "modc": fill.modc if fill else "14" if row["diluent_capped"] else None,
        }
        yield key, row | filled | words


def seconds(row: Row) -> int:
    """Operating time of an hour; readings are of whole seconds."""
    return int(amount(row["operating_time_h"] * 3600, Decimal(1)) or 0)


# --- by pollutant -------------------------------------------------------------------------------


@lru_cache
def pollutant_hours(site: Site) -> dict[Key, Row]:
    """Key → row of `turbine_pollutant_hourly`."""
    return {
        (*key, pollutant): _nox(site, key, row) if pollutant == "nox" else _by_factor(site, pollutant, row)
        for key, row in measured_hourly(site).items()
        for pollutant in POLLUTANTS
    }


def turbine_pollutant_hourly(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    yield from pollutant_hours(site).items()


def _nox(site: Site, key: Key, row: Row) -> Row:
    fill, lb, heat = fills(site).get(key[1:]), row["nox_lb"], row["heat_input_mmbtu"]
    return {
        "ppm": row["nox_ppm"],
        "ppm_15o2": row["nox_ppm_15o2"],
        "lb_per_mmbtu": row["nox_lb_per_mmbtu"],
        "lb": lb,
        "method": None if lb is None else "cems_nsps",
        "factor_id": "k_nox",
        "factor_is_verified": False,
        "is_valid_nsps": row["is_valid_nsps"],
        "lb_best_estimate": amount(fill.load_bin * heat) if fill else lb,
        "lb_part75": amount(fill.part75 * heat) if fill else lb,
        "lb_maximum_potential": amount(fill.maximum_potential * heat) if fill else lb,
        "is_substituted": fill is not None,
        "substitute_basis": fill and fill.load_bin_basis,
        "substitute_modc": fill and fill.modc,
        "data_coverage_pct": row["data_coverage_pct"],
        "reason": None if lb is not None else row["reason"],
        **_shared(row),
    }


def _by_factor(site: Site, pollutant: str, row: Row) -> Row:
    """Heat times the factor that the plan names; off is 0 whatever the plan says."""
    factor_id = FACTORS.get(pollutant)
    factor = _factor(site, pollutant)
    is_off = row["operating_time_h"] == 0
    lb = ZERO if is_off else None if factor is None else amount(row["heat_input_mmbtu"] * factor)
    return {
        "ppm": None,
        "ppm_15o2": None,
        "lb_per_mmbtu": None if is_off else amount(factor, TWELVE),
        "lb": lb,
        "method": METHODS.get(pollutant),
        "factor_id": "k_co" if pollutant == "co" else factor_id,
        "factor_is_verified": False if factor_id or pollutant == "co" else None,
        "is_valid_nsps": None,
        **dict.fromkeys(("lb_best_estimate", "lb_part75", "lb_maximum_potential"), lb),
        "is_substituted": False,
        "substitute_basis": None,
        "substitute_modc": None,
        "data_coverage_pct": ZERO if lb is None else Decimal(100),
        "reason": "no_factor" if lb is None else None,
        **_shared(row),
    }


def _shared(row: Row) -> Row:
    return {
        "operating_time_h": row["operating_time_h"],
        "lb_possible": None,
        "heat_input_mmbtu_best_estimate": row["heat_input_mmbtu"],
    }


def _factor(site: Site, pollutant: str) -> Decimal | None:
    if pollutant == "co2":
        return co2_lb_per_mmbtu(site)
    return site.factors[FACTORS[pollutant]] if pollutant in FACTORS else None

"""A story is a simulated campus, what it published, and how far a published number may be from the truth.

The simulator knows what happened (truth/*.csv) and what its instruments wrote down. Without meter
errors a KPI may differ from the truth only by the last digit its sources write. The bounds here
follow from those digits, each in the worst case (every reading off by half a digit, all the same way):

- power: 4 decimals of MW or 1 of kW, so half a digit is 0.00005 MW; over H hours and n meters an
  energy is off by at most 0.00005 · H · n MWh;
- battery registers: 5 decimals of MWh or 2 of kWh; a day is a difference of two readings;
- state of charge: 3 decimals of percent or 5 of a fraction: 0.0005 percentage points;
- NOx 2 decimals of ppm, O2 3 decimals of percent, fuel 1 scf/h: relative errors that add up;
- marts hold six decimals.

Here must not live: tests.
"""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder
from pipelines.simulator.simulate import Simulation, simulate
from tests.journey.whole_way import sample_campus

START, DAYS = date(2025, 11, 1), 3
"""Holds the day of 25 hours, 2 November; an outage and two calls for demand response."""

HALF_MW = 0.00005
HALF_REGISTER_MWH = 0.000005
HALF_SOC_PCT = 0.0005
HALF_PPM, HALF_O2_PCT, HALF_SCFH = 0.005, 0.0005, 0.5
DECIMAL = 0.0000005
AIR_O2_PCT = 20.9
LONGEST_DAY_H = 25
METERS = {
    "grid_import_mwh": {"m1": 1, "m2": 1},
    "grid_export_mwh": {"m1": 1, "m2": 1},
    "turbine_mwh": {"m1": 15, "m2": 17},
    "battery_in_mwh": {"m1": 12, "m2": 14},
    "battery_out_mwh": {"m1": 12, "m2": 14},
    "load_mwh": {"m1": 4, "m2": 4},
}
CLASS_PCT = {"grid_import_mwh": 0.2, "turbine_mwh": 0.5, "battery_in_mwh": 0.5, "battery_out_mwh": 0.5}

Key = tuple[Any, ...]


class Story(NamedTuple):
    """A simulated and published campus."""

    folder: DataFolder
    simulation: Simulation

    def truth(self, name: str, *keys: str) -> dict[Key, dict[str, Any]]:
        """A table of truth as key → row; what looks like a number or a date is one."""
        with (self.folder.truth / f"{name}.csv").open(encoding="utf-8") as file:
            table = [{name: _value(text) for name, text in row.items()} for row in csv.DictReader(file)]
        return {tuple(row[key] for key in keys): row for row in table}


def _value(text: str) -> Any:
    for read in (float, date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return text or None


def simulated(root: Path, *, days: int = DAYS, **settings: Any) -> Story:
    folder = sample_campus(root)
    simulation = simulate(folder, load_campus(folder), start=START, days=days, **settings)
    return Story(folder, simulation)


def off(found: dict[Key, dict[str, Any]], true: dict[Key, dict[str, Any]], column: str) -> dict[Key, float]:
    """Key → how far the published value is from the true one; none may be missing."""
    assert found.keys() >= true.keys()
    missing = [key for key in true if found[key][column] is None]
    assert not missing, f"{column} is NULL for {missing[:3]}: {found[missing[0]]['reason']}"
    return {key: abs(float(found[key][column]) - true[key][column]) for key in true}


def _blocks(key: Key) -> int:
    return 1 if key[1] is not None else METERS["battery_in_mwh"][key[0]]


def register_error_mwh(key: Key) -> float:
    """Two readings; the first hour of all has no reading before it and is taken from power."""
    return _blocks(key) * (2 * HALF_REGISTER_MWH + HALF_MW) + DECIMAL


def nox_error(true: dict[str, Any]) -> float:
    """Largest relative error of a mass that the last digits of ppm, O2 and fuel can make."""
    if not true["operating_time_h"]:
        return 0.0
    fuel_scf = true["heat_input_mmbtu"] * 1e6 / 1030
    return (
        HALF_PPM / true["nox_ppm"]
        + HALF_O2_PCT / (AIR_O2_PCT - true["o2_pct"])
        + HALF_SCFH * true["operating_time_h"] / fuel_scf
    )

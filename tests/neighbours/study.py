"""Who is named when one instrument of a simulated campus is at fault: `python -m tests.neighbours.study`.

Every fault × every kind of meter × sites × seeds, and sound days. Prints the table of
docs/methods/power_and_balance.md. Must not live here: tests.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.neighbours.devices import Device
from pipelines.neighbours.suspects import Suspect, judge
from tests.neighbours.simulated import (
    DAY,
    FAULTS,
    GATES,
    cut,
    day_of,
    sample_campus,
    struck,
    three_days,
)

FIRST = date(2025, 10, 24)
"""Ten days from here on hold quiet ones, an outage of the grid and calls for demand response."""
LEAST_RUNNING_STEPS = 36
STACK = ("scale ×1000", "scale ÷1000", "scale ×0.9", "dead")
FUEL = tuple(name for name in FAULTS if name != "sign")
LAGS = ("lag +1 h", "lag −15 min")


class Instrument(NamedTuple):
    """What is struck: columns that go wrong together, the one to be named, faults, precision."""

    name: str
    source: str
    columns: tuple[str, ...]
    named: str
    faults: tuple[str, ...] = tuple(FAULTS)
    tolerance: float = 0.05


INSTRUMENTS = (
    Instrument("grid, power", "grid", ("power_mw",), "grid_mw"),
    Instrument("grid, clock of the meter", "grid", ("power_mw", "register_mw"), "grid_mw", LAGS),
    Instrument("check meter", "check", ("power_mw",), "grid_mw"),
    Instrument("hall", "load", ("power_mw",), "load_mw"),
    Instrument("battery block, power", "battery", ("power_mw",), "battery_mw"),
    Instrument("battery block, clock", "battery", ("power_mw", "register_mw", "soc_pct"), "battery_mw", LAGS),
    Instrument("turbine, power", "turbine", ("power_mw",), "gross_mw"),
    Instrument("turbine, fuel", "turbine", ("heat_input_mmbtu_h",), "fuel_flow_scfh", FUEL, 0.1),
    Instrument("turbine, NOx", "turbine", ("nox_ppm",), "nox_ppm", STACK, 0.3),
    Instrument("turbine, O2", "turbine", ("o2_pct",), "o2_pct", STACK),
)


class Case(NamedTuple):
    """One instrument at fault on one day, and who was named."""

    site_id: str
    seed: int
    instrument: Instrument
    fault: str
    device_id: str
    suspect: Suspect
    leaves_a_trace: bool

    @property
    def outcome(self) -> str:
        """right, device (its fault named otherwise), ambiguous (among others), nobody, or wrong."""
        reason = self.suspect.reason or ""
        if self.suspect.device_id == self.device_id:
            fault = FAULTS[self.fault]
            is_kind = reason.startswith(fault.reason) and self.suspect.column == self.instrument.named
            is_exact = is_near(self.suspect, fault.factor, self.instrument.tolerance)
            return "right" if is_kind and is_exact else "device"
        if self.suspect.device_id is None and reason.startswith("ambiguous") and self.device_id in reason:
            return "ambiguous"
        if self.suspect.device_id is None and not reason.startswith("ambiguous"):
            return "nobody"
        return "wrong"


def is_near(suspect: Suspect, factor: float, tolerance: float) -> bool:
    """Whether the factor that was found is the true one."""
    assert suspect.mending is not None
    return abs(suspect.mending.factor - factor) <= tolerance * abs(factor)


def chosen(devices: tuple[Device, ...], source: str, seed: int) -> Device | None:
    """The device of a kind that is struck: among turbines one that runs on the day."""
    of_kind = [d for d in devices if d.source == source and d.is_counted]
    if source == "check":
        of_kind = [d for d in devices if not d.is_counted]
    if source == "turbine":
        of_kind = [d for d in of_kind if (d.power_mw[DAY] > 1).sum() >= LEAST_RUNNING_STEPS]
    return of_kind[seed % len(of_kind)] if of_kind else None


def leaves_a_trace(sound: Device, faulty: Device, column: str) -> bool:
    """Whether the fault moves the reading out of the band of a second meter for long enough to be seen."""
    before, after = getattr(sound, column), getattr(faulty, column)
    size = sound.full_scale_mw if column == "power_mw" else np.nanmax(np.abs(before), initial=0.0)
    band = GATES.witness * np.abs(before) + GATES.floor * size
    return bool((np.abs(after - before) > band).sum() >= GATES.least_steps)


def simulated(campus: Campus, site_id: str, seed: int) -> tuple[Device, ...]:
    """Three days of a site; the second one is judged."""
    return three_days(campus, site_id, FIRST + timedelta(days=seed % 10), seed)


def sound_day(devices: tuple[Device, ...]) -> Suspect:
    """Who is named on the day without faults."""
    return judge(day_of(tuple(cut(device) for device in devices)), GATES)[1]


def cases(site_id: str, seed: int, devices: tuple[Device, ...]) -> Iterator[Case]:
    """The day with each instrument at fault in each way."""
    sound = {device.device_id: cut(device) for device in devices}
    for instrument in INSTRUMENTS:
        device = chosen(devices, instrument.source, seed)
        if device is None:
            continue
        for name in instrument.faults:
            faulty = struck(device, instrument.columns, FAULTS[name])
            day = day_of(tuple((sound | {device.device_id: faulty}).values()))
            trace = leaves_a_trace(sound[device.device_id], faulty, instrument.columns[0])
            yield Case(site_id, seed, instrument, name, device.device_id, judge(day, GATES)[1], trace)


OUTCOMES = ("right", "device", "ambiguous", "nobody", "wrong")


def main() -> None:
    """Prints the table, and every case that was named wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = range(1, parser.parse_args().seeds + 1)
    campus = sample_campus()
    found, sound = [], []
    for site_id, seed in product(("m1", "m2"), seeds):
        devices = simulated(campus, site_id, seed)
        sound.append(sound_day(devices))
        found += cases(site_id, seed, devices)
    write = sys.stdout.write
    write("| instrument | fault | cases | no trace | " + " | ".join(OUTCOMES) + " |\n")
    write("| --- | --- |" + " ---: |" * (2 + len(OUTCOMES)) + "\n")
    for instrument in INSTRUMENTS:
        for fault in instrument.faults:
            of_row = [case for case in found if (case.instrument, case.fault) == (instrument, fault)]
            counts = Counter(case.outcome for case in of_row if case.leaves_a_trace)
            silent = [case for case in of_row if not case.leaves_a_trace]
            listed = " | ".join(str(counts[outcome]) for outcome in OUTCOMES)
            write(f"| {instrument.name} | {fault} | {len(of_row)} | {len(silent)} | {listed} |\n")
    named = [suspect for suspect in sound if suspect.reason]
    write(f"\n{len(sound)} sound days, {len(named)} with a suspect: {[s.reason for s in named]}\n")
    for case in found:
        if case.outcome == "wrong" or (not case.leaves_a_trace and case.outcome != "nobody"):
            write(
                f"{case.site_id} {case.seed} {case.instrument.name} {case.fault} {case.device_id}: "
                f"{case.suspect.device_id} {case.suspect.reason}\n"
            )


if __name__ == "__main__":
    main()

"""The torture campus: the sample campus in two seasons, with units in its historian and every check declared.

Autumn holds the night of 25 hours, spring the one of 23. Here must not live: faults, measurements.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.simulator.simulate import Simulation, simulate

SEED = 26
LINE = {"records": 6, "tolerance": 0.0001, "coarse": 60}
POWER = {"stuck": {"after": "1h"}, "interpolated": LINE, "unit_suspect": {"within": "7h"}}
CHECKS: Mapping[str, Mapping[str, object]] = {
    "grid_mw": POWER | {"zeros_are_missing": {"after": "1h"}},
    "load_mw": POWER | {"zeros_are_missing": {"after": "1h"}},
    "gross_mw": POWER,
    "battery_mw": {"stuck": {"after": "1h"}, "interpolated": LINE},
    "temperature_c": {"stuck": {"after": "2h"}},
    "fuel_flow_scfh": {
        "stuck": {"after": "1h"},
        "zeros_are_missing": {"after": "30min", "companion": "nox_ppm"},
        "interpolated": {"records": 6, "tolerance": 1, "coarse": 60},
    },
    "nox_ppm": {
        "high": 200,
        "interpolated": {"records": 6, "tolerance": 0.01, "coarse": 60},
        "unit_suspect": {"within": "7h"},
    },
}
"""Column → checks that its operator could declare beside those of the sample campus."""


@dataclass(frozen=True)
class Season:
    """A stretch of local days that is simulated."""

    name: str
    start: date
    days: int


SEASONS = (Season("autumn", date(2025, 10, 29), 6), Season("spring", date(2026, 3, 7), 2))


def torture_campus(root: Path) -> DataFolder:
    """A data folder with the torture campus and nothing landed."""
    shutil.copytree(PROJECT / "data" / "reference", root / "reference")
    folder = DataFolder(root)
    (folder.feeds / "m1_packs_5s.yaml").unlink()
    historian = folder.feeds / "m1_scada.yaml"
    text = historian.read_text(encoding="utf-8")
    assert text.count("  quality: quality\n") == 1
    historian.write_text(text.replace("  quality: quality\n", "  quality: quality\n  unit: unit\n"))
    for path in folder.feeds.glob("*.yaml"):
        _declare(path)
    return folder


def _declare(path: Path) -> None:
    """Adds every check of `CHECKS` whose column the feed gives."""
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    given = {tag["column"] for tag in contract.get("tags", ())}
    checks = contract.setdefault("checks", {})
    for column in given & CHECKS.keys():
        checks[column] = {**CHECKS[column], **checks.get(column, {})}
        if "unit_suspect" in CHECKS[column]:
            checks[column]["unit_suspect"] = CHECKS[column]["unit_suspect"]
    path.write_text(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False), encoding="utf-8")


def season(folder: DataFolder, which: Season, *faults: str, seed: int = SEED) -> Simulation:
    """Lands the files of a season, with faults or without."""
    return simulate(folder, load_campus(folder), start=which.start, days=which.days, seed=seed, faults=faults)

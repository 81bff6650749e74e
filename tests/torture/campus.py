"""The torture campus: the sample campus in two seasons, its historian writing units too.

Autumn holds the night of 25 hours, spring the one of 23. Here must not live: faults, measurements.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.simulator.simulate import Simulation, simulate

SEED = 26


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
    return folder


def season(folder: DataFolder, which: Season, *faults: str, seed: int = SEED) -> Simulation:
    """Lands the files of a season, with faults or without."""
    return simulate(folder, load_campus(folder), start=which.start, days=which.days, seed=seed, faults=faults)

"""The same files give the same KPIs, byte for byte: whoever delivers them, in whatever order and zone.

Each way is a process of its own, with its own time zone, threads and order of arrival, and prints
the sha256 of the canonical export. The day is the one of 25 hours, with a revision that corrects
another, rows delivered twice and a file that comes late.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.simulator.simulate import simulate
from pipelines.warehouse.export import canonical_export
from tests.journey.whole_way import rows, sample_campus

DAY = date(2025, 11, 2)
FEEDS = {"m1_scada", "m1_turbines", "m1_cems", "m1_batteries", "tva_demand", "memphis_weather"}

FAULTS = (
    "restated_file@m1_turbines",
    "duplicate_rows@m1_batteries",
    "late_file@m1_batteries",
    "text_tokens@m1_scada",
)

ZONES = {
    "all_at_once": "UTC",
    "one_order": "Asia/Kolkata",
    "another_order": "America/Chicago",
}
THREADS = {"all_at_once": 1, "one_order": 2, "another_order": 1}
SEEDS = {"one_order": 11, "another_order": 23}


def go(way: str, folder: DataFolder, *more: str) -> str:
    """What the whole way prints, gone in a process of its own."""
    words = [sys.executable, "-m", "tests.journey.whole_way", str(folder.root)]
    words += ["--threads", str(THREADS[way]), *more]
    done = subprocess.run(
        words,
        env=os.environ | {"TZ": ZONES[way], "POLARS_MAX_THREADS": str(THREADS[way])},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DataFolder]:
    """Way → campus with the same files, landed all at once or waiting."""
    first = sample_campus(tmp_path_factory.mktemp("same") / "all_at_once")
    simulation = simulate(
        first,
        load_campus(first),
        start=DAY,
        days=1,
        sites=["m1"],
        faults=FAULTS,
    )
    assert set(simulation.faults["fault"]) == {text.partition("@")[0] for text in FAULTS}
    for feed in first.landing.iterdir():
        if feed.name not in FEEDS:
            shutil.rmtree(feed)
    found = {"all_at_once": first}
    for way in SEEDS:
        found[way] = sample_campus(first.root.parent / way)
        shutil.copytree(first.landing, found[way].root / "waiting")
    return found


@pytest.fixture(scope="module")
def export_of(folders: dict[str, DataFolder]) -> Callable[[str], str]:
    """Goes a way, once; the sha256 of its canonical export."""

    @cache
    def gone(way: str) -> str:
        return go(way, folders[way], *(["--seed", str(SEEDS[way])] if way in SEEDS else []))

    return gone


def lines(folder: DataFolder) -> list[str]:
    return canonical_export(folder.published).decode().splitlines()


@pytest.mark.parametrize("way", ["one_order", pytest.param("another_order", marks=pytest.mark.long)])
def test_order_of_arrival_time_zone_and_threads_change_nothing(
    folders: dict[str, DataFolder], export_of: Callable[[str], str], way: str
) -> None:
    assert export_of(way) == export_of("all_at_once")
    assert lines(folders[way]) == lines(folders["all_at_once"])


def test_the_export_holds_the_day(folders: dict[str, DataFolder], export_of: Callable[[str], str]) -> None:
    """Equal exports of nothing would prove nothing."""
    export_of("one_order")
    found = rows(
        folders["one_order"],
        "select load_mwh > 4000, turbine_mwh > 500, reason from marts.energy_balance_daily"
        " where site_id = 'm1' and local_date = '2025-11-02'",
    )
    assert found == [(True, True, None)]
    versions = rows(folders["one_order"], "select max(version_id) > 2 from quality.versions")
    assert versions == [(True,)]
    assert len(lines(folders["one_order"])) > 25 * 12 + 15 * 25


@pytest.mark.long
def test_a_full_rebuild_is_the_same_as_all_the_increments(
    folders: dict[str, DataFolder], export_of: Callable[[str], str], tmp_path: Path
) -> None:
    """Every day cleaned again from the vault, the warehouse built from nothing."""
    increments = export_of("one_order")
    shutil.copytree(folders["one_order"].root, tmp_path / "copy", symlinks=True)
    copy = DataFolder(tmp_path / "copy")
    shutil.rmtree(copy.warehouse)
    shutil.rmtree(copy.lake)
    assert go("all_at_once", copy, "--rebuild") == increments

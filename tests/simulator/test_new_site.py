"""A site, and a longer interval, are rows and YAML: no code."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.simulator.coarser import coarsen_feeds
from pipelines.simulator.simulate import simulate

FEED = """
feed: m3_meter
site: m3
description: the only meter of a small site
format: delimited
time: {columns: [at], clock: America/Denver, fold: file_order, label: start, interval: 5min}
layout: {kind: wide}
tags:
  - {tag: import, device: m3-grid-a, column: grid_mw, unit: MW}
  - {tag: hall, device: m3-hall-1, column: load_mw, unit: MW}
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder of its own with the sample campus."""
    shutil.copytree(PROJECT / "data" / "reference", tmp_path / "reference")
    return DataFolder(tmp_path)


def _append(folder: DataFolder, table: str, **cells: str) -> None:
    path = folder.reference / f"{table}.csv"
    header = next(line for line in path.read_text().splitlines() if not line.startswith("#")).split(",")
    with path.open("a") as out:
        out.write(",".join(cells.get(column, "") for column in header) + "\n")


def test_a_site_without_turbines_and_batteries_needs_rows_and_one_yaml(folder: DataFolder) -> None:
    site = {"site_id": "m3", "source": "test"}
    zone = {"time_zone": "America/Denver", "standard_offset": "-07:00", "starts_on": "2025-05-01"}
    _append(folder, "sites", kind="campus", name="small", **zone, **site)
    _append(folder, "devices", device_id="m3-grid-a", kind="meter", name="meter", **site)
    _append(folder, "devices", device_id="m3-hall-1", kind="feeder", name="hall", **site)
    cap = {"connection_id": "m3-line", "from_utc": "2025-05-01T06:00:00Z", "cap_mw": "20"}
    _append(folder, "grid_caps", reason="contract", **cap, **site)
    (folder.feeds / "m3_meter.yaml").write_text(FEED)
    simulation = simulate(folder, load_campus(folder), start=date(2025, 11, 2), days=1, sites=["m3"])
    assert {"m3_meter", "tva_demand", "memphis_weather"} == set(simulation.files)
    frame = pl.read_csv(simulation.files["m3_meter"][0])
    assert frame.height == 25 * 12
    assert frame["at"].is_duplicated().sum() == 2 * 12
    assert frame["import"].max() <= 20 * 1.01


def test_months_are_simulated_at_a_longer_interval(folder: DataFolder) -> None:
    changed = coarsen_feeds(folder, 3600)
    assert "m1_scada" in changed
    assert "tva_demand" not in changed
    campus = load_campus(folder)
    assert campus.broken == {}
    counter = campus.contracts["m1_scada"].tags[1].counter
    assert counter is not None
    assert counter.max_increment == 300_000
    simulation = simulate(folder, campus, start=date(2025, 9, 1), days=31, sites=["m1"], interval_s=3600)
    truth = pl.read_csv(simulation.truth["energy_daily"])
    assert truth.height == 31
    assert (truth["load_mwh"] > 2000).all()


def test_devices_not_yet_in_commission_deliver_nothing(folder: DataFolder) -> None:
    simulation = simulate(folder, load_campus(folder), start=date(2025, 9, 1), days=1)
    assert not any(feed.startswith("m2_") for feed in simulation.files)
    energy = pl.read_csv(simulation.truth["energy_daily"]).filter(pl.col("site_id") == "m2")
    assert energy["load_mwh"].sum() == energy["unserved_mwh"].sum() == 0

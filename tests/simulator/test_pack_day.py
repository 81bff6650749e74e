"""The large pack file of the benchmark, here with three packs."""

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.campus.campus import Campus
from pipelines.simulator.pack_day import write_pack_day


def _write(path: Path, campus: Campus, day: date) -> int:
    packs = [campus.devices[f"m1-pack-00{number}"] for number in (1, 2, 3)]
    return write_pack_day(path, packs, day, interval_s=5, seed=3)


def test_a_day_of_packs_holds_every_5_seconds_of_the_local_day(tmp_path: Path, campus: Campus) -> None:
    path = tmp_path / "packs.csv"
    assert _write(path, campus, date(2025, 12, 10)) == 3 * 17_280
    frame = pl.read_csv(path)
    assert frame.height == 3 * 17_280
    assert frame["timestamp"][0] == "2025-12-10T06:00:05Z"
    assert frame["timestamp"][-1] == "2025-12-11T06:00:00Z"
    assert frame.columns == [
        "timestamp",
        "pack",
        "battery_mw",
        "soc_pct",
        "available_charge_mw",
        "available_discharge_mw",
        "energy_charged_mwh",
        "energy_discharged_mwh",
        "temperature_c",
    ]


def test_pack_registers_count_up_with_the_power(tmp_path: Path, campus: Campus) -> None:
    path = tmp_path / "packs.csv"
    _write(path, campus, date(2025, 12, 10))
    one = pl.read_csv(path).filter(pl.col("pack") == "P1-001")
    rises = one["energy_discharged_mwh"].diff().drop_nulls()
    assert rises.min() >= 0
    power = one["battery_mw"][1:].clip(lower_bound=0)
    assert abs(rises.sum() - power.sum() * 5 / 3600) < 1e-3
    assert one["soc_pct"].is_between(0, 100).all()


def test_the_contract_of_the_pack_file_names_its_columns(tmp_path: Path, campus: Campus) -> None:
    path = tmp_path / "packs.csv"
    _write(path, campus, date(2025, 12, 10))
    contract = campus.contracts["m1_packs_5s"]
    named = {tag.tag for tag in contract.tags} | {*contract.time.columns, contract.layout.device}
    assert named == set(pl.read_csv(path, n_rows=1).columns)


def test_the_same_seed_writes_the_same_packs(tmp_path: Path, campus: Campus) -> None:
    for name in ("a", "b"):
        _write(tmp_path / name, campus, date(2025, 12, 10))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

"""Each fault does what truth/faults.csv says, and nothing else."""

import io
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder
from pipelines.simulator.simulate import Simulation, simulate


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, campus: Campus) -> Simulation:
    return _day(tmp_path_factory.mktemp("clean"), campus, [])


def _day(folder: Path, campus: Campus, faults: list[str]) -> Simulation:
    return simulate(DataFolder(folder), campus, start=date(2025, 11, 1), days=1, sites=["m1"], faults=faults)


def _logs(simulation: Simulation, feed: str) -> pl.DataFrame:
    return pl.concat(
        pl.read_csv(io.BytesIO(_content(path)), infer_schema=False) for path in simulation.files[feed]
    ).with_row_index()


def _content(path: Path) -> bytes:
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0])


def test_missing_rows_are_an_hour_of_the_historian(tmp_path: Path, campus: Campus, clean: Simulation) -> None:
    faulty = _day(tmp_path, campus, ["missing_rows"])
    gone = pl.read_csv(clean.files["m1_scada"][-1]).height - pl.read_csv(faulty.files["m1_scada"][-1]).height
    assert gone == faulty.faults["count"].item() == 60 * 7


def test_duplicate_rows_stand_at_the_end_of_the_file(tmp_path: Path, campus: Campus) -> None:
    rows = _logs(_day(tmp_path, campus, ["duplicate_rows"]), "m1_batteries").drop("index")
    assert rows.is_duplicated().sum() == 2 * 120


def test_a_late_file_completes_the_day(tmp_path: Path, campus: Campus, clean: Simulation) -> None:
    faulty = _day(tmp_path, campus, ["late_file"])
    assert faulty.files["m1_batteries"][-1].name.startswith("late_")
    late, whole = (_logs(run, "m1_batteries").drop("index") for run in (faulty, clean))
    assert late.sort(pl.all()).equals(whole.sort(pl.all()))


def test_the_second_revision_carries_the_right_numbers(
    tmp_path: Path, campus: Campus, clean: Simulation
) -> None:
    faulty = _day(tmp_path, campus, ["conflicting_rows"])
    names = [path.name for path in faulty.files["m1_turbines"]]
    assert names == ["Generation 2025-11-01_r1.csv", "Generation 2025-11-01_r2.csv"]
    right = clean.files["m1_turbines"][0].read_bytes()
    assert faulty.files["m1_turbines"][1].read_bytes() == right
    assert faulty.files["m1_turbines"][0].read_bytes() != right


def test_historian_words_stand_for_numbers(tmp_path: Path, campus: Campus) -> None:
    rows = _logs(_day(tmp_path, campus, ["text_tokens"]), "m1_scada")
    words = rows.filter(pl.col("value").str.contains("[A-Z]"))
    assert set(words["value"]) == {"No Data", "I/O Timeout", "Bad Input"}


def test_a_spike_is_a_thousand_times_the_truth(tmp_path: Path, campus: Campus) -> None:
    rows = _logs(_day(tmp_path, campus, ["spike_grid"]), "m1_scada")
    grid = rows.filter(pl.col("tag") == "M1.GRID.A.KW")["value"].cast(pl.Float64)
    assert (grid > 1e6).sum() == 5


def test_a_stuck_analyser_repeats_one_value_for_six_hours(tmp_path: Path, campus: Campus) -> None:
    faulty = _day(tmp_path, campus, ["stuck_nox"])
    unit = faulty.faults["device_id"].item()
    text = b"".join(path.read_bytes() for path in faulty.files["m1_cems"]).decode()
    lines = [line.split(",") for line in text.splitlines() if f"CT-{unit[-2:]}" in line]
    longest = pl.Series([line[2] for line in lines]).rle().struct.field("len").max()
    assert longest >= 360


def test_a_flipped_block_contradicts_its_registers(tmp_path: Path, campus: Campus, clean: Simulation) -> None:
    faulty = _day(tmp_path, campus, ["sign_flip_battery"])
    joined = _logs(clean, "m1_batteries").join(_logs(faulty, "m1_batteries"), on="index", suffix="_faulty")
    changed = joined.filter(pl.col("p_mw").cast(pl.Float64) != pl.col("p_mw_faulty").cast(pl.Float64))
    assert changed["block"].unique().to_list() == ["BESS1-01"]
    assert (changed["p_mw"].cast(pl.Float64) + changed["p_mw_faulty"].cast(pl.Float64)).abs().max() == 0
    assert changed["register_in_mwh"].equals(changed["register_in_mwh_faulty"].alias("register_in_mwh"))

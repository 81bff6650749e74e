"""The files as a person would open them: dialects, clocks, the doubled hour, registers."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import zstandard

from pipelines.campus.paths import DataFolder
from pipelines.simulator.simulate import Simulation


def _file(simulation: Simulation, feed: str, part: str) -> Path:
    return next(path for path in simulation.files[feed] if part in path.name)


def _text(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    elif path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().decompress(content, max_output_size=1 << 28)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = archive.read(archive.namelist()[0])
    return content.decode()


def test_every_feed_lands_in_a_folder_of_its_name(simulation: Simulation, folder: DataFolder) -> None:
    assert sorted(path.name for path in folder.landing.iterdir()) == sorted(simulation.files)
    assert "m1_packs_5s" not in simulation.files
    assert len(simulation.files) == 11


def test_the_turbine_file_of_the_night_the_clocks_go_back_has_the_hour_twice(simulation: Simulation) -> None:
    lines = _text(_file(simulation, "m1_turbines", "2025-11-02")).splitlines()
    assert lines[0].startswith("Date;Time;GT01 MW;GT02 MW")
    assert len(lines) - 1 == 25 * 60
    assert sum(line.startswith("02.11.2025;01:30;") for line in lines) == 2
    assert sum(line.startswith("02.11.2025;02:30;") for line in lines) == 1
    assert "," in lines[1]
    assert "." not in lines[1].split(";", 2)[2]


def test_the_historian_names_the_end_of_the_minute_in_utc(simulation: Simulation) -> None:
    lines = _text(_file(simulation, "m1_scada", "20251101")).splitlines()
    assert lines[0] == "tag,timestamp,value,quality"
    assert lines[1].startswith("M1.GRID.A.KW,2025-11-01T05:01:00Z,")
    assert lines[1].endswith(",GOOD")


def test_the_emission_report_counts_its_records_in_its_last_line(simulation: Simulation) -> None:
    text = _file(simulation, "m1_cems", "11022025").read_bytes().decode()
    lines = text.split("\r\n")
    assert lines[-2] == "END OF REPORT 21600 RECORDS"
    assert len(lines) == 1 + 21600 + 1 + 1
    assert lines[1].startswith("11/02/2025 00:01,CT-01,")


def test_site_2_stamps_carry_the_offset_of_the_season(simulation: Simulation) -> None:
    text = _text(_file(simulation, "m2_site", "2025_11_02"))
    assert "\n2025-11-02 01:30:00-0500," in text
    assert "\n2025-11-02 01:30:00-0600," in text
    assert "Grid A [kW]" in text


def test_the_utility_reports_hours_by_their_end_with_words_for_gaps(simulation: Simulation) -> None:
    text = _text(simulation.files["tva_demand"][0])
    assert text.splitlines()[1].startswith('11/01/2025 06:00:00 AM,"')
    assert "MISSING" in text


def test_registers_only_count_up(simulation: Simulation) -> None:
    for path in simulation.files["m1_batteries"]:
        frame = pl.read_csv(io.StringIO(_text(path)))
        for column in ("register_in_mwh", "register_out_mwh"):
            rises = frame.sort("block", "epoch").select(pl.col(column).diff().over("block").min()).item()
            assert rises >= 0


def test_json_lines_say_the_same_as_the_registers_beside_them(simulation: Simulation) -> None:
    rows = [json.loads(line) for line in _text(_file(simulation, "m2_batteries", "11-02")).splitlines()]
    one = [row for row in rows if row["id"] == "block01"]
    power = np.array([row["power_kw"] for row in one])[1:]
    discharged = np.diff([row["discharged_kwh"] for row in one])
    np.testing.assert_allclose(np.maximum(power, 0) / 60, discharged, atol=0.02)


def test_the_logs_of_error_free_meters_add_up_to_the_truth(simulation: Simulation) -> None:
    truth = pl.read_csv(simulation.truth["energy_daily"]).filter(site_id="m1", local_date="2025-11-02")
    text = _text(_file(simulation, "m1_turbines", "2025-11-02")).replace(",", ".")
    turbines = pl.read_csv(io.StringIO(text), separator=";", infer_schema_length=None)
    total = turbines.select(pl.sum_horizontal(pl.col("^GT.*$").cast(pl.Float64)).sum()).item() / 60
    assert total == pytest.approx(truth["turbine_mwh"].item(), abs=1e-3 * 15)


def test_the_historian_of_error_free_meters_closes_the_balance(simulation: Simulation) -> None:
    truth = pl.read_csv(simulation.truth["energy_daily"]).filter(pl.col("site_id") == "m1")
    logs = pl.concat(pl.read_csv(io.StringIO(_text(path))) for path in simulation.files["m1_scada"])
    by_tag = dict(logs.group_by("tag").agg(pl.col("value").sum() / 60_000).iter_rows())
    assert by_tag["M1.GRID.A.KW"] == pytest.approx(truth["grid_import_mwh"].sum(), abs=0.01)
    assert by_tag["M1.GRID.CHECK.KW"] == by_tag["M1.GRID.A.KW"]
    halls = sum(value for tag, value in by_tag.items() if "HALL" in tag)
    assert halls == pytest.approx(truth["load_mwh"].sum(), abs=0.02)

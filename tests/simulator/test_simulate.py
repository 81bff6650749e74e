"""Simulating: the same seed, other seeds, faults on purpose, wrong wishes."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder
from pipelines.simulator.simulate import Simulation, simulate

DAY = date(2025, 11, 1)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _small(folder: Path, campus: Campus, **wishes: object) -> Simulation:
    wanted = {"start": DAY, "days": 1, "interval_s": 60, "sites": ["m1"]} | wishes
    return simulate(DataFolder(folder), campus, **wanted)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, campus: Campus) -> None:
    for name in ("a", "b"):
        _small(tmp_path / name, campus, seed=7, faults=["text_tokens", "spike"])
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")


def test_another_seed_writes_another_campus(tmp_path: Path, campus: Campus) -> None:
    for seed in (1, 2):
        _small(tmp_path / str(seed), campus, seed=seed)
    one, two = _hashes(tmp_path / "1"), _hashes(tmp_path / "2")
    assert one.keys() == two.keys()
    assert all(one[name] != two[name] for name in one if "faults" not in name)


def test_faults_are_injected_and_written_down(tmp_path: Path, campus: Campus) -> None:
    asked = ["duplicate_rows@m1_scada", "empty_file@m1_*", "stuck=0.001"]
    clean = _small(tmp_path / "clean", campus)
    faulty = _small(tmp_path / "faulty", campus, faults=asked)
    log = pl.read_csv(faulty.truth["faults"])
    assert log["fault"].unique().sort().to_list() == ["duplicate_rows", "empty_file", "stuck"]
    assert (log["count"] > 0).all()
    left, right = _hashes(tmp_path / "clean" / "truth"), _hashes(tmp_path / "faulty" / "truth")
    assert [name for name in left if left[name] != right[name]] == ["faults.csv"]
    assert sum(map(len, faulty.files.values())) == sum(map(len, clean.files.values())) + 5


def test_meters_err_within_their_class(tmp_path: Path, campus: Campus) -> None:
    site = _small(tmp_path, campus)
    frame = pl.concat(pl.read_csv(path) for path in site.files["m1_scada"])
    grid = frame.filter(pl.col("tag") == "M1.GRID.A.KW")["value"].sum() / 60_000
    truth = pl.read_csv(site.truth["energy_daily"])["grid_import_mwh"].sum()
    assert grid != pytest.approx(truth, rel=1e-7)
    assert grid == pytest.approx(truth, rel=0.002)


def test_a_finer_simulation_still_delivers_at_the_interval_of_the_feeds(
    tmp_path: Path, campus: Campus
) -> None:
    site = _small(tmp_path, campus, interval_s=30)
    frame = pl.concat(pl.read_csv(path) for path in site.files["m1_scada"])
    assert frame.filter(pl.col("tag") == "M1.HALL1.KW").height == 24 * 60


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"sites": ["m9"]}, "unknown site: m9"),
        ({"sites": []}, "no site to simulate"),
        ({"faults": ["gremlin"]}, "unknown fault: 'gremlin'"),
        ({"interval_s": 7}, "divides an hour"),
        ({"interval_s": 300}, "feed m1_batteries: its interval of 60 s is no multiple"),
        ({"days": 0}, "at least one day"),
    ],
)
def test_a_wrong_wish_is_refused(
    tmp_path: Path, campus: Campus, wish: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        _small(tmp_path, campus, **wish)

"""A new campus begins with files that explain themselves."""

from pathlib import Path

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder
from pipelines.campus.tables import TABLES
from pipelines.cli.commands import run_command


@pytest.fixture
def made(tmp_path: Path) -> DataFolder:
    assert run_command(["init", str(tmp_path / "campus")]) == 0
    return DataFolder(tmp_path / "campus")


def test_a_new_campus_is_valid_and_empty(made: DataFolder) -> None:
    campus = load_campus(made)
    assert campus.tables["sites"] == []
    assert campus.tables["devices"] == []
    assert campus.parameter("coverage_gate_pct", 0) == 95
    assert campus.contracts == campus.broken == {}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_explains_its_columns(made: DataFolder, table: str) -> None:
    text = (made.reference / f"{table}.csv").read_text()
    assert all(f"#   {column} (" in text for column in TABLES[table].model_fields)


def test_an_example_becomes_a_site_by_removing_its_comment_sign(made: DataFolder) -> None:
    path = made.reference / "sites.csv"
    path.write_text(path.read_text().replace("# m1,", "m1,"))
    assert list(load_campus(made).sites) == ["m1"]


def test_a_folder_in_use_is_left_alone(made: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["init", str(made.root)]) == 1
    assert "is not empty" in capsys.readouterr().err

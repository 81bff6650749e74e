"""`headroom feed check` as a person types it."""

import json
from pathlib import Path

import pytest

from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.cli.commands import run_command
from pipelines.cli.demo import copy_sample

HOURS = range(1, 24)
GRID = "t,M1.GRID.A.KW\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    copy_sample(DataFolder(PROJECT / "data"), folder)
    monkeypatch.setenv("HEADROOM_DATA", str(folder.root))
    return folder


@pytest.fixture
def meter(tmp_path: Path) -> Path:
    """A day of the grid meter as the historian of the sample campus exports it, hourly."""
    path = tmp_path / "export.csv"
    rows = [f"M1.GRID.A.KW,2025-11-01T{hour:02}:00:00Z,{140000 + hour}.5,GOOD" for hour in HOURS]
    path.write_text("\n".join(["tag,timestamp,value,quality", *rows]) + "\n", encoding="utf-8")
    return path


def test_it_says_what_the_file_is_and_drafts_a_contract(folder, meter, capsys):
    assert run_command(["feed", "check", str(meter)]) == 0
    said = capsys.readouterr().out
    assert "23 records of 4 columns (delimited): one value a record, 1 tag named by 'tag'." in said
    assert "\n  clock: UTC  # sure: every stamp ends in Z\n" in said
    assert "\nsite: TODO  # unknown: a row of sites.csv\n" in said


def test_the_draft_goes_into_a_file_that_is_never_overwritten(folder, meter, tmp_path, capsys):
    out = tmp_path / "meter.yaml"
    assert run_command(["feed", "check", str(meter), "--out", str(out)]) == 0
    assert "Draft of the contract" not in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").splitlines()[5].startswith("feed: meter")
    assert run_command(["feed", "check", str(meter), "--out", str(out)]) == 2
    assert "exists" in capsys.readouterr().err


def test_the_findings_as_data(folder, meter, capsys):
    assert run_command(["feed", "check", str(meter), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["fields"]["time.clock"] == {
        "value": "UTC", "confidence": "sure", "evidence": "every stamp ends in Z",
    }  # fmt: skip
    assert [column["name"] for column in data["columns"]] == ["M1.GRID.A.KW"]
    assert data["draft"].startswith("# Drafted by")


def test_a_contract_that_differs_from_its_file_fails(folder, meter, capsys):
    assert run_command(["feed", "check", str(meter), "--feed", "m1_scada"]) == 1
    shown = capsys.readouterr()
    differing = [line.split()[1] for line in shown.out.splitlines() if line.startswith("differs")]
    assert differing == ["time.interval"]
    assert "m1_scada: 1 of" in shown.err


def test_a_contract_that_fits_its_file_passes(folder, tmp_path, capsys):
    path = tmp_path / "historian.csv"
    rows = [f"M1.GRID.A.KW,2025-11-01T01:{minute:02}:00Z,{140000 + minute}.5,GOOD" for minute in range(60)]
    path.write_text("\n".join(["tag,timestamp,value,quality", *rows]) + "\n", encoding="utf-8")
    assert run_command(["feed", "check", str(path), "--feed", "m1_scada"]) == 0
    assert "nothing differs" in capsys.readouterr().err


def test_power_of_a_thousand_times_the_nameplate_is_in_a_wrong_unit(folder, tmp_path, capsys):
    path = tmp_path / "plant.csv"
    turbines = [f"GT{number:02} MW" for number in range(1, 16)]
    rows = [
        ";".join([f"03.11.2025;{minute // 60:02}:{minute % 60:02}", *["15400,5"] * 15])
        for minute in range(600)
    ]
    path.write_text("\n".join([";".join(["Date", "Time", *turbines]), *rows]) + "\n", encoding="utf-8")
    assert run_command(["feed", "check", str(path), "--feed", "m1_turbines"]) == 1
    differing = [line for line in capsys.readouterr().out.splitlines() if line.startswith("differs")]
    assert len(differing) == 15
    assert "the nameplate is 16.47 MW" in differing[0]


def test_an_unknown_feed_and_a_file_that_is_not_there_are_wrong_usage(folder, meter, tmp_path, capsys):
    assert run_command(["feed", "check", str(meter), "--feed", "m9"]) == 2
    assert "m1_scada" in capsys.readouterr().err
    assert run_command(["feed", "check", str(tmp_path / "nothing.csv")]) == 2


def test_without_a_campus_a_file_is_looked_at_all_the_same(meter, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HEADROOM_DATA", str(tmp_path / "nowhere"))
    assert run_command(["feed", "check", str(meter)]) == 0
    assert "every stamp ends in Z" in capsys.readouterr().out


def test_an_archive_that_intake_would_refuse_is_refused(folder, tmp_path, capsys):
    path = tmp_path / "half.csv.gz"
    import gzip

    path.write_bytes(gzip.compress(GRID.encode() * 1000)[:40])
    assert run_command(["feed", "check", str(path)]) == 1
    assert "gzip_truncated" in capsys.readouterr().err


def test_a_file_that_no_reader_takes_is_named_and_gets_no_draft(folder, tmp_path, capsys):
    path, out = tmp_path / "page.html", tmp_path / "page.yaml"
    path.write_text("<html><body>404</body></html>", encoding="utf-8")
    assert run_command(["feed", "check", str(path), "--out", str(out)]) == 1
    shown = capsys.readouterr()
    assert "Headroom cannot read this: XML or HTML" in shown.out
    assert "No draft" in shown.err
    assert not out.exists()


def test_help_has_an_example(capsys):
    assert run_command(["feed", "check", "--help"]) == 0
    assert "Example: headroom feed check" in capsys.readouterr().out

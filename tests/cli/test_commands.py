"""What a person types and gets back."""

import json
import socket
from pathlib import Path

import pytest
import typer

from pipelines.assets.journal import Journal
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import CampusError, Mistake, Refusal
from pipelines.cli.commands import app, run_command
from pipelines.cli.run import finish
from pipelines.intake.delivery import RefusedFile
from pipelines.river import Busy, CleanReport, arrive

COMMANDS = ("init", "simulate", "run", "status", "withdraw", "demo", "ui", "sql", "prune")


def test_every_command_of_this_release_is_there() -> None:
    assert (
        tuple(command.callback.__name__ for command in app.registered_commands if command.callback)
        == COMMANDS
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([command, "--help"]) == 0
    assert f"Example: headroom {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        ["fly"],
        ["run", "--from", "yesterday"],
        ["run", "--from", "2025-11-05", "--to", "2025-11-01"],
        ["run", "--site", "m9"],
        ["simulate", "--sites", "m9"],
        ["simulate", "--interval", "often"],
        ["simulate", "--days", "0"],
        ["withdraw", "abc"],
        ["ui", "--host", "0.0.0.0"],
        ["sql", "select 1", "--format", "xlsx"],
    ],
)
def test_wrong_usage_is_one_message_and_exit_code_2(
    wrong: list[str], folder: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(wrong) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.endswith("See: headroom --help\n")


@pytest.mark.parametrize(
    "error",
    [
        Refusal("damaged", "file x, row 3", "Restore it"),
        CampusError([Mistake("sites.csv", "line 2", "time_zone", "unknown zone", "Correct the cell")]),
        Busy("process 1", 600),
        PermissionError(13, "Permission denied", "/data/lake"),
    ],
)
def test_a_foreseen_error_is_one_message_and_exit_code_1(
    error: Exception, folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipelines.assets.launch.bring_up_to_date", fail)
    assert run_command(["run"]) == 1
    assert capsys.readouterr().err == f"headroom: {error}\n"


def test_a_full_disk_is_named_wherever_it_is_met(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/data/lake")

    monkeypatch.setattr("pipelines.assets.launch.bring_up_to_date", fail)
    assert run_command(["run"]) == 1
    assert capsys.readouterr().err == (
        "headroom: disk full: [Errno 28] No space left on device: '/data/lake'. "
        "Free space on the disk of the data folder and run again; nothing that was taken in is lost\n"
    )


def test_a_bug_is_not_hidden(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pipelines.assets.launch.bring_up_to_date", fail)
    with pytest.raises(ZeroDivisionError):
        run_command(["run"])


def test_a_folder_without_a_campus_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEADROOM_DATA", str(tmp_path / "nowhere"))
    assert run_command(["status"]) == 1
    assert "Run `headroom init DIR`" in capsys.readouterr().err


def test_sql_before_the_first_version_says_what_to_do(
    folder: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["sql", "select 1"]) == 1
    assert "run `headroom run`" in capsys.readouterr().err


def test_status_of_a_new_folder_counts_what_waits(
    folder: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = folder.landing / "m1_cems" / "day.csv"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("a\n")
    assert run_command(["status", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["files_in_landing"] == 1
    assert facts["files_in_vault"] == facts["files_not_read_yet"] == 0
    assert facts["feeds_that_failed"] == "none"
    assert facts["dirty_days"] == 0
    assert facts["published_version"] == "none"
    assert facts["daemon"] == "never started: headroom ui"


def test_status_names_the_newest_refused_files_those_without_a_feed_included(
    folder: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.landing / "m1_cems").mkdir(parents=True)
    (folder.landing / "stray.csv").write_text("a\n")
    (folder.landing / "m1_cems" / "link.csv").symlink_to("/etc/hostname")
    (folder.landing / "m1_cems" / "empty.csv").write_text("")
    assert [file.file_name for file in arrive(folder, settle_s=0).refused] == [
        "link.csv",
        "stray.csv",
        "empty.csv",
    ]
    assert run_command(["status"]) == 0
    said = capsys.readouterr().out
    assert "files refused          3" in said
    assert "unknown/stray.csv\n  no_feed_folder: it lay directly in landing" in said
    assert "m1_cems/link.csv\n  unsafe_path: it is a symbolic link" in said
    assert run_command(["status", "--json"]) == 0
    newest = json.loads(capsys.readouterr().out)["newest_refused"]
    assert {file["rule"] for file in newest} == {"no_feed_folder", "unsafe_path", "empty_file"}
    assert [file["at"] for file in newest] == sorted((file["at"] for file in newest), reverse=True)


def test_a_file_that_meets_the_limit_on_file_size_is_told_so(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(27, "File too large", "/data/lake")

    monkeypatch.setattr("pipelines.assets.launch.bring_up_to_date", fail)
    assert run_command(["run"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("headroom: file too large: [Errno 27] File too large: '/data/lake': ")
    assert "disk full" not in said


@pytest.mark.parametrize(
    ("journal", "code", "said"),
    [
        (Journal(postponed=["another run is writing"]), 1, "Left to a later run: another run is writing\n"),
        (
            Journal(
                cleaned=[
                    CleanReport(failed={"cems": Refusal("cleaning_failed", "KeyError: 'x'", "Report it")})
                ]
            ),
            1,
            "Feed cems could not be cleaned: cleaning_failed: KeyError: 'x'. Report it\n",
        ),
        (Journal(unaccounted=["cems: a.csv: 4 came in"]), 1, "Does not add up: cems: a.csv: 4 came in\n"),
        (Journal(cleaned=[CleanReport(refused=[RefusedFile("cems", "a.csv", None, "x", "x", "x")])]), 3, ""),
    ],
)
def test_what_a_run_left_undone_decides_its_exit_code(
    journal: Journal, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        finish(journal)
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == said


def test_simulate_lands_files_elsewhere_and_keeps_the_truth(
    folder: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "elsewhere"
    options = ["--days", "1", "--sites", "m1", "--interval", "60s", "--out", str(out), "--json"]
    assert run_command(["simulate", *options]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (out / "landing" / "m1_cems").is_dir()
    assert all(Path(path).is_file() for path in made["truth"].values())
    assert not folder.landing.exists()


def test_a_port_that_is_taken_is_said_before_anything_starts(
    folder: DataFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_command(["ui", "--port", str(port)]) == 1
    said = capsys.readouterr()
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use. End what uses it" in said.err
    assert said.out == ""

"""Files of the lake can be trusted: named by their content, never changed, durable before they count."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.campus.paths import PROJECT
from pipelines.lake import commit, replace, snapshot
from pipelines.lake.contents import is_intact
from tests.lake.conftest import FRIDAY, GRID, SATURDAY, readings


def data_files(folder):
    return sorted(GRID.path(folder).rglob("*.parquet"))


def log(folder):
    return GRID.path(folder) / "_delta_log"


def test_a_file_is_named_by_its_content_and_read_only(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    (path,) = data_files(folder)
    assert path.parent.relative_to(GRID.path(folder)).as_posix() == "site_id=m1/utc_date=2025-10-31"
    assert path.name == f"v000001-{hashlib.sha256(path.read_bytes()).hexdigest()}.parquet"
    assert path.stat().st_mode & 0o777 == 0o444


def test_the_snapshot_names_every_file_with_its_hash_site_and_day(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    replace(folder, GRID, "m1", [SATURDAY], readings(2.0, day=SATURDAY))
    found = snapshot(folder).files["readings/grid"]
    assert [(file.site_id, file.utc_date) for file in found] == [("m1", FRIDAY), ("m1", SATURDAY)]
    assert [file.path for file in found] == data_files(folder)
    assert all(is_intact(file) for file in found)


@pytest.mark.parametrize("place", [0, 100, -1])
def test_one_flipped_bit_is_found(folder, place):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0, 2.0))
    (file,) = snapshot(folder).files["readings/grid"]
    content = bytearray(file.path.read_bytes())
    content[place] ^= 1
    file.path.chmod(0o644)
    file.path.write_bytes(content)
    assert not is_intact(file)


def test_a_truncated_file_is_found(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0, 2.0))
    (file,) = snapshot(folder).files["readings/grid"]
    file.path.chmod(0o644)
    os.truncate(file.path, 10)
    assert not is_intact(file)


def test_replaced_files_stay_for_the_versions_that_name_them(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    (before,) = snapshot(folder).files["readings/grid"]
    replace(folder, GRID, "m1", [FRIDAY], readings(2.0))
    assert is_intact(before)
    assert before not in snapshot(folder).files["readings/grid"]


def test_a_file_that_headroom_did_not_write_is_refused(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    entry = log(folder) / f"{1:020d}.json"
    entry.write_text(entry.read_text().replace("/v000001-", "/part-"))
    with pytest.raises(ValueError, match="was not written by Headroom"):
        snapshot(folder)


def test_a_commit_that_a_crash_left_empty_never_happened(folder, held):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    torn = log(folder) / f"{2:020d}.json"
    torn.touch()
    assert held() == [("m1", FRIDAY, 1.0)]
    assert not torn.exists()
    assert torn.with_suffix(".torn").exists()
    assert replace(folder, GRID, "m1", [FRIDAY], readings(3.0)) == 2
    assert held() == [("m1", FRIDAY, 3.0)]


def test_the_log_is_kept_for_ever(folder):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    entries = [json.loads(line) for line in (log(folder) / f"{0:020d}.json").read_text().splitlines()]
    (settings,) = [entry["metaData"]["configuration"] for entry in entries if "metaData" in entry]
    assert settings == {
        "delta.logRetentionDuration": "interval 3650 days",
        "delta.enableExpiredLogCleanup": "false",
    }


def test_old_log_entries_survive_many_commits(folder):
    for number in range(25):
        replace(folder, GRID, "m1", [FRIDAY], readings(float(number)))
    names = {path.name for path in log(folder).glob("*.json")}
    assert names >= {f"{number:020d}.json" for number in range(26)}


def test_a_file_is_durable_before_it_is_committed(folder, monkeypatch):
    """Data file synced, renamed, its folder synced; only then the log entry, which is synced last."""
    steps = []
    fsync, rename = os.fsync, commit.Path.rename

    def synced(handle):
        path = Path(f"/proc/self/fd/{handle}").readlink()
        steps.append(("sync", os.path.relpath(path, GRID.path(folder))))
        fsync(handle)

    def renamed(path, target):
        entry = log(folder) / f"{1:020d}.json"
        steps.append(("rename", "committed" if entry.exists() else "not committed"))
        return rename(path, target)

    GRID.create(folder)
    monkeypatch.setattr(commit.os, "fsync", synced)
    monkeypatch.setattr(commit.Path, "rename", renamed)
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    day = "site_id=m1/utc_date=2025-10-31"
    assert steps == [
        ("sync", f"{day}/.000001.tmp"),
        ("rename", "not committed"),
        ("sync", day),
        ("sync", f"_delta_log/{1:020d}.json"),
        ("sync", "_delta_log"),
    ]


DYING = """
import os, sys
from pathlib import Path
from pipelines.campus.paths import DataFolder
from pipelines.lake import commit, replace
from tests.lake.conftest import FRIDAY, GRID, readings

where = sys.argv[2]
if where == "before the data file has its name":
    commit.Path.rename = lambda *_: os._exit(9)
if where == "between data file and commit":
    commit.AddAction = lambda **_: os._exit(9)
if where == "after the commit":
    commit._sync_log = lambda *_: os._exit(9)
replace(DataFolder(Path(sys.argv[1])), GRID, "m1", [FRIDAY], readings(2.0, 3.0))
"""


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ("before the data file has its name", [1.0]),
        ("between data file and commit", [1.0]),
        ("after the commit", [2.0, 3.0]),
    ],
)
def test_a_kill_leaves_the_old_day_or_the_new_one_and_the_next_run_goes_on(folder, held, where, left):
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    command = [sys.executable, "-c", DYING, str(folder.root), where]
    killed = subprocess.run(command, cwd=PROJECT, check=False)
    assert killed.returncode == 9
    assert [mw for *_, mw in held()] == left
    replace(folder, GRID, "m1", [FRIDAY], readings(2.0, 3.0))
    assert [mw for *_, mw in held()] == [2.0, 3.0]

"""What retention removes, and what it must not."""

import pytest

from pipelines.lake import TABLES, read, remove_superseded, snapshot
from pipelines.river import Busy, lock, prune, retention
from pipelines.river.lock import build_lock
from tests.river.samples import flow, land, tiny_campus


def test_files_that_nothing_names_any_more_are_removed(tmp_path):
    folder = tiny_campus(tmp_path)
    land(folder, "a.csv", "GRID,2025-06-01 00:00,10")
    flow(folder)
    kept = [file.path for files in snapshot(folder).files.values() for file in files]
    land(folder, "b.csv", "GRID,2025-06-01 01:00,11")
    flow(folder)
    before = read(folder, TABLES["readings/grid"])
    assert remove_superseded(folder, kept) == (0, 0)
    files, size = remove_superseded(folder, [])
    assert files > 0
    assert size > 0
    assert not any(path.exists() for path in kept if "readings/grid" in str(path))
    assert read(folder, TABLES["readings/grid"]).equals(before)


def test_nothing_is_removed_while_a_build_stands_on_it(tmp_path, monkeypatch):
    folder = tiny_campus(tmp_path)
    monkeypatch.setattr(retention, "build_lock", lambda folder: lock.build_lock(folder, wait_s=0))
    with build_lock(folder), pytest.raises(Busy):
        prune(folder)
    assert prune(folder).versions == []

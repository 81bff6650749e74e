"""What retention removes, and what it must not."""

from pipelines.lake import TABLES, read, remove_superseded, snapshot
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

"""A data folder may lie wherever a person keeps things."""

import pytest

from pipelines.campus.paths import DataFolder
from pipelines.lake import read, replace, snapshot
from tests.lake.conftest import FRIDAY, GRID, readings


@pytest.mark.parametrize("name", ["My Data", "größe", "a+b", "no. #1", "it's", "run=7", "what?", "a[1]"])
def test_the_name_of_the_folder_does_not_matter(tmp_path, name):
    folder = DataFolder(tmp_path / name)
    replace(folder, GRID, "m1", [FRIDAY], readings(1.0))
    replace(folder, GRID, "m1", [FRIDAY], readings(2.0, 3.0))
    found = read(folder, GRID)
    assert found.get_column("grid_mw").to_list() == [2.0, 3.0]
    assert found.schema == GRID.schema
    assert [file.path.exists() for file in snapshot(folder).files["readings/grid"]] == [True]

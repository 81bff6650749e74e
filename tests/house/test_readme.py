"""The README works as it is written, in an empty folder."""

import pytest

from pipelines.campus.paths import PROJECT
from tests.house.pages import Reader, blocks

README = PROJECT / "README.md"


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Somebody who has brought their own logs."""
    reader = Reader(tmp_path_factory.mktemp("empty"))
    for block in blocks(README):
        if block.language in ("text", "sh"):
            reader.follow(block)
    return reader


def test_ten_lines_bring_own_logs_to_a_published_warehouse(reader):
    [block] = [block for block in blocks(README, "sh") if "run" in block.words]
    assert len(block.text.splitlines()) == 10
    assert (reader.folder / "my-campus" / "warehouse" / "headroom.duckdb").is_file()


def test_python_reads_the_warehouse(reader):
    (reader.folder / "data").symlink_to("my-campus")
    [block] = blocks(README, "python")
    assert "2025-06-01" in reader.follow(block)


def test_every_mart_that_the_readme_names_exists():
    named = {word for word in README.read_text(encoding="utf-8").split("`") if word.startswith("marts.")}
    models = {f"marts.{path.stem}" for path in (PROJECT / "dbt" / "models" / "marts").rglob("*.sql")}
    assert named - models == set()

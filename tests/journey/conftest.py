"""A campus in a folder of its own: land files, run the river, read back what it published.

Here must not live: expectations about any source.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.campus.paths import PROJECT

SHARED_TABLES = ("parameters.csv", "factors.csv")


@dataclass(frozen=True)
class Campus:
    """A data folder and what a user does with it."""

    root: Path

    def land(self, feed: str, name: str, content: bytes) -> Path:
        """Drops a file into a feed's landing folder."""
        path = self.root / "landing" / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def run(self, *command: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """`headroom run`, or another command, as typed into a shell."""
        headroom = str(Path(sys.executable).with_name("headroom"))
        environment = os.environ | {"HEADROOM_DATA": str(self.root)}
        words = [headroom, *(command or ("run",))]
        return subprocess.run(
            words, env=environment, capture_output=True, text=True, check=False, timeout=600, **options
        )

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query on the published warehouse."""
        published = self.root / "warehouse" / "headroom.duckdb"
        with duckdb.connect(str(published), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(sql, values).fetchall()

    def files(self, *columns: str) -> dict[str, tuple[Any, ...]]:
        """`file_name` → columns of quality.files."""
        found = self.rows(f"select file_name, {', '.join(columns)} from quality.files")
        return {name: tuple(rest) for name, *rest in found}

    def refusals(self, feed: str) -> dict[str, dict[str, Any]]:
        """Name of the reason file → reason, of the feed's refused files."""
        reasons = sorted((self.root / "refused" / feed).glob("*.reason.json"))
        return {reason.name: json.loads(reason.read_text(encoding="utf-8")) for reason in reasons}


@pytest.fixture(scope="session")
def new_campus(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Campus]:
    """A campus of some reference tables, with the gates and factors of the sample campus."""

    def make(reference: Path, parameters: Mapping[str, str] | None = None) -> Campus:
        root = tmp_path_factory.mktemp(reference.parent.name)
        shutil.copytree(reference, root / "reference")
        for name in SHARED_TABLES:
            shutil.copyfile(PROJECT / "data" / "reference" / name, root / "reference" / name)
        _set_parameters(root / "reference" / "parameters.csv", parameters or {})
        return Campus(root)

    return make


def _set_parameters(path: Path, values: Mapping[str, str]) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    table = list(csv.DictReader(lines))
    unknown = values.keys() - {row["parameter_id"] for row in table}
    assert not unknown, f"no such parameters: {unknown}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(row | {"value": values.get(row["parameter_id"], row["value"])} for row in table)

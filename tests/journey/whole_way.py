"""The whole way in one process: from what has landed to a published version, and back out as rows.

As a script it goes the way for one data folder and prints the sha256 of the canonical export:
`python -m tests.journey.whole_way FOLDER [--threads N] [--seed S] [--rebuild]`.
Here must not live: expectations.
"""

import argparse
import csv
import random
import shutil
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.river import arrive, clean, plan, prepare_version, publish_version
from pipelines.warehouse.dbt import DbtReport, run_dbt
from pipelines.warehouse.export import canonical_sha256
from pipelines.warehouse.versions import Manifest

REFERENCE = PROJECT / "data" / "reference"


def sample_campus(root: Path) -> DataFolder:
    """A data folder with a copy of the sample campus and nothing landed."""
    shutil.copytree(REFERENCE, root / "reference")
    return DataFolder(root)


def to_the_lake(folder: DataFolder, *, rebuild: bool = False) -> None:
    """Takes in what has landed and cleans every dirty day."""
    arrive(folder, settle_s=0)
    for block in plan(folder, rebuild=rebuild).blocks:
        clean(folder, block, rebuild=rebuild)


def build(folder: DataFolder) -> tuple[Any, DbtReport]:
    """Prepares a version of the lake as it is and lets dbt fill it; nothing is published yet.

    One thread: the tests beside this one have the other cores.
    """
    prepared = prepare_version(folder, force=True)
    assert prepared is not None
    return prepared, run_dbt(prepared.build.path, vars={"version_id": prepared.build.number}, threads=1)


def publish(folder: DataFolder) -> Manifest:
    """Builds, tests and publishes the lake as it is."""
    prepared, report = build(folder)
    return publish_version(folder, prepared, report)


def flow(folder: DataFolder) -> Manifest:
    """From what has landed to a published version."""
    to_the_lake(folder)
    return publish(folder)


def rows(folder: DataFolder, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of a query on the published warehouse."""
    with duckdb.connect(str(folder.published), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(sql, values).fetchall()


def mart(folder: DataFolder, name: str, keys: Iterable[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """A mart as key → row."""
    names = tuple(keys)
    with duckdb.connect(str(folder.published), read_only=True) as connection:
        found = connection.execute(f"select * from marts.{name}")
        columns = [column[0] for column in found.description]
        listed = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    keyed = {tuple(row[key] for key in names): row for row in listed}
    assert len(keyed) == len(listed), f"{names} is not the grain of {name}"
    return keyed


def set_parameters(folder: DataFolder, **values: object) -> None:
    """Decides gates of the campus otherwise."""
    path = folder.reference / "parameters.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    table = list(csv.DictReader(lines))
    assert values.keys() <= {row["parameter_id"] for row in table}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows(row | {"value": values.get(row["parameter_id"], row["value"])} for row in table)


def add_rows(folder: DataFolder, table: str, *lines: str) -> None:
    """Appends rows to a reference table."""
    with (folder.reference / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def file_by_file(folder: DataFolder, seed: int) -> None:
    """Lands what waits in `waiting/<feed>/` in a random order and publishes after every fourth file.

    Each file comes alone; every second one has been delivered before and comes again under another name.
    """
    waiting = sorted((folder.root / "waiting").glob("*/*"))
    random.Random(seed).shuffle(waiting)
    for number, path in enumerate(waiting):
        land(folder, path)
        if number % 2:
            again = waiting[number - 1]
            land(folder, again, f"again_{again.name}")
        if number % 4 == 3:
            flow(folder)


def land(folder: DataFolder, path: Path, name: str | None = None) -> None:
    """Drops a copy of `…/<feed>/<file>` into the landing folder of its feed."""
    place = folder.landing / path.parent.name
    place.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place / (name or path.name))


def _with_threads(connect: Any, threads: int, *arguments: Any, **named: Any) -> Any:
    connection = connect(*arguments, **named)
    connection.execute(f"set threads = {threads}")
    return connection


def main() -> None:
    """Goes the whole way once, with so many DuckDB threads in every connection."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, help="land the waiting files one by one in this random order")
    parser.add_argument("--rebuild", action="store_true", help="clean every day again, as if new")
    chosen = parser.parse_args()
    folder = DataFolder(chosen.folder)
    duckdb.connect = partial(_with_threads, duckdb.connect, chosen.threads)
    if chosen.seed is not None:
        file_by_file(folder, chosen.seed)
    to_the_lake(folder, rebuild=chosen.rebuild)
    publish(folder)
    sys.stdout.write(canonical_sha256(folder.published) + "\n")


if __name__ == "__main__":
    main()

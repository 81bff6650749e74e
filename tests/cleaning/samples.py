"""Small feeds and files for the tests of cleaning, written as a person would write them."""

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import yaml

from pipelines.campus.contract import Contract
from pipelines.cleaning import Cleaned, Delivered, Extent, Scope, clean_feed, survey

SCOPE = Scope(
    date(2025, 5, 1),
    {
        "grid-a": "grid",
        "grid-b": "grid",
        "grid-c": "grid",
        "grid-d": "grid",
        "gt-01": "turbines",
        "gt-02": "turbines",
        "bat-01": "batteries",
        "hall-1": "campus_load",
    },
)

HOURLY = """
feed: meters
site: m1
description: hourly meter values
format: delimited
time: {columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}
layout: {kind: long, tag: tag, value: value}
tags:
  - {tag: GRID, device: grid-a, column: grid_mw, unit: kW}
  - {pattern: 'GT(\\d\\d)\\.MW', device: 'gt-\\1', column: gross_mw, unit: MW}
  - {pattern: 'GT(\\d\\d)\\.NOX', device: 'gt-\\1', column: nox_ppm, unit: ppm}
"""


def contract(text: str = HOURLY, **changes: object) -> Contract:
    """A contract from YAML, with some of its keys replaced."""
    return Contract.model_validate(yaml.safe_load(text) | changes)


def hours(**changes: object) -> dict[str, object]:
    """The `time` of an hourly feed, with some of its keys replaced."""
    return {"columns": ["time"], "format": "%Y-%m-%d %H:%M", "interval": "1h"} | changes


def delivered(text: str, file_id: str = "a" * 64, seq: int = 1, name: str = "file.csv") -> Delivered:
    """A file as the readers give it: the first line names the columns and is record 1."""
    header, *lines = [line.split(",") for line in text.strip().splitlines()]
    rows = {name: [line[place] for line in lines] for place, name in enumerate(header)}
    numbers = pl.Series("row_number", range(2, len(lines) + 2), dtype=pl.Int64)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String)).insert_column(0, numbers)
    unreadable = pl.DataFrame(
        schema={"row_number": pl.Int64, "rule": pl.String, "reason": pl.String, "raw": pl.String}
    )
    return Delivered(file_id, name, datetime(2026, 1, 1), seq, frame, unreadable)


def objects(*records: dict[str, str], file_id: str = "a" * 64) -> Delivered:
    """A file of JSON Lines as the readers give it: an absent key is null."""
    names = dict.fromkeys(key for record in records for key in record)
    rows = {name: [record.get(name) for record in records] for name in names}
    numbers = pl.Series("row_number", range(1, len(records) + 1), dtype=pl.Int64)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)).insert_column(0, numbers)
    return replace(delivered("time"), file_id=file_id, file_name="file.jsonl", rows=frame)


def surveyed(file: Delivered, feed: Contract) -> Extent:
    """Which days a file touches."""
    return survey(file, feed, SCOPE)


def cleaned(feed: Contract, *files: Delivered | str, days: list[date] | None = None) -> Cleaned:
    """All days of some files, or the given days."""
    given = [delivered(file) if isinstance(file, str) else file for file in files]
    if days is None:
        days = sorted({day for file in given for day in surveyed(file, feed).dates})
    return clean_feed(given, feed, SCOPE, days)


def values(result: Cleaned, kind: str, column: str) -> dict[str, float | None]:
    """`HH:MM` (with the day where there are several) → value, in order of time."""
    frame = result.readings[kind].sort("device_id", "interval_start_utc").filter(pl.col(column).is_not_null())
    pattern = "%H:%M" if frame.get_column("utc_date").n_unique() <= 1 else "%d %H:%M"
    stamps = frame.get_column("interval_start_utc").dt.strftime(pattern).to_list()
    return dict(zip(stamps, frame.get_column(column).to_list(), strict=True))


def rules(result: Cleaned) -> list[tuple[int, str]]:
    """(row, rule) of refused records and of findings, without repetition."""
    found = pl.concat(
        [result.rejected.select("row_number", "rule"), result.findings.select("row_number", "rule")]
    )
    return sorted(set(found.rows()))

"""A day is the same whether its files were read whole or in stretches."""

from datetime import datetime, timedelta

import pytest

from pipelines.lake import TABLES, read
from pipelines.readers import stretch
from pipelines.river import days, text
from tests.river.samples import flow, land, tiny_campus

MIDNIGHT = datetime(2025, 6, 1)
BOOKS = ("readings/grid", "readings/campus_load", "findings", "rejected_rows", "accounts", "days")


def records(first: int, behind: int) -> list[str]:
    """Hourly records of two tags; some are damaged, told twice or in dispute."""
    lines = []
    for hour in range(first, behind):
        at = MIDNIGHT + timedelta(hours=hour)
        lines += [f"GRID,{at:%Y-%m-%d %H:%M},{10 + hour % 7}", f"HALL,{at:%Y-%m-%d %H:%M},{hour % 5}"]
        if hour % 10 == 0:
            lines += [f"GRID,{at:%Y-%m-%d %H:%M},broken", f"HALL,{at:%Y-%m-%d %H:%M},{hour % 5 + hour % 20}"]
    return lines


@pytest.fixture
def heights(monkeypatch):
    """Small steps of the bisection; how many records each file gave to the days that asked."""
    found = []

    def counted(vault, touch, days):
        delivered = text.days_as_text(vault, touch, days)
        found.append(delivered.rows.height)
        return delivered

    monkeypatch.setattr(days, "days_as_text", counted)
    monkeypatch.setattr(stretch, "NEAR", 100)
    return found


def lake_of(root):
    folder = tiny_campus(root)
    land(folder, "a.csv", *records(0, 72))
    flow(folder)
    land(folder, "b.csv", *records(66, 90))
    flow(folder)
    return {name: read(folder, TABLES[name]) for name in BOOKS}


def test_a_second_file_reads_of_the_first_only_what_its_days_need(tmp_path, heights, monkeypatch):
    in_stretches = lake_of(tmp_path / "stretches")
    assert heights[0] == len(records(0, 72))
    assert sorted(heights[1:])[0] == len(records(66, 90))
    assert len(records(48, 72)) < sorted(heights[1:])[1] < len(records(30, 72))
    monkeypatch.setattr(
        days, "days_as_text", lambda vault, touch, days: text.as_text(vault, touch.delivery, touch.contract)
    )
    read_whole = lake_of(tmp_path / "whole")
    for name in BOOKS:
        assert in_stretches[name].height
        assert in_stretches[name].equals(read_whole[name]), name

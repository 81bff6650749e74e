"""LDWP hourly demand of five years: a week of one value, zeros; found without a check in the contract."""

import csv
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from pipelines.cleaning import Delivered, clean_feed, survey
from pipelines.readers import read
from pipelines.river.text import scope_of
from tests.journey.real.test_contracts import load

HOUR = timedelta(hours=1)
FROZEN_H = 6


def demand(exports: Path) -> list[tuple[datetime, str]]:
    """(hour start UTC, text) of every record."""
    path = exports / "eia930_tva_2015_2020" / "LDWP.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(datetime.fromisoformat(row["date_time"]) - HOUR, row["demand (MW)"]) for row in rows]


@pytest.fixture(scope="module")
def found(exports, tmp_path_factory):
    """Findings of the readers and the cleaning: (hour start, rule, raw value)."""
    campus = load("ldwp", tmp_path_factory.mktemp("ldwp"))
    contract = campus.contracts["ldwp_demand"]
    text = read(exports / "eia930_tva_2015_2020" / "LDWP.csv", contract)
    file = Delivered("0" * 64, "LDWP.csv", datetime(2020, 8, 1), 1, text.frame, text.rejected)
    scope = scope_of(campus, "ldwp")
    result = clean_feed([file], contract, scope, survey(file, contract, scope).dates)
    return result.findings.select("interval_start_utc", "rule", "raw_value").rows()


def test_zeros_and_frozen_hours_are_all_that_is_found(exports, found):
    frozen = set()
    for text, run in groupby(demand(exports), key=lambda record: record[1]):
        hours = [hour for hour, _ in run]
        if text.isdigit() and text != "0" and len(hours) >= FROZEN_H:
            frozen |= set(hours[1:])
    zeros = {hour for hour, text in demand(exports) if text == "0"}
    assert (len(frozen), len(zeros)) == (146 + 11, 3)
    assert {hour for hour, rule, _ in found if rule == "stuck"} == frozen
    assert {hour for hour, rule, _ in found if rule == "zero_run"} == zeros
    assert len(found) == len(frozen) + len(zeros)

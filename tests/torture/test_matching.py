"""A finding counts at its own place and by an expected rule; what the labels say, stated by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tests.torture.evidence import Evidence
from tests.torture.matching import Judge

NOON = datetime(2025, 11, 1, 12)
FINDINGS = {
    "feed_id": pl.String(),
    "file_name": pl.String(),
    "row_number": pl.Int64(),
    "device_id": pl.String(),
    "column_name": pl.String(),
    "start": pl.Datetime("us"),
    "rule": pl.String(),
}
FILES = {
    "feed_id": pl.String(),
    "file_name": pl.String(),
    "state": pl.String(),
    "reason": pl.String(),
    "rows_duplicate": pl.Int64(),
}
READINGS = {
    "feed_id": pl.String(),
    "device_id": pl.String(),
    "column_name": pl.String(),
    "start": pl.Datetime("us"),
    "value": pl.Float64(),
}
REJECTED = {name: FINDINGS[name] for name in ("feed_id", "file_name", "row_number", "rule")}
SUSPECTS = {
    "device_id": pl.String(),
    "column_name": pl.String(),
    "reason": pl.String(),
    "from_utc": FINDINGS["start"],
    "to_utc": FINDINGS["start"],
}


def _evidence(
    findings: Sequence[tuple[Any, ...]] = (),
    rejected: Sequence[tuple[Any, ...]] = (),
    files: Sequence[tuple[Any, ...]] = (),
    suspects: Sequence[tuple[Any, ...]] = (),
    readings: Sequence[tuple[Any, ...]] = (),
) -> Evidence:
    tables = (
        (findings, FINDINGS),
        (rejected, REJECTED),
        (files, FILES),
        (suspects, SUSPECTS),
        (readings, READINGS),
    )
    return Evidence(*(pl.DataFrame(list(rows), schema=schema, orient="row") for rows, schema in tables))


def _label(fault: str, expected: str, **cells: Any) -> dict[str, Any]:
    place = {
        "feed_id": "",
        "file_name": "",
        "device_id": "",
        "column_name": "",
        "from_utc": NOON,
        "to_utc": NOON,
        "row_number": None,
        "count": 1,
    }
    return {"fault": fault, "expected": expected, **place, **cells}


def _outcome(label: dict[str, Any], faulty: Evidence, clean: Evidence | None = None, *others: Any) -> str:
    return Judge([label, *others], faulty, clean or _evidence(), {"f": 60}).outcome(label)


SPIKE = _label("spike", "out_of_range", device_id="gt-1", column_name="nox_ppm")


@pytest.mark.parametrize(
    ("device", "column", "minutes", "rule", "outcome"),
    [
        ("gt-1", "nox_ppm", 0, "out_of_range", "found"),
        ("gt-1", "nox_ppm", 0, "stuck", "misnamed"),
        ("gt-2", "nox_ppm", 0, "out_of_range", "missed"),
        ("gt-1", "o2_pct", 0, "out_of_range", "missed"),
        ("gt-1", "nox_ppm", 1, "out_of_range", "missed"),
    ],
)
def test_a_finding_counts_at_the_device_column_and_interval_only(
    device: str, column: str, minutes: int, rule: str, outcome: str
) -> None:
    at = NOON + timedelta(minutes=minutes)
    assert _outcome(SPIKE, _evidence([("f", "a.csv", 9, device, column, at, rule)])) == outcome


@pytest.mark.parametrize(("named", "outcome"), [(29, "misnamed"), (30, "found"), (0, "missed")])
def test_an_instrument_wrong_for_an_hour_is_found_if_half_of_it_is_named(named: int, outcome: str) -> None:
    label = _label("stuck", "stuck", device_id="gt-1", column_name="nox_ppm", count=60)
    label["to_utc"] = NOON + timedelta(minutes=59)
    findings = [
        ("f", "a.csv", n, "gt-1", "nox_ppm", NOON + timedelta(minutes=n), "stuck") for n in range(named)
    ]
    assert _outcome(label, _evidence(findings)) == outcome


@pytest.mark.parametrize(("named", "outcome"), [(89, "missed"), (90, "found")])
def test_a_clock_wrong_for_three_hours_is_found_if_half_of_its_records_are_refused(
    named: int, outcome: str
) -> None:
    label = _label("clock_jump", "clock_jump", feed_id="f", file_name="a.csv", count=180)
    label["to_utc"] = NOON + timedelta(minutes=179)
    rejected = [("f", "a.csv", 100 + n, "clock_jump") for n in range(named)]
    assert _outcome(label, _evidence(rejected=[*rejected, ("f", "a.csv", 7, "ragged_row")])) == outcome


ROW = _label("foreign_words", "not_a_number", feed_id="f", file_name="a.csv", row_number=7)


@pytest.mark.parametrize(
    ("file", "row", "rule", "outcome"),
    [
        ("a.csv", 7, "not_a_number", "found"),
        ("a.csv", 8, "not_a_number", "missed"),
        ("b.csv", 7, "not_a_number", "missed"),
        ("a.csv", 7, "ragged_row", "misnamed"),
    ],
)
def test_a_refused_record_counts_at_its_row_of_its_file(file: str, row: int, rule: str, outcome: str) -> None:
    assert _outcome(ROW, _evidence(rejected=[("f", file, row, rule)])) == outcome


@pytest.mark.parametrize(
    ("state", "reason", "outcome"),
    [
        ("refused", "gzip_truncated: the gzip archive ends in the middle", "found"),
        ("refused", "archive_unreadable: no", "misnamed"),
        ("loaded", None, "missed"),
    ],
)
def test_a_broken_file_counts_if_it_is_refused_by_the_expected_rule(
    state: str, reason: str | None, outcome: str
) -> None:
    label = _label(
        "truncated_gzip", "gzip_truncated", feed_id="f", file_name="x.gz", from_utc=None, to_utc=None
    )
    assert _outcome(label, _evidence(files=[("f", "x.gz", state, reason, 0)])) == outcome


READING = ("f", "gt-1", "nox_ppm", NOON)


@pytest.mark.parametrize(("value", "outcome"), [(9.0, "found"), (9.1, "missed"), (None, "missed")])
def test_same_means_the_reading_of_the_clean_file(value: float | None, outcome: str) -> None:
    label = _label("shuffled", "same", feed_id="f", file_name="a.csv")
    now = [] if value is None else [(*READING, value)]
    assert _outcome(label, _evidence(readings=now), _evidence(readings=[(*READING, 9.0)])) == outcome


def test_same_forgives_what_another_label_has_struck() -> None:
    label = _label("shuffled", "same", feed_id="f", file_name="a.csv")
    clean = _evidence(readings=[(*READING, 9.0)])
    assert _outcome(label, _evidence(), clean, {**ROW, "from_utc": NOON}) == "found"
    elsewhere = {**ROW, "from_utc": NOON + timedelta(hours=1), "to_utc": NOON + timedelta(hours=1)}
    assert _outcome(label, _evidence(), clean, elsewhere) == "missed"


@pytest.mark.parametrize(("now", "outcome"), [([], "found"), ([(*READING, 9.0)], "missed")])
def test_missing_means_no_reading_and_no_wrong_one(now: list[tuple[Any, ...]], outcome: str) -> None:
    label = _label("missing_rows", "missing", feed_id="f", file_name="a.csv")
    assert _outcome(label, _evidence(readings=now), _evidence(readings=[(*READING, 9.0)])) == outcome


@pytest.mark.parametrize(("counted", "outcome"), [(1, "found"), (0, "missed")])
def test_a_duplicate_is_counted_in_the_account(counted: int, outcome: str) -> None:
    label = _label("duplicate_rows", "duplicate", feed_id="f", file_name="a.csv", row_number=3)
    assert _outcome(label, _evidence(files=[("f", "a.csv", "loaded", None, counted)])) == outcome


@pytest.mark.parametrize(
    ("device", "column", "reason", "day", "outcome"),
    [
        ("hall-1", "load_mw", "sign", 1, "found"),
        ("hall-1", "load_mw", "scale ×1.2", 1, "missed"),
        ("hall-2", "load_mw", "sign", 1, "missed"),
        ("hall-1", "soc_pct", "sign of soc_pct", 1, "missed"),
        ("hall-1", "load_mw", "sign", 2, "missed"),
    ],
)
def test_the_balance_counts_if_it_names_meter_reason_and_day(
    device: str, column: str, reason: str, day: int, outcome: str
) -> None:
    label = _label("sign_flip", "suspect:sign", device_id="hall-1", column_name="load_mw", count=1440)
    assert _outcome(label, _evidence(suspects=[_suspect(device, column, reason, day)])) == outcome


@pytest.mark.parametrize("reason", ["scale ×1.2", "lag +15 min", "dead of fuel_flow_scfh"])
def test_the_first_word_of_a_reason_is_the_fault(reason: str) -> None:
    word = reason.split()[0]
    label = _label("x", f"suspect:{word}", device_id="gt-1", column_name="fuel_flow_scfh", count=288)
    faulty = _evidence(suspects=[_suspect("gt-1", "fuel_flow_scfh", reason, 1)])
    assert _outcome(label, faulty) == "found"


def _suspect(device: str, column: str, reason: str, day: int) -> tuple[Any, ...]:
    start = datetime(2025, 11, day)
    return device, column, reason, start, start + timedelta(days=1)

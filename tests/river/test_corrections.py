"""Manual corrections: a feed of their own changes readings, says why and who, and nothing is edited."""

import pytest

from pipelines.kinds.quality import FINDINGS
from pipelines.lake import TABLES, read
from pipelines.river import file_accounts
from tests.river.samples import flow, land, readings, tiny_campus, write_feed

CORRECTIONS = """
feed: corrections
site: m1
description: Corrections, each with its reason and the person who answers for it
format: delimited
time: {columns: [interval_start_utc], clock: UTC, interval: 1h}
layout: {kind: corrections}
"""
HEADER = "feed_id,device_id,column_name,interval_start_utc,new_value,reason,person"


@pytest.fixture
def folder(tmp_path):
    folder = tiny_campus(tmp_path / "data")
    (folder.feeds / "corrections.yaml").write_text(CORRECTIONS)
    land(folder, "day.csv", *(f"GRID,2025-06-01 0{hour}:00,{hour}0" for hour in range(1, 5)))
    flow(folder)
    return folder


def correct(folder, name, *records):
    place = folder.landing / "corrections"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text("\n".join([HEADER, *records]) + "\n")
    flow(folder)


def line(hour, value, reason="wrong transducer", person="shift lead", device="grid-a", column="grid_mw"):
    return f"meters,{device},{column},2025-06-01T0{hour}:00:00,{value},{reason},{person}"


def table(folder, name, *columns):
    return read(folder, TABLES[name]).select(columns).sort(columns).rows()


def counts(folder, name):
    row = file_accounts(folder).filter(file_accounts(folder)["file_name"] == name).row(0, named=True)
    return {fate: row[f"rows_{fate}"] for fate in ("loaded", "rejected", "duplicate")}


def test_a_correction_takes_the_place_of_the_reading_and_the_book_says_what_why_and_who(folder):
    correct(folder, "june.csv", line(2, "21.5"))
    assert readings(folder) == [10, 21.5, 30, 40]
    methods = [method for _, method in table(folder, "readings/grid", "interval_start_utc", "method")]
    assert methods == ["measured", "substituted", "measured", "measured"]
    told = ("old_value", "new_value", "reason", "person", "target_feed_id", "row_number")
    assert table(folder, "corrections", *told) == [
        ("20.0", "21.5", "wrong transducer", "shift lead", "meters", 2)
    ]
    assert table(folder, "findings", "rule", "action", "raw_value", "used_value", "feed_id") == [
        ("corrected", "changed", "20.0", "21.5", "meters")
    ]
    assert counts(folder, "june.csv") == {"loaded": 1, "rejected": 0, "duplicate": 0}
    assert counts(folder, "day.csv") == {"loaded": 4, "rejected": 0, "duplicate": 0}


def test_a_corrected_value_is_substituted_and_those_beside_it_are_not(folder):
    write_feed(folder, more="  - {tag: GRIDMWH, device: grid-a, column: energy_mwh, unit: MWh}")
    land(folder, "energy.csv", *(f"GRIDMWH,2025-06-01 0{hour}:00,{hour}0" for hour in range(1, 5)))
    correct(folder, "june.csv", line(2, "21.5"), line(3, ""))
    columns = ("interval_start_utc", "method", "grid_mw_method", "energy_mwh_method")
    assert [row[1:] for row in table(folder, "readings/grid", *columns)] == [
        ("measured", "measured", "measured"),
        ("substituted", "substituted", "measured"),
        ("measured", None, "measured"),
        ("measured", "measured", "measured"),
    ]


def test_an_empty_value_takes_a_reading_back_and_a_missing_one_can_be_given(folder):
    correct(folder, "june.csv", line(2, ""), line(7, "70"))
    assert readings(folder) == [10, 30, 40, 70]
    assert table(folder, "findings", "action", "raw_value", "used_value") == [
        ("changed", None, "70.0"),
        ("nulled", "20.0", None),
    ]


def test_what_is_cleaned_again_is_corrected_again(folder):
    correct(folder, "june.csv", line(2, "21.5"))
    land(folder, "late.csv", "GRID,2025-06-01 06:00,60")
    flow(folder)
    assert readings(folder) == [10, 21.5, 30, 40, 60]


def test_the_last_correction_of_a_value_wins_and_the_same_again_is_a_duplicate(folder):
    correct(folder, "first.csv", line(2, "21"), line(3, "31"))
    correct(folder, "second.csv", line(2, "22"), line(3, "31", person="somebody else"))
    assert readings(folder) == [10, 22, 31, 40]
    assert counts(folder, "first.csv") == {"loaded": 0, "rejected": 1, "duplicate": 1}
    assert counts(folder, "second.csv") == {"loaded": 2, "rejected": 0, "duplicate": 0}
    assert table(folder, "rejected_rows", "rule", "row_number") == [("superseded", 2)]


@pytest.mark.parametrize(
    ("record", "rule", "said"),
    [
        (line(2, "21", reason=" "), "no_reason", "reason and a person"),
        (line(2, "21", person=""), "no_reason", "reason and a person"),
        (line(2, "21", device="grid-b"), "unknown_target", "'grid-b'"),
        (line(2, "21", column="load_mw"), "unknown_target", "'load_mw'"),
        (line(2, "21").replace("meters", "others"), "unknown_target", "'others'"),
        (line(2, "much"), "not_a_number", "'much' is not a number"),
        (line(2, "nan"), "out_of_range", "nan MW is not from -5000 to 5000"),
        (line(2, "9999999"), "out_of_range", "9999999 MW is not from -5000 to 5000"),
        (line(2, "21").replace("02:00:00", "02:30:00"), "off_interval", "intervals of meters last 3600 s"),
    ],
)
def test_a_correction_that_says_too_little_or_nonsense_is_refused_and_told(folder, record, rule, said):
    correct(folder, "june.csv", record, line(4, "41"))
    assert readings(folder) == [10, 20, 30, 41], "the others are applied"
    [(found, reason, row)] = table(folder, "rejected_rows", "rule", "reason", "row_number")
    assert (found, row) == (rule, 2)
    assert said in reason


def test_a_file_without_the_column_of_reasons_is_refused_whole(folder):
    place = folder.landing / "corrections"
    place.mkdir(parents=True)
    (place / "bare.csv").write_text("feed_id,device_id,column_name,interval_start_utc,new_value\n")
    flow(folder)
    [reason] = file_accounts(folder).filter(file_accounts(folder)["file_name"] == "bare.csv")["reason"]
    assert "missing: 'reason', 'person'" in reason
    assert readings(folder) == [10, 20, 30, 40]


def test_the_finding_has_every_column_of_a_finding(folder):
    correct(folder, "june.csv", line(2, "21.5"))
    [row] = read(folder, TABLES["findings"]).to_dicts()
    assert all(row[column.name] is not None for column in FINDINGS)

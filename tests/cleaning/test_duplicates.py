"""One value for a device, an interval and a column, whatever arrived in what order."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cleaning.samples import cleaned, contract, delivered, rules, values

HEAD = "tag,time,value\n"


def test_the_same_value_again_is_counted_not_loaded_twice():
    result = cleaned(contract(), HEAD + "GRID,2025-06-01 00:00,1000\nGRID,2025-06-01 00:00,1000")
    assert values(result, "grid", "grid_mw") == {"00:00": 1.0}
    assert result.accounts.select("rows_loaded", "rows_duplicate", "rows_rejected").row(0) == (1, 1, 0)
    assert rules(result) == []


def test_another_value_for_the_same_interval_is_refused_with_both_values():
    result = cleaned(contract(), HEAD + "GRID,2025-06-01 00:00,1000\nGRID,2025-06-01 00:00,2000")
    assert values(result, "grid", "grid_mw") == {"00:00": 1.0}
    assert result.rejected.select("row_number", "rule", "raw").row(0) == (
        3,
        "conflict",
        "GRID,2025-06-01 00:00,2000",
    )
    assert result.findings.select("rule", "raw_value", "used_value").row(0) == ("conflict", "2.0", "1.0")


def test_a_value_beats_an_empty_one():
    result = cleaned(contract(), HEAD + "GRID,2025-06-01 00:00,\nGRID,2025-06-01 00:00,1000")
    assert values(result, "grid", "grid_mw") == {"00:00": 1.0}
    assert result.accounts.select("values_null", "values_loaded", "values_rejected").row(0) == (1, 1, 0)


def test_two_tags_for_one_column_are_told_apart_by_their_priority():
    tags = [
        {"tag": "BACKUP", "device": "grid-a", "column": "grid_mw", "unit": "MW"},
        {"tag": "MAIN", "device": "grid-a", "column": "grid_mw", "unit": "MW", "priority": 1},
    ]
    result = cleaned(contract(tags=tags), HEAD + "BACKUP,2025-06-01 00:00,5\nMAIN,2025-06-01 00:00,6")
    assert values(result, "grid", "grid_mw") == {"00:00": 6.0}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize(
    ("revision", "winner"),
    [
        (None, 1.0),
        ({"by": "received"}, 2.0),
        ({"by": "file_name", "pattern": r"v(?P<revision>\d+)"}, 3.0),
    ],
)
def test_the_winner_does_not_depend_on_the_order_of_processing(order, revision, winner):
    files = [
        delivered(HEAD + "GRID,2025-06-01 00:00,1000", "1" * 64, seq=1, name="v2.csv"),
        delivered(HEAD + "GRID,2025-06-01 00:00,2000", "2" * 64, seq=3, name="v1.csv"),
        delivered(HEAD + "GRID,2025-06-01 00:00,3000", "3" * 64, seq=2, name="v10.csv"),
    ]
    result = cleaned(contract(revision=revision), *[files[place] for place in order])
    assert values(result, "grid", "grid_mw") == {"00:00": winner}


def test_a_revision_in_a_column_is_compared_as_a_number():
    feed = contract(revision={"by": "column", "column": "rev"})
    text = "tag,time,value,rev\nGRID,2025-06-01 00:00,1000,9\nGRID,2025-06-01 00:00,2000,10"
    assert values(cleaned(feed, text), "grid", "grid_mw") == {"00:00": 2.0}


def test_the_order_of_revisions_does_not_depend_on_what_is_cleaned_with_them():
    feed = contract(revision={"by": "column", "column": "rev"})
    head = "tag,time,value,rev\n"
    numbers = "GRID,2025-06-01 00:00,1000,9\nGRID,2025-06-01 00:00,2000,10"
    words = "GRID,2025-06-03 00:00,1000,9\nGRID,2025-06-03 00:00,2000,10a\nGRID,2025-06-03 00:00,3000,9b"
    assert values(cleaned(feed, head + numbers), "grid", "grid_mw") == {"00:00": 2.0}
    assert values(cleaned(feed, head + words), "grid", "grid_mw") == {"00:00": 3.0}
    together = cleaned(feed, f"{head}{numbers}\n{words}")
    assert values(together, "grid", "grid_mw") == {"01 00:00": 2.0, "03 00:00": 3.0}


def test_rows_conflict_only_where_both_have_a_value():
    feed = contract(
        layout={"kind": "per_device", "device": "unit"},
        devices=[{"name": "1", "device": "gt-01"}],
        tags=[
            {"tag": "MW", "column": "gross_mw", "unit": "MW"},
            {"tag": "NOX", "column": "nox_ppm", "unit": "ppm"},
        ],
    )
    result = cleaned(feed, "unit,time,MW,NOX\n1,2025-06-01 00:00,10,\n1,2025-06-01 00:00,,2.1")
    reading = result.readings["turbines"].row(0, named=True)
    assert (reading["gross_mw"], reading["nox_ppm"], reading["row_number"]) == (10.0, 2.1, 2)
    assert result.accounts.select("rows_loaded", "values_loaded", "values_null").row(0) == (2, 2, 2)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=12), st.randoms())
def test_readings_do_not_depend_on_how_files_are_ordered(records, random):
    """Each record goes into one of three files; the files are processed in any order."""
    files = []
    for place in range(3):
        lines = [
            f"GRID,2025-06-01 0{hour}:00,{value}" for n, (hour, value) in enumerate(records) if n % 3 == place
        ]
        if lines:
            files.append(delivered(HEAD + "\n".join(lines), str(place) * 64))
    shuffled = random.sample(files, len(files))
    one, other = cleaned(contract(), *files), cleaned(contract(), *shuffled)
    assert one.readings["grid"].equals(other.readings["grid"])
    assert one.accounts.equals(other.accounts)
    assert one.findings.equals(other.findings)

"""The last gate before the lake: pandera looks at the data of an eager frame, not only at its types."""

from datetime import datetime, timedelta

import pandera.errors
import polars as pl
import pytest

from pipelines.cleaning import values
from pipelines.cleaning.gate import pass_gate
from pipelines.kinds import KINDS
from pipelines.kinds.schemas import reading_contract, reading_schema
from tests.cleaning.samples import cleaned, contract

GRID = KINDS["grid"]
GOOD = {
    "site_id": "m1",
    "device_id": "m1-grid-a",
    "feed_id": "m1_scada",
    "interval_s": 60,
    "file_id": "f" * 64,
    "row_number": 1,
    "method": "measured",
    "grid_mw": 148.5,
    "grid_mw_method": "measured",
}


def frame(count: int = 3, **changes: object) -> pl.DataFrame:
    """Minutes of a meter; `changes` replace values of the last one."""
    start = datetime(2025, 11, 2, 6)
    rows = [GOOD | {"interval_start_utc": start + timedelta(minutes=n)} for n in range(count)]
    rows[-1] |= changes
    return pl.DataFrame(rows, schema=reading_schema(GRID))


def test_good_readings_pass_unchanged():
    assert pass_gate(GRID, frame()).equals(frame())


def test_a_missing_value_passes():
    assert (
        pass_gate(
            GRID, frame(grid_mw=None, grid_mw_method=None, energy_mwh=2, energy_mwh_method="measured")
        ).height
        == 3
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"grid_mw": 5000.1},
        {"grid_mw": -5000.1},
        {"grid_mw": float("nan")},
        {"grid_mw": float("inf")},
        {"grid_mw": float("-inf")},
        {"frequency_hz": 44.9},
        {"interval_s": 0},
        {"row_number": 0},
        {"method": "guessed"},
        {"method": None},
        {"method": "substituted"},
        {"grid_mw_method": "substituted"},
        {"grid_mw_method": None},
        {"grid_mw": None},
        {"frequency_hz_method": "measured"},
        {"device_id": None},
        {"interval_start_utc": None},
        {"interval_start_utc": datetime(2025, 11, 2, 6)},
    ],
    ids=str,
)
def test_one_bad_reading_among_good_ones_is_refused(changes):
    with pytest.raises(pandera.errors.SchemaError):
        pass_gate(GRID, frame(**changes))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_numeric_column_of_every_kind_has_its_range_checked(kind):
    base = {name: value for name, value in GOOD.items() if name != "grid_mw"}
    stamped = base | {"interval_start_utc": datetime(2025, 11, 2, 6)}
    for column in kind.columns:
        if column.is_number and column.high is not None:
            row = stamped | {column.name: column.high * 1.001 + 0.001}
            with pytest.raises(pandera.errors.SchemaError, match=column.name):
                pass_gate(kind, pl.DataFrame([row], schema=reading_schema(kind)))


def test_wrong_columns_are_refused():
    for wrong in (
        frame().drop("grid_mw"),
        frame().with_columns(extra=1),
        frame().with_columns(pl.col("grid_mw").cast(pl.Float32)),
        frame().select(reversed(frame().columns)),
    ):
        with pytest.raises(pandera.errors.SchemaError):
            pass_gate(GRID, wrong)


def test_a_lazy_frame_is_refused_because_it_would_prove_nothing():
    bad = frame(grid_mw=1e9)
    assert reading_contract(GRID).validate(bad.lazy()).collect().height == 3
    with pytest.raises(TypeError, match="eager frames only"):
        pass_gate(GRID, bad.lazy())


def test_what_a_broken_rule_lets_through_stops_at_the_gate(monkeypatch):
    """The real path from text to reading, with the rule of ranges switched off."""
    source = contract()
    text = "tag,time,value\nGT01.MW,2025-06-01 00:00,99999\n"
    assert cleaned(source, text).readings["turbines"].is_empty()
    monkeypatch.setattr(values, "bounds", lambda *_: (float("-inf"), float("inf")))
    with pytest.raises(pandera.errors.SchemaError, match="gross_mw"):
        cleaned(source, text)

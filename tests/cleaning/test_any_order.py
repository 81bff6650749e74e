"""A day is a function of its files alone: not of their order, nor of the days that are cleaned with it."""

from datetime import date, datetime, timedelta
from unittest import mock

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.campus import abreast
from pipelines.campus.contract import Contract
from pipelines.cleaning import Cleaned, Delivered
from pipelines.kinds.texts import spelt_out
from tests.cleaning.samples import cleaned, contract, delivered, hours, surveyed

DAYS = [date(2025, 6, 1), date(2025, 6, 2), date(2025, 6, 3)]
CHANGE = "2025-06-02"
LIMIT = {"max_increment": 500}

BLOCKS = contract(
    time=hours(label="end", interval="6h"),
    layout={"kind": "per_device", "device": "id"},
    devices=[
        {"name": "B1", "device": "bat-01"},
        {"name": "B2", "device": "bat-01", "valid_from": CHANGE},
        {"name": "T1", "device": "gt-01"},
        {"pattern": r"X(\d\d)", "device": r"bat-\1"},
    ],
    tags=[
        {"tag": "p", "column": "battery_mw", "unit": "kW", "valid_to": CHANGE},
        {"tag": "pn", "column": "battery_mw", "unit": "MW", "valid_from": CHANGE},
        {"pattern": "soc.*", "column": "soc_pct", "unit": "%"},
        {"tag": "in", "column": "energy_charged_mwh", "unit": "kWh", "valid_to": CHANGE, "counter": LIMIT},
        {"tag": "in", "column": "energy_charged_mwh", "unit": "MWh", "valid_from": CHANGE, "counter": LIMIT},
        {"tag": "mw", "column": "gross_mw", "unit": "MW"},
    ],
    checks={"soc_pct": {"stuck": {"after": "12h", "companion": "battery_mw", "companion_moves": 1}}},
    revision={"by": "column", "column": "rev"},
)
POINTS = contract(
    time=hours(label="start", interval="6h"),
    tags=[
        {"tag": "A", "device": "grid-a", "column": "energy_mwh", "unit": "kWh", "counter": LIMIT},
        {"tag": "B", "device": "grid-b", "column": "energy_mwh", "unit": "MWh", "sign": -1, "counter": LIMIT},
        {"tag": "C", "device": "grid-a", "column": "energy_mwh", "unit": "MWh", "priority": 1},
        {"tag": "D", "device": "grid-a", "column": "grid_mw", "unit": "kW", "valid_to": CHANGE},
        {"tag": "D", "device": "grid-b", "column": "grid_mw", "unit": "MW", "valid_from": CHANGE},
        {"pattern": r"G(\d\d)", "device": r"gt-\1", "column": "gross_mw", "unit": "MW"},
    ],
    revision={"by": "column", "column": "rev"},
)

stamps = st.integers(0, 11).map(lambda n: str(datetime(2025, 6, 1) + timedelta(hours=6 * n))[:16])
numbers = st.sampled_from(["1", "2", "2", "3", "100", "", "x", "-0"])
revisions = st.sampled_from(["", "1", "9", "10", "10a", "9b", "1.5", "inf"])


@st.composite
def block_files(draw) -> list[Delivered]:
    """Up to three files of one feed, each with its own columns in its own order."""
    files = []
    for place in range(draw(st.integers(1, 3))):
        quantities = draw(
            st.lists(st.sampled_from(["p", "pn", "soc", "soc2", "in", "mw", "new"]), unique=True)
        )
        names = draw(st.permutations(["time", "id", "rev", *quantities]))
        record = st.fixed_dictionaries(
            {"time": stamps, "id": st.sampled_from(["B1", "B1", "B2", "T1", "X77", "?"]), "rev": revisions}
            | dict.fromkeys(quantities, numbers)
        )
        records = draw(st.lists(record, min_size=1, max_size=12))
        lines = [",".join(record[name] for name in names) for record in records]
        files.append(delivered("\n".join([",".join(names), *lines]), str(place) * 64))
    return files


@st.composite
def point_files(draw) -> list[Delivered]:
    """Up to three files of one value a record."""
    tags = st.sampled_from(["A", "A", "B", "C", "D", "G01", "G77", "?"])
    records = st.lists(st.tuples(tags, stamps, numbers, revisions), min_size=1, max_size=20)
    return [
        delivered("tag,time,value,rev\n" + "\n".join(map(",".join, draw(records))), str(place) * 64)
        for place in range(draw(st.integers(1, 3)))
    ]


def books(result: Cleaned, day: date | None = None) -> list[pl.DataFrame]:
    """All that cleaning gives, of one day or of all."""
    kinds = [result.readings.get(kind) for kind in ("batteries", "turbines", "grid")]
    frames = [frame if frame is not None else pl.DataFrame(schema={"utc_date": pl.Date}) for frame in kinds]
    frames += [result.accounts, result.findings, result.rejected]
    frames = [frame if day is None else frame.filter(pl.col("utc_date") == day) for frame in frames]
    return [spelt_out(frame).sort(pl.all()) if frame.height else frame.clear().select() for frame in frames]


def same(one: list[pl.DataFrame], other: list[pl.DataFrame]) -> bool:
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


def demand_a_function_of_the_files(feed: Contract, files: list[Delivered], shuffled: list[Delivered]) -> None:
    together = cleaned(feed, *files, days=DAYS)
    assert same(books(together), books(cleaned(feed, *shuffled, days=DAYS)))
    for day in DAYS:
        assert same(books(together, day), books(cleaned(feed, *files, days=[day])))


@settings(max_examples=12, deadline=None)
@given(block_files(), st.randoms(use_true_random=False))
def test_blocks_side_by_side(files, random):
    demand_a_function_of_the_files(BLOCKS, files, random.sample(files, len(files)))


@settings(max_examples=12, deadline=None)
@given(point_files(), st.randoms(use_true_random=False))
def test_points_one_below_the_other(files, random):
    demand_a_function_of_the_files(POINTS, files, random.sample(files, len(files)))


@settings(max_examples=12, deadline=None)
@given(st.one_of(st.tuples(st.just(BLOCKS), block_files()), st.tuples(st.just(POINTS), point_files())))
def test_parts_that_are_cleaned_abreast_come_to_what_the_whole_does(delivery):
    feed, files = delivery
    whole = cleaned(feed, *files, days=DAYS)
    with mock.patch.object(abreast, "WORTH", 1):
        in_parts = cleaned(feed, *files, days=DAYS)
    assert in_parts.readings.keys() == whole.readings.keys()
    assert same([*in_parts.readings.values()], [*whole.readings.values()])
    assert same(books(in_parts), books(whole))


@settings(max_examples=12, deadline=None)
@given(block_files())
def test_every_record_of_a_file_has_as_many_values_as_columns_that_the_contract_asks_for(files):
    asked = {"p", "pn", "soc", "soc2", "in", "mw"}
    account = cleaned(BLOCKS, *files).accounts
    for file in files:
        extent = surveyed(file, BLOCKS)
        values = len(asked & {*file.rows.columns})
        here = account.filter(pl.col("file_id") == file.file_id)
        assert here["rows_in"].sum() + extent.unstamped.height == file.rows.height
        assert here["values_in"].sum() + extent.unstamped_values == values * file.rows.height

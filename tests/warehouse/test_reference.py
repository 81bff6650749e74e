"""What a person finds in `reference.*`."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.campus import load_campus
from pipelines.campus.refusal import CampusError
from pipelines.campus.tables import TABLES, Instant, Parameter, Positive
from pipelines.cleaning.tags import Meaning, tag_meaning
from pipelines.warehouse.civil_hours import calendar_hours
from pipelines.warehouse.expectations import can_yield, feed_columns, feeds, joined
from pipelines.warehouse.reference import DTYPES, base_type, columns_of, write_reference


@pytest.fixture
def connection(campus):
    with duckdb.connect() as memory:
        write_reference(memory, campus, date(2025, 11, 3))
        yield memory


def test_every_table_of_the_campus_is_there(connection):
    found = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert found == {*TABLES, "feeds", "feed_columns", "calendar_hours", "columns"}


def test_values_are_exact(connection):
    query = "select nameplate_mw, typeof(nameplate_mw) from reference.devices where device_id = 'm1-gt-01'"
    assert connection.execute(query).fetchall() == [(Decimal("16.470000"), "DECIMAL(18,6)")]
    assert connection.execute("select value from reference.factors").fetchall() == [(1.194e-7,)]


def test_instants_are_utc_without_a_zone(connection):
    query = "select from_utc, typeof(from_utc) from reference.grid_caps"
    assert connection.execute(query).fetchall() == [(datetime(2025, 10, 1, 5), "TIMESTAMP")]


def test_key_columns_come_first_and_validity_last():
    names = [column.name for column in columns_of(TABLES["permit_limits"])]
    assert names[0] == "limit_id"
    assert names[-5:] == ["valid_from", "valid_to", "source", "verified_by", "verified_on"]


def test_every_field_of_every_table_has_a_type():
    for model in TABLES.values():
        for field in model.model_fields.values():
            assert base_type(field.annotation) in DTYPES


@pytest.mark.parametrize(
    ("annotation", "plain"),
    [
        (Positive | None, Decimal),
        (Annotated[int, "words"] | None, int),
        (Literal["a", "b"] | None, str),
        (Instant, datetime),
        (bool, bool),
    ],
)
def test_the_plain_type_is_found_behind_wrappers(annotation, plain):
    assert base_type(annotation) is plain


def test_a_field_of_two_types_is_refused():
    with pytest.raises(TypeError, match="no single column type"):
        base_type(int | str)


def test_a_number_that_would_lose_digits_is_refused(campus):
    row = campus.tables["parameters"][0]
    campus.tables["parameters"][0] = row.model_copy(update={"value": Decimal("0.0000005")})
    with duckdb.connect() as memory, pytest.raises(CampusError, match=r"parameters\.csv, row 1, value"):
        write_reference(memory, campus, None)
    assert isinstance(row, Parameter)


def test_feeds(campus):
    (row,) = feeds(campus)
    assert row["feed_id"] == "m1_scada"
    assert (row["interval_s"], row["cadence_s"], row["lateness_s"], row["priority"]) == (60, 60, 86400, 10)
    assert (row["clock"], row["is_time_declared"], row["source"]) == ("UTC", False, "feeds/m1_scada.yaml")


def expected(campus):
    return [(row["device_id"], row["column_name"]) for row in feed_columns(campus)]


def test_a_pattern_expects_every_device_it_can_name(campus):
    assert expected(campus) == [
        ("m1-grid-a", "grid_mw"),
        ("m1-gt-01", "gross_mw"),
        ("m1-gt-02", "gross_mw"),
    ]


def test_a_device_map_is_crossed_with_the_columns(folder):
    (folder.feeds / "m1_cems.yaml").write_text(
        r"""
feed: m1_cems
site: m1
description: Emission monitors
format: delimited
time: {columns: [t], interval: 60s}
layout: {kind: per_device, device: Unit}
devices:
  - {pattern: 'CT-(0[1])', device: 'm1-gt-\1', valid_from: 2025-11-01}
tags:
  - {tag: NOx, column: nox_ppm, unit: ppm, valid_to: 2026-01-01}
  - {tag: NOx new, column: nox_ppm, unit: ppm, valid_from: 2026-01-01, valid_to: 2027-01-01}
  - {tag: State, column: status, unit: ''}
  - {tag: Power, column: grid_mw, unit: MW}
valid_to: 2026-06-01
"""
    )
    rows = [row for row in feed_columns(load_campus(folder)) if row["feed_id"] == "m1_cems"]
    assert [(row["device_id"], row["column_name"], row["valid_from"], row["valid_to"]) for row in rows] == [
        ("m1-gt-01", "nox_ppm", date(2025, 11, 1), date(2026, 6, 1)),
        ("m1-gt-01", "status", date(2025, 11, 1), date(2026, 6, 1)),
    ]


@pytest.mark.parametrize(
    ("pattern", "templates", "words", "can"),
    [
        (None, ("m1-gt-01", "gross_mw"), ("m1-gt-01", "gross_mw"), True),
        (r"GT(\d\d)\.MW", (r"m1-gt-\1", "gross_mw"), ("m1-gt-07", "gross_mw"), True),
        (r"GT(\d\d)\.MW", (r"m1-gt-\1", "gross_mw"), ("m1-gt-7", "gross_mw"), False),
        (r"GT(0[1-9])", (r"m1-gt-\1", "gross_mw"), ("m1-gt-12", "gross_mw"), False),
        (r"(?P<unit>\d+):(\w+)", (r"m1-gt-\g<unit>", r"\2"), ("m1-gt-12", "o2_pct"), True),
        (r"(?:GT|CT)(\d+)([()])", (r"m1-gt-\1", "o2_pct"), ("m1-gt-12", "o2_pct"), True),
        (r"((\w)\2)", (r"m1-\1", "o2_pct"), ("m1-xy", "o2_pct"), True),
        (r"(?i)GT([a-z])", (r"m1-gt-\1", "o2_pct"), ("m1-gt-A", "o2_pct"), True),
        (r"(a|b)_(.*)", (r"m1-\1-\1", r"\2_mw"), ("m1-a-a", "gross_mw"), True),
        (r"(a|b)_(.*)", (r"m1-\1-\1", r"\2_mw"), ("m1-a-b", "gross_mw"), False),
    ],
)
def test_templates_read_backwards(pattern, templates, words, can):
    assert can_yield(pattern, templates, words) is can


TAGS = [
    (r"M1\.GT(\d\d)\.MW", r"m1-gt-\1", "gross_mw"),
    (r"(\w\w)-(?P<n>[0-9]+)_(gross|aux)", r"\1-gt-\g<n>", r"\3_mw"),
    (r"x(.*)y(.*)", r"m1-\1-\2", "gross_mw"),
]


@given(st.sampled_from(TAGS), st.data())
def test_whatever_cleaning_yields_is_expected(rule, data):
    pattern, device, column = rule
    tag = data.draw(st.from_regex(pattern, fullmatch=True).filter(lambda text: "\n" not in text))
    match = re.fullmatch(pattern, tag)
    assert can_yield(pattern, (device, column), (match.expand(device), match.expand(column)))


def test_expectation_and_cleaning_agree_on_the_campus(campus):
    kinds = {device_id: campus.kind_of(device_id) for device_id in campus.devices}
    names = ["GRID.KW", "GT01.MW", "GT02.MW", "GT03.MW", "OTHER"]
    contract, day = campus.contracts["m1_scada"], date(2025, 11, 3)
    found = [tag_meaning(name, contract, kinds, day) for name in names]
    meant = [(each.device_id, each.manner.column) for each in found if isinstance(each, Meaning)]
    assert sorted(meant) == expected(campus)


def test_stretches_of_days_are_joined():
    day = date(2025, 1, 1).replace
    assert joined([(day(day=5), day(day=9)), (day(day=1), day(day=5)), (day(day=12), day(day=13))]) == [
        (day(day=1), day(day=9)),
        (day(day=12), day(day=13)),
    ]


def test_the_calendar_has_whole_local_days(campus):
    hours = calendar_hours(campus, date(2025, 11, 3))
    counts = hours.group_by("local_date").len().sort("local_date").rows()
    assert counts == [
        (date(2025, 10, 29), 24),
        (date(2025, 10, 30), 24),
        (date(2025, 10, 31), 24),
        (date(2025, 11, 1), 24),
        (date(2025, 11, 2), 25),
        (date(2025, 11, 3), 24),
        (date(2025, 11, 4), 24),
    ]


def test_standard_time_knows_no_daylight_saving(campus):
    hours = {row[0]: row for row in calendar_hours(campus, date(2025, 11, 3)).rows()}
    first_of_november = hours[datetime(2025, 11, 1, 5)]
    assert first_of_november[1:] == (
        "m1",
        date(2025, 11, 1),
        date(2025, 11, 1),
        date(2025, 11, 1),
        721,
        8760,
        date(2025, 10, 31),
        date(2025, 10, 1),
    )


def test_every_hour_of_the_known_utc_days_is_in_the_calendar(campus):
    found = set(calendar_hours(campus, date(2025, 11, 3))["hour_start_utc"].to_list())
    assert {datetime(2025, 10, 30), datetime(2025, 11, 3, 23)} <= found
    assert min(found).astimezone(UTC) < max(found).astimezone(UTC)


def test_the_dictionary_is_a_table(connection):
    query = "select unit, description from reference.columns where table_name = ? and column_name = ?"
    assert connection.execute(query, ["readings.batteries", "soc_pct"]).fetchall() == [
        ("%", "state of charge at the start of the interval")
    ]
    assert connection.execute(query, ["reference.devices", "kind"]).fetchall()[0][0] is None

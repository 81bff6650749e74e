"""One dictionary says what a reading is; every schema follows from it."""

import polars as pl
import pytest

from pipelines.campus.units import conversion
from pipelines.kinds import BASE_COLUMNS, KEY, KINDS, Kind
from pipelines.kinds.dictionary import Column, Meaning, code
from pipelines.kinds.quality import ACCOUNTS, DAYS, FILES, FINDINGS, REJECTED_ROWS, SURVEYS, UNSTAMPED_ROWS
from pipelines.kinds.schemas import polars_schema, reading_contract, reading_schema
from pipelines.lake import TABLES

BOOKS = (ACCOUNTS, DAYS, FILES, FINDINGS, REJECTED_ROWS, SURVEYS, UNSTAMPED_ROWS)
UNITS = {
    "_mw": "MW",
    "_mwh": "MWh",
    "_mvar": "Mvar",
    "_hz": "Hz",
    "_pct": "%",
    "_ppm": "ppm",
    "_ppm_15o2": "ppm",
    "_lb": "lb",
    "_lb_h": "lb/h",
    "_lb_per_mmbtu": "lb/mmBtu",
    "_mmbtu_h": "mmBtu/h",
    "_scfh": "scf/h",
    "_btu_scf": "Btu/scf",
    "_short_tons": "short_ton",
    "_c": "°C",
    "_h": "h",
    "_kpa": "kPa",
}
"""Ending of a name → unit."""

ALL = [(kind.name, column) for kind in KINDS.values() for column in kind.columns]


def test_the_kinds_of_readings():
    assert list(KINDS) == ["grid", "campus_load", "turbines", "batteries", "system_demand", "weather"]


def test_a_reading_of_the_load_has_these_columns():
    assert reading_schema(KINDS["campus_load"]) == {
        "site_id": pl.String(),
        "device_id": pl.String(),
        "feed_id": pl.String(),
        "interval_start_utc": pl.Datetime("us"),
        "interval_s": pl.Int64(),
        "file_id": pl.String(),
        "row_number": pl.Int64(),
        "method": pl.String(),
        "load_mw": pl.Float64(),
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_schema_of_a_kind_names_the_same_columns_in_the_same_order(kind):
    names = [column.name for column in (*BASE_COLUMNS, *kind.columns, *kind.methods.values())]
    assert list(reading_schema(kind)) == names
    assert list(reading_contract(kind).columns) == names
    assert list(TABLES[f"readings/{kind.name}"].schema) == [*names, "utc_date"]
    assert set(KEY) < set(names)


def test_a_column_added_to_a_kind_is_in_every_schema():
    rain = Column("rain_mm_h", "mm/h", Meaning.MEAN, 0, 500, "rain")
    kind = Kind("rain", "gauge", "Rain.", (rain, code("status", "as delivered")))
    assert list(reading_schema(kind))[-2:] == ["rain_mm_h", "status"]
    assert reading_schema(kind)["rain_mm_h"] == pl.Float64()
    assert reading_schema(kind)["status"] == pl.String()
    assert list(reading_contract(kind).columns)[-2:] == ["rain_mm_h", "status"]


def test_where_values_have_methods_each_has_a_column_for_it():
    rain = Column("rain_mm_h", "mm/h", Meaning.MEAN, 0, 500, "rain")
    kind = Kind("rain", "gauge", "Rain.", (rain, code("status", "as delivered")), has_methods=True)
    assert list(reading_schema(kind))[-4:] == ["rain_mm_h", "status", "rain_mm_h_method", "status_method"]
    assert reading_schema(kind)["rain_mm_h_method"] == pl.String()
    assert kind.methods["rain_mm_h"].description == (
        "measured, calculated or substituted: how rain_mm_h came about; NULL where it is NULL"
    )


def test_loads_have_one_value_and_packs_too_many_rows_for_methods_of_single_values():
    assert [kind.name for kind in KINDS.values() if not kind.has_methods] == ["campus_load", "batteries"]


@pytest.mark.parametrize(("kind", "column"), ALL, ids=[f"{kind}.{column.name}" for kind, column in ALL])
def test_the_unit_ends_the_name_of_a_column(kind, column):
    if not column.is_number:
        assert column.unit == ""
        return
    ending = max((end for end in UNITS if column.name.endswith(end)), key=len)
    assert column.unit == UNITS[ending]
    assert conversion(column.unit, column.unit) == (1, 0)


@pytest.mark.parametrize(("kind", "column"), ALL, ids=[f"{kind}.{column.name}" for kind, column in ALL])
def test_a_column_says_what_it_is_and_what_is_plausible(kind, column):
    assert column.description
    if column.is_number:
        assert None in (column.low, column.high) or column.low < column.high
    else:
        assert (column.low, column.high) == (None, None)


def test_a_column_name_belongs_to_one_kind_unless_it_is_a_word():
    names = [column.name for _, column in ALL if column.is_number]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("book", BOOKS)
def test_a_book_names_each_column_once_and_describes_it(book):
    assert len(polars_schema(book)) == len(book)
    assert all(column.description for column in book)

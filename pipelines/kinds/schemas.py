"""polars types and pandera schemas, derived from the dictionary.

Here must not live: any column of its own. pandera validates eager frames only: on a LazyFrame it
checks names and types but no data.
"""

from collections.abc import Iterable
from functools import partial

import pandera.polars as pa
import polars as pl

from pipelines.kinds import BASE_COLUMNS, KEY, METHODS
from pipelines.kinds.dictionary import Column, Kind, TableColumn
from pipelines.kinds.texts import is_text

POLARS_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}


def polars_schema(columns: Iterable[TableColumn]) -> dict[str, pl.DataType]:
    """Column name → polars type of a table of the dictionary."""
    return {column.name: POLARS_TYPES[column.dtype] for column in columns}


def reading_schema(kind: Kind) -> dict[str, pl.DataType]:
    """Column name → polars type of `readings.<kind>`: base columns, values, the methods of the values."""
    values = {column.name: _value_type(column) for column in kind.columns}
    return polars_schema(BASE_COLUMNS) | values | polars_schema(kind.methods.values())


def worst_method(kind: Kind) -> pl.Expr:
    """The worst method of a row's values, of kinds that have methods; NULL where there is no value."""
    names = [column.name for column in kind.methods.values()]
    worst = pl.lit(None, pl.String)
    for method in METHODS:
        worst = pl.when(pl.any_horizontal(pl.col(names) == method)).then(pl.lit(method)).otherwise(worst)
    return worst


def reading_contract(kind: Kind) -> pa.DataFrameSchema:
    """The last gate before the lake: types, keys, finite numbers, plausible ranges, methods.

    Validate eager frames only. Rows must already be unique by `KEY`.
    """
    base = {column.name: _told(column) for column in BASE_COLUMNS}
    base["interval_s"].checks = [pa.Check.gt(0)]
    base["row_number"].checks = [pa.Check.gt(0)]
    base["method"].checks.append(pa.Check.isin(METHODS))
    values = {
        column.name: _gated(_value_type(column), _plausible(column), nullable=True) for column in kind.columns
    }
    unique = pa.Check(_has_unique_keys, name="unique_keys", error=f"rows are not unique by {', '.join(KEY)}")
    methods = {column.name: _told(column) for column in kind.methods.values()}
    fitting = pa.Check(
        partial(_have_methods, kind=kind), name="methods", error="values and methods do not fit"
    )
    return pa.DataFrameSchema(
        base | values | methods,
        checks=[unique, fitting] if methods else [unique],
        strict=True,
        ordered=True,
        name=kind.name,
    )


def _told(column: TableColumn) -> pa.Column:
    """A column that is no value."""
    return _gated(POLARS_TYPES[column.dtype], [], nullable=not column.required)


def _gated(dtype: pl.DataType, checks: list[pa.Check], *, nullable: bool) -> pa.Column:
    """A column of a type; texts may be spelt out or not."""
    if is_text(dtype):
        return pa.Column(None, [_TEXT, *checks], nullable=nullable)
    return pa.Column(dtype, checks, nullable=nullable)


def _holds_text(data: pa.PolarsData) -> bool:
    return is_text(data.lazyframe.collect_schema()[data.key])


_TEXT = pa.Check(_holds_text, name="text", error="no text")


def _has_unique_keys(data: pa.PolarsData) -> bool:
    """Whether no two rows share a key: by neighbours where rows are in order, else by hashing."""
    keys = data.lazyframe.select(KEY).collect()
    return _is_in_order(keys) or not keys.is_duplicated().any()


def _have_methods(data: pa.PolarsData, kind: Kind) -> bool:
    """Whether every value has one of `METHODS`, nothing else has, and the row has the worst of them."""
    misfits = [
        pl.col(value).is_null() != pl.col(method.name).is_null() for value, method in kind.methods.items()
    ]
    wrong = pl.any_horizontal(*misfits, pl.col("method") != worst_method(kind))
    return not data.lazyframe.select(wrong.any()).collect().item()


def _is_in_order(keys: pl.DataFrame) -> bool:
    """Whether rows are of one site and feed and rise strictly by day, device and interval: no key twice."""
    days = keys.get_column("interval_start_utc").dt.date()
    if keys.select(pl.col("site_id", "feed_id").n_unique()).row(0) != (1, 1) or not days.is_sorted():
        return False
    device, start = pl.col("device_id"), pl.col("interval_start_utc")
    rises = (device > device.shift()) | ((device == device.shift()) & (start > start.shift()))
    others = keys.select((~rises).fill_null(False).arg_true()).to_series()
    return bool((days.gather(others) > days.gather(others - 1)).all())


def _value_type(column: Column) -> pl.DataType:
    return pl.Float64() if column.is_number else pl.String()


def _plausible(column: Column) -> list[pa.Check]:
    """Range checks; a range check also refuses NaN and infinities."""
    if not column.is_number:
        return []
    low = float("-1.7e308") if column.low is None else column.low
    high = float("1.7e308") if column.high is None else column.high
    return [pa.Check.in_range(low, high)]

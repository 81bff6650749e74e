"""Which way a battery's power counts, told by what its state of charge does meanwhile.

Where charge rises while power is positive the source counts charging as positive. Here must not live:
any other sign; nothing in one file proves that of a meter.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.inspection.columns import Column
from pipelines.inspection.guess import sure, unsure
from pipelines.inspection.numbers import as_numbers
from pipelines.inspection.table import Table

FEW = 50
CLEAR, LIKELY = 0.8, 0.4
"""Correlations from which the direction is sure, or likely."""


def with_direction(
    table: Table, series: pl.DataFrame, columns: Sequence[Column], decimal: tuple[str, str | None]
) -> tuple[Column, ...]:
    """The columns, a battery's power with the sign that makes discharge positive.

    Args:
        table: The records, one a device and stamp.
        series: `at`, `key`, `wall` of the records.
        columns: Columns of values.
        decimal: Decimal separator and separator of thousands.
    """
    charge = [column for column in columns if column.column.value == "soc_pct" and column.is_number]
    power = [column for column in columns if column.column.value == "battery_mw" and column.negative]
    if len(charge) != 1 or len(power) != 1:
        return tuple(columns)
    texts = {"power": power[0].name, "charge": charge[0].name}
    rows = series.with_columns(
        as_numbers(table.frame.get_column(name).gather(series["at"]), *decimal).alias(what)
        for what, name in texts.items()
    ).sort("key", "wall", "at")
    rows = rows.with_columns(rise=pl.col("charge").diff().over("key")).drop_nulls(["power", "rise"])
    if rows.height < FEW:
        return tuple(columns)
    related = rows.select(pl.corr("power", "rise")).item()
    if related is None or not abs(related) >= LIKELY:
        return tuple(columns)
    rises = "rises" if related > 0 else "falls"
    why = f"{charge[0].name!r} {rises} while it is positive (correlation {related:.2f})"
    sign = (sure if abs(related) >= CLEAR else unsure)(-1 if related > 0 else 1, why)
    return tuple(replace(column, sign=sign) if column is power[0] else column for column in columns)

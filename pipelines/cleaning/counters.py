"""Rule of registers: a counter's readings become the increments of the intervals between them.

A register names the state at the stamp: where stamps name the end of an interval the increment
needs the reading before, otherwise the one after. A fall is a reset or, where the contract gives the
register's modulus, a rollover. Here must not live: gauges.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from pipelines.campus.contract import Contract, Counter
from pipelines.cleaning.clock import START
from pipelines.cleaning.tags import Manner
from pipelines.cleaning.values import bounds, converted, doubts, scaling
from pipelines.cleaning.verdicts import LOADED, VERDICTS
from pipelines.kinds import Column


def increments(
    frame: pl.DataFrame, column: Column, registers: Sequence[Manner], contract: Contract
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replaces the readings of registers [unit of the tag] by increments of the interval [canonical].

    Args:
        frame: Rows in order, with `<column>`, `<column>#` and `<column>@` (place in `registers`, NULL for
            gauges), duplicates judged.
        column: The column; its plausible range holds for the increment.
        registers: How the registers were read.
        contract: The feed's contract.

    Returns:
        The frame with increments, NULL where one cannot be known, and the findings.
    """
    name = column.name
    rows = frame.with_row_index("_row")
    is_reading = pl.col(f"{name}#").is_in(LOADED) & pl.col(f"{name}@").is_not_null()
    series = rows.filter(is_reading).select("_row", "device_id", START, name, f"{name}@")
    ours = {place: register for place, register in enumerate(registers) if register.column == name}
    judged = _judged(_rises(series, column, ours, contract), column, contract)
    merged = rows.join(
        judged.select("_row", "_increment", "_verdict"), on="_row", how="left", maintain_order="left"
    )
    counted = pl.col("_verdict").is_not_null()
    merged = merged.with_columns(
        pl.when(counted).then(pl.col("_verdict")).otherwise(pl.col(f"{name}#")).alias(f"{name}#"),
        pl.col(name).alias("_register"),
    )
    increment = pl.when(pl.col(f"{name}#").is_in(LOADED)).then(pl.col("_increment"))
    merged = merged.with_columns(pl.when(counted).then(increment).otherwise(pl.col(name)).alias(name))
    read = merged.filter(counted)
    found = doubts(read, name, read.get_column("_register"))
    return merged.drop("_row", "_increment", "_verdict", "_register"), found


def _rises(
    series: pl.DataFrame, column: Column, registers: Mapping[int, Manner], contract: Contract
) -> pl.DataFrame:
    """Adds `_rise` and `_most` [unit of the tag], `_increment` [canonical], and whether it is `_near`.

    The neighbour is first put into the unit of the reading itself: a register counts on when the unit
    of its tag changes, and no digit is lost where it does not.
    """
    step = 1 if contract.time.label == "end" else -1
    own = pl.col(f"{column.name}@")
    other = own.shift(step)
    told = partial(_told, registers)

    def scaled(register: Manner) -> tuple[float, float, float]:
        return scaling(register, column, contract.time.interval)

    def size(register: Manner) -> float:
        multiplier, divisor, _ = scaled(register)
        return abs(multiplier / divisor)

    value, start = pl.col(column.name), pl.col(START)
    rise = (value - value.shift(step) * (told(other, size) / told(own, size))) * step
    near = (
        (pl.col("device_id") == pl.col("device_id").shift(step))
        & (_name(registers, own) == _name(registers, other))
        & ((start - start.shift(step)).abs() == pl.duration(seconds=contract.time.interval))
    )
    series = series.with_columns(rise.alias("_rise"), near.fill_null(False).alias("_near"))
    rollover = pl.when(pl.col("_rise") < 0).then(told(own, lambda register: _counter(register).rollover))
    series = series.with_columns(pl.col("_rise") + rollover.fill_null(0.0))
    increment = told(own, scaled, lambda scales: converted(pl.col("_rise"), scales[0], scales[1], 0.0))
    most = told(own, lambda register: _counter(register).max_increment)
    return series.with_columns(increment.alias("_increment"), most.alias("_most"))


def _told(
    registers: Mapping[int, Manner],
    place: pl.Expr,
    tell: Callable[[Manner], Any],
    write: Callable[[Any], pl.Expr] = pl.lit,
) -> pl.Expr:
    """What is to be told of the register in a place; it is the same for all but a few registers."""
    alike: dict[Any, list[int]] = {}
    for number, register in registers.items():
        alike.setdefault(tell(register), []).append(number)
    (first, _), *others = alike.items()
    told = write(first)
    for answer, numbers in others:
        told = pl.when(place.is_in(numbers)).then(write(answer)).otherwise(told)
    return told


def _name(registers: Mapping[int, Manner], place: pl.Expr) -> pl.Expr:
    """Equal for readings of one register: the first place of its name."""
    first: dict[str, int] = {}
    same = {number: first.setdefault(register.register, number) for number, register in registers.items()}
    return place.replace({number: other for number, other in same.items() if number != other})


def _judged(series: pl.DataFrame, column: Column, contract: Contract) -> pl.DataFrame:
    low, high = bounds(column, contract.check(column.name))
    is_jump = (pl.col("_rise") > pl.col("_most")) | ~pl.col("_increment").is_between(low, high)
    return series.with_columns(
        pl.when(~pl.col("_near"))
        .then(_code("counter_gap"))
        .when(pl.col("_rise") < 0)
        .then(_code("counter_reset"))
        .when(is_jump)
        .then(_code("counter_jump"))
        .otherwise(_code("good"))
        .alias("_verdict")
    )


def _counter(register: Manner) -> Counter:
    assert register.counter is not None
    return register.counter


def _code(rule: str) -> pl.Expr:
    return pl.lit(VERDICTS[rule].code, pl.UInt8)

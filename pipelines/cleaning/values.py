"""Rules of a single value: cast, quality, unit, sign, range, off-noise.

A text becomes a number in canonical units with a verdict beside it, or a word. Nothing is inferred:
the contract says how numbers are written. Here must not live: rules that look at other records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import polars as pl

from pipelines.campus.contract import COLUMNS, OPERATING_TIME, Check, Contract, Long
from pipelines.campus.units import conversion, interval_power
from pipelines.cleaning.layout import Batch
from pipelines.cleaning.quality import folded, is_marked, methods, qualities, said
from pipelines.cleaning.ratings import Rating
from pipelines.cleaning.tags import Manner
from pipelines.cleaning.units import beyond_nameplate
from pipelines.cleaning.verdicts import GOOD, LOADED, VERDICTS
from pipelines.kinds import KINDS, Column

_ZERO = [VERDICTS[rule].code for rule in ("off_noise", "not_operating")]
FINDING_KEYS = ("file", "row_number", "device_id", "interval_start_utc")
_DOUBTED = [verdict.code for verdict in VERDICTS.values() if verdict.action]


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch whose texts have become values.

    Attributes:
        series: What it is joined with over the files.
        manners: Column → how its text was read.
        frame: Keys, `method`, and for each column the value (NULL unless loaded), `<column>#`, its verdict,
            and where it has a method of its own `<column>~`.
        findings: `FINDING_KEYS`, `column_name`, `verdict`, `raw_value`, `used_value`.
    """

    series: tuple[str, ...]
    manners: dict[str, Manner]
    frame: pl.DataFrame
    findings: pl.DataFrame


def judge(batch: Batch, contract: Contract, ratings: Mapping[str, Rating]) -> Judged:
    """Applies the rules of a single value to every column of a batch."""
    frame = batch.frame.with_columns(qualities(batch, contract))
    findings = []
    for name, manner in batch.manners.items():
        texts = frame.get_column(name)
        frame = _judge_column(frame, name, manner, contract, ratings)
        findings.append(doubts(frame, name, texts))
    frame = frame.with_columns(methods(batch.manners))
    marks = [f"{name}{mark}" for name in batch.manners for mark in "?*" if f"{name}{mark}" in frame.columns]
    frame = frame.drop("_quality", "quality", "unit", "is_merged", *marks)
    return Judged(batch.series, batch.manners, frame, pl.concat(findings))


def _judge_column(
    frame: pl.DataFrame, name: str, manner: Manner, contract: Contract, ratings: Mapping[str, Rating]
) -> pl.DataFrame:
    """Replaces the texts of a column by values, with a verdict beside each."""
    column = KINDS[manner.kind].by_name.get(name)
    is_number = column is not None and column.is_number
    if column is None or not manner.holds:
        return _refuse_texts(frame, name, manner, contract, pl.Float64() if is_number else pl.String())
    if is_number:
        return _read_number(frame, column, manner, contract, ratings)
    return _read_word(frame, column, manner, contract)


def doubts(frame: pl.DataFrame, name: str, raw: pl.Series) -> pl.DataFrame:
    """The doubted values of a column, with the text or number they were."""
    verdicts = frame.get_column(f"{name}#")
    if (verdicts != GOOD).any():
        mask = verdicts.is_in(_DOUBTED)
        doubted, raw = frame.filter(mask), raw.filter(mask)
    else:
        doubted, raw = frame.clear(), raw.clear()
    return doubted.select(
        *FINDING_KEYS,
        pl.lit(name).alias("column_name"),
        pl.col(f"{name}#").alias("verdict"),
        raw.cast(pl.String).alias("raw_value"),
        pl.col(name).cast(pl.String).alias("used_value"),
    )


def scaling(manner: Manner, column: Column, interval_s: int) -> tuple[float, float, float]:
    """(multiplier, divisor, offset) from the source's number to the canonical unit."""
    factor, offset = conversion(manner.unit, column.unit)
    factor *= Fraction(interval_s, 3600) ** interval_power(manner.unit, column.unit)
    return factor.numerator * manner.scale * manner.sign, float(factor.denominator), float(offset)


def converted(number: pl.Expr, multiplier: float, divisor: float, offset: float) -> pl.Expr:
    """The number in canonical units: at most one multiplication, one division, one addition."""
    if multiplier != 1.0:
        number = number * multiplier
    if divisor != 1.0:
        number = number / in_every_row(divisor)
    return unsigned_zero(number + offset if offset else number)


def in_every_row(number: float | None) -> pl.Expr:
    """A column of one number.

    polars divides by a literal through its reciprocal in long columns and exactly in short ones
    (72 / 1000 is 0.07200000000000001 or 0.072); it divides by a column exactly always.
    """
    return pl.int_range(pl.len()) * 0 + pl.lit(number, pl.Float64)


def unsigned_zero(number: pl.Expr) -> pl.Expr:
    """-0.0 as 0.0: they are equal, yet not the same bytes nor the same text."""
    return pl.when(number == 0).then(0.0).otherwise(number)


def bounds(column: Column, check: Check) -> tuple[float, float]:
    """The plausible range: the kind's, narrowed by the feed's."""
    lows = [low for low in (column.low, check.low) if low is not None]
    highs = [high for high in (column.high, check.high) if high is not None]
    return max(lows, default=float("-inf")), min(highs, default=float("inf"))


def _code(rule: str) -> pl.Expr:
    return pl.lit(VERDICTS[rule].code, pl.UInt8)


def _missing(name: str, manner: Manner, contract: Contract) -> pl.Expr:
    """Texts that mean missing: null tokens of the source and of the column, digital states."""
    text = pl.col(name).str.strip_chars()
    missing = pl.col(name).is_null() | text.is_in(manner.nulls)
    states = [word for word, verdict in folded(contract.states).items() if verdict == "missing"]
    return missing | text.str.to_lowercase().is_in(states) if states else missing


def _numbers(text: pl.Series, contract: Contract) -> pl.Series:
    """The texts as numbers, written as the contract's dialect says; NULL where they are none."""
    decimal, thousands = contract.dialect.decimal, contract.dialect.thousands
    if decimal == "." and thousands is None:
        number = text.cast(pl.Float64, strict=False)
        if number.null_count() == text.null_count():
            return number
        return number.fill_null(text.str.strip_chars().cast(pl.Float64, strict=False))
    text = text.str.strip_chars()
    whole = rf"\d{{1,3}}(?:[{thousands}]\d{{3}})+|\d+" if thousands else r"\d+"
    shape = rf"^[+-]?(?:{whole})?(?:[{decimal}]\d*)?(?:[eE][+-]?\d+)?$"
    plain = text.str.replace_all(thousands, "", literal=True) if thousands else text
    number = plain.str.replace(decimal, ".", literal=True).cast(pl.Float64, strict=False)
    return number.set(~text.str.contains(shape).fill_null(False), None)


def _can_be_missing(numbers: pl.Series, manner: Manner) -> bool:
    """Whether a text of the column is no number, or a number may be a null token."""
    tokens = pl.Series(manner.nulls, dtype=pl.String)
    return numbers.null_count() > 0 or tokens.cast(pl.Float64, strict=False).count() > 0


def _doubts_of_source(name: str, manner: Manner, contract: Contract) -> list[tuple[str, pl.Expr]]:
    """(rule, condition) of what the source itself says against a value."""
    found = []
    if is_marked(manner, contract):
        found.append(("bad_quality", said(name, manner) == "rejected"))
        found.append(("unknown_quality", said(name, manner) == "unknown"))
    if isinstance(contract.layout, Long) and contract.layout.unit is not None:
        word = pl.col("unit").str.strip_chars()
        if words := folded(contract.layout.unit_words):
            word = word.str.to_lowercase().replace_strict(words, default=word)
        differs = word != manner.unit
        found.append(("unit_mismatch", differs.fill_null(False)))
    return found


def _refuse_texts(
    frame: pl.DataFrame, name: str, manner: Manner, contract: Contract, dtype: pl.DataType
) -> pl.DataFrame:
    """No text is a value here: it is empty, or refused."""
    rules = [("empty", _missing(name, manner, contract)), ("not_valid_here", pl.lit(True))]
    frame = frame.with_columns(_first_of(rules).alias(f"{name}#"))
    return frame.with_columns(pl.lit(None, dtype).alias(name))


def _read_number(
    frame: pl.DataFrame, column: Column, manner: Manner, contract: Contract, ratings: Mapping[str, Rating]
) -> pl.DataFrame:
    """A register stays in the unit of the source until its increments are taken (`counters`)."""
    name, check = column.name, contract.check(column.name)
    numbers = _numbers(frame.get_column(name), contract)
    frame = frame.with_columns(numbers.alias("_read"))
    read = pl.col("_read")
    scales = scaling(manner, column, contract.time.interval)
    value = read if manner.counter else converted(read, *scales)
    rules: list[tuple[str, pl.Expr]] = []
    if manner.operating:
        frame = frame.with_columns(_share(frame, name, manner.operating, contract).alias("_share"))
        rules.append(("not_operating", _missing(name, manner, contract) & (pl.col("_share") == 0)))
    if _can_be_missing(numbers, manner):
        rules.append(("empty", _missing(name, manner, contract)))
        rules.append(("not_a_number", read.is_null()))
    if is_marked(manner, contract):
        rules.append(("empty", said(name, manner) == "missing"))
    if check.null_numbers:
        rules.append(("empty", read.is_in(list(check.null_numbers)).fill_null(False)))
    rules.append(("not_finite", ~read.is_finite()))
    rules += _doubts_of_source(name, manner, contract)
    if manner.is_over:
        value = unsigned_zero(value * pl.col("_share"))
        rules.append(("operating_time_unknown", pl.col("_share").is_null()))
    if not manner.counter:
        ends = [abs(cast("float", end)) for end in (numbers.min(), numbers.max()) if end is not None]
        largest = max(ends, default=0.0) * abs(scales[0] / scales[1])
        suspect = beyond_nameplate(frame, column, value, largest, ratings)
        rules += [("unit_suspect", suspect)] if suspect is not None else []
        rules += _doubts_of_size(value, column, check)
    if contract.time.fold == "merged":
        rules.append(("fold_merged", pl.col("is_merged")))
    frame = frame.with_columns(_first_of(rules).alias(f"{name}#"))
    return frame.with_columns(_loaded(frame, name, value)).drop("_read", "_share", strict=False)


def _loaded(frame: pl.DataFrame, name: str, value: pl.Expr) -> pl.Expr:
    """The value of a column where its verdict loads it."""
    verdict = pl.col(f"{name}#")
    if (frame.get_column(f"{name}#") == GOOD).all():
        return value.alias(name)
    value = pl.when(verdict.is_in(_ZERO)).then(0.0).otherwise(value)
    return pl.when(verdict.is_in(LOADED)).then(value).alias(name)


def _share(frame: pl.DataFrame, name: str, operating: Manner, contract: Contract) -> pl.Series:
    """Share of the interval that the values' operating time is; NULL where it is none."""
    multiplier, divisor, _ = scaling(operating, COLUMNS[OPERATING_TIME][1], contract.time.interval)
    hourly = Fraction(3600, contract.time.interval)
    numbers = _numbers(frame.get_column(f"{name}*"), contract).alias("_hours")
    share = converted(pl.col("_hours"), multiplier * hourly.numerator, divisor * hourly.denominator, 0.0)
    is_known = share.is_between(0, 1) & ~_missing(f"{name}*", operating, contract)
    return frame.with_columns(numbers).select(pl.when(is_known).then(share)).to_series()


def _doubts_of_size(value: pl.Expr, column: Column, check: Check) -> list[tuple[str, pl.Expr]]:
    """(rule, condition) of a value that is too large, too small, or the noise of a device that is off."""
    found = [("out_of_range", ~value.is_between(*bounds(column, check)))]
    if check.off_below:
        found.append(("off_noise", value.abs().is_between(0, check.off_below, closed="none")))
    return found


def _first_of(rules: list[tuple[str, pl.Expr]]) -> pl.Expr:
    """The verdict of the first rule whose condition holds, `good` where none does."""
    verdict = _code("good")
    for rule, condition in reversed(rules):
        verdict = pl.when(condition).then(_code(rule)).otherwise(verdict)
    return verdict


def _read_word(frame: pl.DataFrame, column: Column, manner: Manner, contract: Contract) -> pl.DataFrame:
    name = column.name
    text = pl.col(name).str.strip_chars()
    words = folded(contract.vocabulary.get(name, {}))
    known = text
    if words:
        known = text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    missing = _missing(name, manner, contract) | (said(name, manner) == "missing")
    doubts = _doubts_of_source(name, manner, contract)
    rules = [("empty", missing), *doubts, ("unknown_word", known.is_null())]
    frame = frame.with_columns(_first_of(rules).alias(f"{name}#"))
    return frame.with_columns(pl.when(pl.col(f"{name}#").is_in(LOADED)).then(known).alias(name))

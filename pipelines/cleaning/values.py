"""Rules of a single value: cast, quality, unit, sign, range, off-noise.

A text becomes a number in canonical units with a verdict beside it, or a word. Nothing is inferred:
the contract says how numbers are written. Here must not live: rules that look at other records.
"""

from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from pipelines.campus.contract import Check, Contract, Long, Tag
from pipelines.campus.units import POWER_FROM_ENERGY, UNITS, conversion
from pipelines.cleaning.layout import Batch
from pipelines.cleaning.verdicts import GOOD, LOADED, VERDICTS
from pipelines.kinds import KINDS, Column

METHOD = {"good": 0, "calculated": 1, "substituted": 2}
"""Quality verdict → place in `kinds.METHODS`."""

FINDING_KEYS = ("file", "row_number", "device_id", "interval_start_utc")
_DOUBTED = [verdict.code for verdict in VERDICTS.values() if verdict.action]


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch whose texts have become values.

    Attributes:
        kind: Kind of the readings.
        tags: Column → how its text was read.
        frame: Keys, `method`, and for each column the value (NULL unless loaded) and `<column>#`,
            its verdict.
        findings: `FINDING_KEYS`, `column_name`, `verdict`, `raw_value`, `used_value`.
    """

    kind: str
    tags: dict[str, Tag]
    frame: pl.DataFrame
    findings: pl.DataFrame


def judge(batch: Batch, contract: Contract) -> Judged:
    """Applies the rules of a single value to every column of a batch."""
    frame = batch.frame.with_columns(_quality(contract).alias("_quality"))
    findings = []
    for name, tag in batch.tags.items():
        column = KINDS[batch.kind].by_name[name]
        texts = frame.get_column(name)
        read = _read_number if column.is_number else _read_word
        frame = read(frame, column, tag, contract)
        findings.append(doubts(frame, name, texts))
    method = pl.col("_quality").replace_strict(METHOD, default=0, return_dtype=pl.UInt8)
    frame = frame.with_columns(method.alias("method")).drop("_quality", "quality", "unit", "is_merged")
    return Judged(batch.kind, batch.tags, frame, pl.concat(findings))


def doubts(frame: pl.DataFrame, name: str, raw: pl.Series) -> pl.DataFrame:
    """The doubted values of a column, with the text or number they were."""
    verdicts = frame.get_column(f"{name}#")
    mask = (
        verdicts.is_in(_DOUBTED) if (verdicts != GOOD).any() else pl.repeat(False, frame.height, eager=True)
    )
    doubted = frame.filter(mask)
    return doubted.select(
        *FINDING_KEYS,
        pl.lit(name).alias("column_name"),
        pl.col(f"{name}#").alias("verdict"),
        raw.filter(mask).cast(pl.String).alias("raw_value"),
        pl.col(name).cast(pl.String).alias("used_value"),
    )


def scaling(tag: Tag, column: Column, interval_s: int) -> tuple[float, float, float]:
    """(multiplier, divisor, offset) from the source's number to the canonical unit."""
    factor, offset = conversion(tag.unit, column.unit)
    if (UNITS[column.unit].dimension, UNITS[tag.unit].dimension) == POWER_FROM_ENERGY:
        factor *= Fraction(3600, interval_s)
    return factor.numerator * tag.scale * tag.sign, float(factor.denominator), float(offset)


def converted(number: pl.Expr, multiplier: float, divisor: float, offset: float) -> pl.Expr:
    """The number in canonical units: at most one multiplication, one division, one addition.

    polars divides by a literal through its reciprocal in long columns and exactly in short ones
    (72 / 1000 is 0.07200000000000001 or 0.072); it divides by a column exactly always.
    """
    if multiplier != 1.0:
        number = number * multiplier
    if divisor != 1.0:
        number = number / (pl.int_range(pl.len()) * 0 + divisor)
    return number + offset if offset else number


def bounds(column: Column, check: Check) -> tuple[float, float]:
    """The plausible range: the kind's, narrowed by the feed's."""
    lows = [low for low in (column.low, check.low) if low is not None]
    highs = [high for high in (column.high, check.high) if high is not None]
    return max(lows, default=float("-inf")), min(highs, default=float("inf"))


def _quality(contract: Contract) -> pl.Expr:
    if contract.quality_column is None:
        return pl.lit("good")
    words = {word.lower(): verdict for word, verdict in contract.quality.items()}
    return pl.col("quality").str.strip_chars().str.to_lowercase().replace_strict(words, default="unknown")


def _code(rule: str) -> pl.Expr:
    return pl.lit(VERDICTS[rule].code, pl.UInt8)


def _missing(name: str, tag: Tag, contract: Contract) -> pl.Expr:
    """Texts that mean missing: null tokens of the source and of the column, digital states."""
    text = pl.col(name).str.strip_chars()
    missing = pl.col(name).is_null() | text.is_in(sorted(_tokens(name, tag, contract)))
    states = [word.lower() for word, verdict in contract.states.items() if verdict == "missing"]
    return missing | text.str.to_lowercase().is_in(states) if states else missing


def _tokens(name: str, tag: Tag, contract: Contract) -> set[str]:
    own = (contract.column_nulls.get(key, ()) for key in (name, tag.tag or ""))
    return {*contract.nulls, *(token for tokens in own for token in tokens)}


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


def _can_be_missing(numbers: pl.Series, name: str, tag: Tag, contract: Contract) -> bool:
    """Whether a text of the column is no number, or a number may be a null token."""
    tokens = pl.Series(sorted(_tokens(name, tag, contract)), dtype=pl.String)
    return numbers.null_count() > 0 or tokens.cast(pl.Float64, strict=False).count() > 0


def _doubts_of_source(tag: Tag, contract: Contract) -> list[tuple[str, pl.Expr]]:
    """(rule, condition) of what the source itself says against a value."""
    found = []
    if contract.quality_column is not None:
        found.append(("bad_quality", pl.col("_quality") == "rejected"))
        found.append(("unknown_quality", pl.col("_quality") == "unknown"))
    if isinstance(contract.layout, Long) and contract.layout.unit is not None:
        differs = pl.col("unit").str.strip_chars() != tag.unit
        found.append(("unit_mismatch", differs.fill_null(False)))
    return found


def _read_number(frame: pl.DataFrame, column: Column, tag: Tag, contract: Contract) -> pl.DataFrame:
    name, check = column.name, contract.checks.get(column.name, Check())
    numbers = _numbers(frame.get_column(name), contract)
    frame = frame.with_columns(numbers.alias("_read"))
    read = pl.col("_read")
    value = read if tag.counter else converted(read, *scaling(tag, column, contract.time.interval))
    rules: list[tuple[str, pl.Expr]] = []
    if _can_be_missing(numbers, name, tag, contract):
        rules.append(("empty", _missing(name, tag, contract)))
        rules.append(("not_a_number", read.is_null()))
    if contract.quality_column is not None:
        rules.append(("empty", pl.col("_quality") == "missing"))
    if check.null_numbers:
        rules.append(("empty", read.is_in(list(check.null_numbers)).fill_null(False)))
    rules.append(("not_finite", ~read.is_finite()))
    rules += _doubts_of_source(tag, contract)
    if not tag.counter:
        rules.append(("out_of_range", ~value.is_between(*bounds(column, check))))
    if check.off_below:
        rules.append(("off_noise", value.abs().is_between(0, check.off_below, closed="none")))
    if contract.time.fold == "merged":
        rules.append(("fold_merged", pl.col("is_merged")))
    frame = frame.with_columns(_first_of(rules).alias(f"{name}#"))
    if check.off_below:
        value = pl.when(pl.col(f"{name}#") == VERDICTS["off_noise"].code).then(0.0).otherwise(value)
    return frame.with_columns(pl.when(pl.col(f"{name}#").is_in(LOADED)).then(value).alias(name)).drop("_read")


def _first_of(rules: list[tuple[str, pl.Expr]]) -> pl.Expr:
    """The verdict of the first rule whose condition holds, `good` where none does."""
    verdict = _code("good")
    for rule, condition in reversed(rules):
        verdict = pl.when(condition).then(_code(rule)).otherwise(verdict)
    return verdict


def _read_word(frame: pl.DataFrame, column: Column, tag: Tag, contract: Contract) -> pl.DataFrame:
    name = column.name
    text = pl.col(name).str.strip_chars()
    words = {word.lower(): ours for word, ours in contract.vocabulary.get(name, {}).items()}
    known = text
    if words:
        known = text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    missing = _missing(name, tag, contract) | (pl.col("_quality") == "missing")
    rules = [("empty", missing), *_doubts_of_source(tag, contract), ("unknown_word", known.is_null())]
    frame = frame.with_columns(_first_of(rules).alias(f"{name}#"))
    return frame.with_columns(pl.when(pl.col(f"{name}#").is_in(LOADED)).then(known).alias(name))

"""Rules of time: text stamps become the UTC start of an interval, or the record is refused.

One stamp, one instant: what the contract's clock cannot tell is refused, never guessed. Here must
not live: values.
"""

from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from pipelines.campus.contract import Contract, FoldColumn, Time
from pipelines.campus.stamp_format import with_minutes
from pipelines.cleaning.verdicts import RECORD_RULES

START = "interval_start_utc"
_MICROSECONDS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}


def stamp(rows: pl.DataFrame, contract: Contract, earliest: datetime, latest: datetime) -> pl.DataFrame:
    """Adds when each record is.

    Args:
        rows: `row_number` and text columns, in the order of the file.
        contract: The feed's contract.
        earliest: First instant of interest [UTC, naive].
        latest: Last instant that is not the future [UTC, naive].

    Returns:
        `rows` with `interval_start_utc` (UTC, NULL where refused), `time_rule` (the rule that refused
        it, else NULL) and `is_merged` (one row stands for a repeated hour).
    """
    time = contract.time
    if time.declared_start is not None:
        return _declared(rows, time, time.declared_start)
    text = rows.select(_stamp_text(time).alias("text")).get_column("text")
    if time.zone is None:
        stamped = rows.with_columns(_absolute(text, time).alias(START), pl.lit(False).alias("is_merged"))
        stamped = stamped.with_columns(_rule(pl.col(START).is_null(), "bad_timestamp"))
    else:
        stamped = _civil(rows.with_columns(_naive(text, time.format).alias("_wall")), contract)
    shift = timedelta(seconds=time.interval) if time.label == "end" else timedelta(0)
    stamped = stamped.with_columns(pl.col(START) - shift)
    outside = (pl.col(START) < earliest) | (pl.col(START) > latest)
    return stamped.with_columns(
        pl.when(outside).then(pl.lit("out_of_window")).otherwise(pl.col("time_rule")).alias("time_rule")
    ).with_columns(pl.when(pl.col("time_rule").is_null()).then(pl.col(START)).alias(START))


def refusals(stamped: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Records without an instant as `row_number, rule, reason, raw`."""
    texts = [name for name in stamped.columns if stamped.schema[name] == pl.String and name != "time_rule"]
    shown = " ".join(contract.time.columns)
    stamp_text = pl.concat_str([pl.col(name).fill_null("") for name in contract.time.columns], separator=" ")
    return stamped.filter(pl.col("time_rule").is_not_null()).select(
        "row_number",
        pl.col("time_rule").alias("rule"),
        pl.format(
            "{} {}: {} (clock {}, format {})",
            pl.lit(shown),
            stamp_text if contract.time.columns else pl.lit(""),
            pl.col("time_rule").replace_strict(RECORD_RULES, default=""),
            pl.lit(contract.time.clock),
            pl.lit(contract.time.format),
        ).alias("reason"),
        pl.concat_str(
            [pl.col(name).fill_null("") for name in texts], separator=contract.dialect.delimiter
        ).alias("raw"),
    )


def _rule(condition: pl.Expr, rule: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(rule)).otherwise(pl.lit(None, pl.String)).alias("time_rule")


def _declared(rows: pl.DataFrame, time: Time, start: datetime) -> pl.DataFrame:
    """Record n of the file starts n intervals after the declared start; the clock is the contract's."""
    first = pl.Series([start.replace(tzinfo=None)], dtype=pl.Datetime("us")).to_frame("wall")
    clock = time.zone.key if time.zone else None
    if clock:
        first = first.with_columns(pl.col("wall").dt.replace_time_zone(clock).dt.convert_time_zone("UTC"))
    anchor = first.select(pl.col("wall").dt.replace_time_zone(None)).item() - _offset(time)
    step = pl.duration(seconds=pl.int_range(pl.len()) * time.interval)
    return rows.with_columns(
        (pl.lit(anchor, pl.Datetime("us")) + step).alias(START),
        pl.lit(None, pl.String).alias("time_rule"),
        pl.lit(False).alias("is_merged"),
    )


def _stamp_text(time: Time) -> pl.Expr:
    if len(time.columns) == 1:
        return pl.col(time.columns[0]).str.strip_chars()
    return pl.concat_str([pl.col(name).str.strip_chars() for name in time.columns], separator=" ")


def _absolute(text: pl.Series, time: Time) -> pl.Series:
    """Stamps of a clock without DST, as naive UTC."""
    if time.format in _MICROSECONDS:
        number = text.cast(pl.Float64, strict=False) * _MICROSECONDS[time.format]
        return number.round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
    if time.clock == "in_value":
        pattern = "%Y-%m-%dT%H:%M:%S%.f%:z" if time.format == "iso8601" else with_minutes(time.format)
        aware = _iso_with_offset(text) if time.format == "iso8601" else text
        if pattern not in (time.format, "%Y-%m-%dT%H:%M:%S%.f%:z"):
            aware = aware + " :00"
        parsed = aware.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
        return parsed.dt.replace_time_zone(None)
    naive = _naive(text, time.format, utc=time.clock == "UTC")
    return naive - _offset(time) if _offset(time) else naive


def _offset(time: Time) -> timedelta:
    """Offset of a fixed clock from UTC; zero for every other clock."""
    if time.zone is not None or time.clock in ("UTC", "in_value"):
        return timedelta(0)
    sign = -1 if time.clock[0] == "-" else 1
    hours, minutes = time.clock[1:].split(":")
    return sign * timedelta(hours=int(hours), minutes=int(minutes))


def _iso_with_offset(text: pl.Series) -> pl.Series:
    """ISO 8601 with `T` and a numeric offset."""
    joined = text.str.replace(" ", "T", literal=True)
    return joined.str.replace(r"Z$", "+00:00").str.replace(r"([+-]\d{2})(\d{2})$", "${1}:${2}")


def _naive(text: pl.Series, pattern: str, *, utc: bool = False) -> pl.Series:
    """Wall-clock stamps. ISO stamps may end in Z where the clock is UTC; hours need no minutes."""
    if pattern == "iso8601":
        return _iso(text, utc=utc)
    complete = with_minutes(pattern)
    if complete != pattern:
        text = text + " :00"
    return text.str.to_datetime(complete, time_unit="us", strict=False)


def _iso(text: pl.Series, *, utc: bool) -> pl.Series:
    """ISO 8601 without offset: the spelling of most files first, every other spelling where it fails."""
    spelt = "%Y-%m-%dT%H:%M:%SZ" if utc else "%Y-%m-%dT%H:%M:%S"
    parsed = text.str.to_datetime(spelt, time_unit="us", strict=False)
    if parsed.null_count() == text.null_count():
        return parsed
    plain = (text.str.strip_suffix("Z") if utc else text).str.replace("T", " ", literal=True)
    return plain.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)


def _civil(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Stamps of a clock with DST: the skipped hour is refused, the repeated one told apart by `fold`."""
    zone = contract.time.zone
    assert zone is not None
    wall = pl.col("_wall")

    def at(which: Literal["earliest", "latest"]) -> pl.Expr:
        local = wall.dt.replace_time_zone(zone.key, ambiguous=which, non_existent="null")
        return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    rows = rows.with_columns(at("earliest").alias("_first"), at("latest").alias("_second"))
    repeated = pl.col("_first") != pl.col("_second")
    if not rows.select(repeated.any()).item():
        passes = rows.with_columns(pl.lit(1, pl.Int32).alias("_pass"))
    else:
        passes = _pass(rows, contract, repeated)
    chosen = (
        pl.when(~repeated | (pl.col("_pass") == 1))
        .then(pl.col("_first"))
        .when(pl.col("_pass") == 2)
        .then(pl.col("_second"))
    )
    return passes.with_columns(
        chosen.alias(START),
        pl.when(wall.is_null())
        .then(pl.lit("bad_timestamp"))
        .when(pl.col("_first").is_null())
        .then(pl.lit("dst_gap"))
        .when(chosen.is_null())
        .then(pl.lit("ambiguous_time"))
        .otherwise(pl.lit(None, pl.String))
        .alias("time_rule"),
        (repeated.fill_null(False) & pl.lit(contract.time.fold == "merged")).alias("is_merged"),
    ).drop("_wall", "_first", "_second", "_pass")


def _pass(rows: pl.DataFrame, contract: Contract, repeated: pl.Expr) -> pl.DataFrame:
    """Which pass of the repeated hour each record belongs to: `_pass` 1, 2 or NULL."""
    fold = contract.time.fold
    if isinstance(fold, FoldColumn):
        words = dict.fromkeys(fold.first, 1) | dict.fromkeys(fold.second, 2)
        told = (
            pl.col(fold.column).str.strip_chars().replace_strict(words, default=None, return_dtype=pl.Int32)
        )
    elif fold == "merged":
        told = pl.lit(2, pl.Int32)
    elif fold == "file_order":
        told = _pass_by_order(contract)
    else:
        told = pl.lit(None, pl.Int32)
    return rows.with_columns(pl.when(repeated).then(told).otherwise(1).alias("_pass"))


def _pass_by_order(contract: Contract) -> pl.Expr:
    """The first of two equal stamps of one tag or device in the file is the first pass.

    A stamp that occurs once, or more than twice, is not told.
    """
    layout = contract.layout
    source = {"long": "tag", "per_device": "device"}.get(layout.kind)
    keys = [pl.col("_wall"), *([pl.col(getattr(layout, source))] if source else [])]
    nth = pl.int_range(pl.len()).over(keys).cast(pl.Int32) + 1
    if contract.time.order == "descending":
        nth = 3 - nth
    return pl.when(pl.len().over(keys) == 2).then(nth)

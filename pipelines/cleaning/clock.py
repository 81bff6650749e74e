"""Rules of time: text stamps become the UTC start of an interval, or the record is refused.

One stamp, one instant: what the contract's clock cannot tell is refused, never guessed. Headroom's
own columns stand beside those of the file under reserved names. Here must not live: values.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Literal, cast

import polars as pl

from pipelines.campus.abreast import abreast, in_parts
from pipelines.campus.contract import RESERVED, Contract, FoldColumn, Time
from pipelines.campus.stamp_format import EPOCHS, with_minutes
from pipelines.cleaning.clock_jumps import displaced
from pipelines.cleaning.verdicts import RECORD_RULES

START = "interval_start_utc"
"""When a reading is; its column once a record is laid out."""
AT, TIME_RULE, IS_MERGED = RESERVED + "start", RESERVED + "time_rule", RESERVED + "is_merged"
"""When a record is, the rule that refuses its stamp, whether it stands for a repeated hour."""
_WALL, _FIRST, _SECOND, _PASS = (RESERVED + name for name in ("wall", "first", "second", "pass"))
_INSTANT, _IS_WRONG, _IS_REPEATED = (RESERVED + name for name in ("instant", "is_wrong", "is_repeated"))
_MICROSECONDS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
_PER_MICROSECOND = {"epoch_us": 1, "epoch_ns": 1_000}
"""Counts that a float would round: they are read as whole numbers, and cut to the microsecond."""


def stamp(
    rows: pl.DataFrame, contract: Contract, earliest: datetime, latest: datetime, lost: pl.Series
) -> pl.DataFrame:
    """Adds when each record is.

    Args:
        rows: `row_number` and text columns, in the order of the file.
        contract: The feed's contract.
        earliest: First instant of interest [UTC, naive].
        latest: Last instant that is not the future [UTC, naive].
        lost: Row numbers of the file's other data records, which could not be split.

    Returns:
        `rows` with `AT` (UTC, NULL where refused), `TIME_RULE` (the rule that refused it, else NULL) and
        `IS_MERGED` (one row stands for a repeated hour).
    """
    time = contract.time
    if time.declared_start is not None:
        stamped = _declared(rows, time, time.declared_start, lost)
    elif time.zone is None:
        stamped = rows.with_columns(_read(rows, time).alias(AT), pl.lit(False).alias(IS_MERGED))
        stamped = stamped.with_columns(_rule(pl.col(AT).is_null(), "bad_timestamp"))
    else:
        stamped = _civil(rows.with_columns(_read(rows, time).alias(_WALL)), contract)
    stamped = stamped.with_columns(pl.col(AT) - _label_shift(time))
    outside = (pl.col(AT) < earliest) | (pl.col(AT) > latest)
    inside = stamped.select(pl.when(~outside).then(pl.col(AT))).to_series()
    places = stamped.select(_place(rows, lost)).to_series()
    wrong = displaced(inside, _source(rows, contract), places, contract)
    return stamped.with_columns(
        pl.when(outside)
        .then(pl.lit("out_of_window"))
        .when(wrong)
        .then(pl.lit("clock_jump"))
        .otherwise(pl.col(TIME_RULE))
        .alias(TIME_RULE)
    ).with_columns(pl.when(pl.col(TIME_RULE).is_null()).then(pl.col(AT)).alias(AT))


def plain_starts(rows: pl.DataFrame, contract: Contract) -> pl.Series:
    """Interval starts [UTC] of records by a clock without DST, whatever is wrong with them."""
    return _read(rows, contract.time) - _label_shift(contract.time)


def _label_shift(time: Time) -> timedelta:
    """How much later than its interval a stamp is."""
    is_end = time.label == "end" and time.declared_start is None
    return timedelta(seconds=time.interval if is_end else 0)


def _place(rows: pl.DataFrame, lost: pl.Series) -> pl.Expr:
    """Place of each record among all data records of the file, those that could not be split included."""
    return pl.int_range(pl.len()) + lost.sort().search_sorted(rows.get_column("row_number"))


def _source(rows: pl.DataFrame, contract: Contract) -> pl.Series | None:
    """The column that names the tag or device of a record, None where a record is of all of them."""
    name = {"long": "tag", "per_device": "device"}.get(contract.layout.kind)
    return rows.get_column(getattr(contract.layout, name)) if name else None


def text_columns(stamped: pl.DataFrame) -> list[str]:
    """The columns of the file, without Headroom's own."""
    return [name for name in stamped.columns if name != "row_number" and not name.startswith(RESERVED)]


def refusals(stamped: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Records without an instant as `row_number, rule, reason, raw`."""
    time = contract.time
    texts = text_columns(stamped)
    stamp_text = pl.concat_str([pl.col(name).fill_null("") for name in time.columns], separator=" ")
    # In one piece: polars 2.1 panics where it formats a literal and a column that has an empty chunk.
    return (
        stamped.filter(pl.col(TIME_RULE).is_not_null())
        .rechunk()
        .select(
            "row_number",
            pl.col(TIME_RULE).alias("rule"),
            pl.format(
                "{} {}: {} (clock {}, format {})",
                pl.lit(" ".join(time.columns) or "declared_start"),
                stamp_text if time.columns else pl.lit(str(time.declared_start)),
                pl.col(TIME_RULE).replace_strict(RECORD_RULES, default=""),
                pl.lit(time.clock),
                pl.lit(time.format),
            ).alias("reason"),
            pl.concat_str(
                [pl.col(name).fill_null("") for name in texts], separator=contract.dialect.delimiter
            ).alias("raw"),
        )
    )


def _rule(condition: pl.Expr, rule: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(rule)).otherwise(pl.lit(None, pl.String)).alias(TIME_RULE)


def _declared(rows: pl.DataFrame, time: Time, start: datetime, lost: pl.Series) -> pl.DataFrame:
    """Data record n of the file starts n intervals after the declared start, whatever became of others."""
    first = pl.Series([start.replace(tzinfo=None)], dtype=pl.Datetime("us")).to_frame("wall")
    clock = time.zone.key if time.zone else None
    if clock:
        first = first.with_columns(pl.col("wall").dt.replace_time_zone(clock).dt.convert_time_zone("UTC"))
    anchor = first.select(pl.col("wall").dt.replace_time_zone(None)).item() - _offset(time)
    place = _place(rows, lost)
    return rows.with_columns(
        (pl.lit(anchor, pl.Datetime("us")) + pl.duration(seconds=place * time.interval)).alias(AT),
        pl.lit(None, pl.String).alias(TIME_RULE),
        pl.lit(False).alias(IS_MERGED),
    )


def _stamp_text(time: Time) -> pl.Expr:
    if len(time.columns) == 1:
        return pl.col(time.columns[0]).str.strip_chars()
    return pl.concat_str([pl.col(name).str.strip_chars() for name in time.columns], separator=" ")


def _read(rows: pl.DataFrame, time: Time) -> pl.Series:
    """Stamps as naive datetimes, NULL where they are none: UTC, or wall clock where the clock is a zone."""
    return pl.concat(abreast(partial(_read_part, time=time), in_parts(rows)))


def _read_part(rows: pl.DataFrame, time: Time) -> pl.Series:
    text = rows.select(_stamp_text(time).alias("text")).get_column("text")
    parsed = _parsed(text, time)
    return parsed.scatter(_with_second_60(text, parsed, time), None)


def _with_second_60(text: pl.Series, parsed: pl.Series, time: Time) -> pl.Series:
    """Places of the stamps that name a second 60, which polars takes for the minute after.

    Such a stamp is one second earlier with 59 in its place; no other 60 is, but in a count of seconds.
    """
    at = (parsed.to_physical() % 60_000_000 < 1_000_000).arg_true()
    at = at.filter(text.gather(at).str.contains("60", literal=True))
    if time.format in EPOCHS or "%s" in time.format or at.is_empty():
        return at.clear()
    texts, instants = text.gather(at), parsed.gather(at)
    found = pl.repeat(False, len(at), eager=True)
    for nth in range(cast("int", texts.str.count_matches("60", literal=True).max())):
        earlier = _parsed(texts.str.replace(rf"^((?:.*?60){{{nth}}}.*?)60", "${1}59"), time)
        found |= (instants - earlier == timedelta(seconds=1)).fill_null(False)
    return at.filter(found)


def _parsed(text: pl.Series, time: Time) -> pl.Series:
    return _naive(text, time.format) if time.zone else _absolute(text, time)


def _absolute(text: pl.Series, time: Time) -> pl.Series:
    """Stamps of a clock without DST, as naive UTC."""
    if time.format in _MICROSECONDS:
        number = text.cast(pl.Float64, strict=False) * _MICROSECONDS[time.format]
        return number.round().cast(pl.Int64, strict=False).cast(pl.Datetime("us"))
    if time.format in _PER_MICROSECOND:
        whole = text.cast(pl.Int64, strict=False) // _PER_MICROSECOND[time.format]
        return whole.cast(pl.Datetime("us"))
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
    wall = pl.col(_WALL)

    def at(which: Literal["earliest", "latest"]) -> pl.Expr:
        local = wall.dt.replace_time_zone(zone.key, ambiguous=which, non_existent="null")
        return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    rows = rows.with_columns(at("earliest").alias(_FIRST), at("latest").alias(_SECOND))
    rows = rows.with_columns((pl.col(_FIRST) != pl.col(_SECOND)).fill_null(False).alias(_IS_REPEATED))
    rows = _with_pass(rows, contract)
    chosen = _instant()
    return rows.with_columns(
        chosen.alias(AT),
        pl.when(wall.is_null())
        .then(pl.lit("bad_timestamp"))
        .when(pl.col(_FIRST).is_null())
        .then(pl.lit("dst_gap"))
        .when(chosen.is_null())
        .then(pl.lit("ambiguous_time"))
        .otherwise(pl.lit(None, pl.String))
        .alias(TIME_RULE),
        (pl.col(_IS_REPEATED) & pl.lit(contract.time.fold == "merged")).alias(IS_MERGED),
    ).drop(_WALL, _FIRST, _SECOND, _PASS, _IS_REPEATED)


def _instant() -> pl.Expr:
    """The instant of the pass a record belongs to, NULL where that is not known."""
    is_first = ~pl.col(_IS_REPEATED) | (pl.col(_PASS) == 1)
    return pl.when(is_first).then(pl.col(_FIRST)).when(pl.col(_PASS) == 2).then(pl.col(_SECOND))


def _with_pass(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Adds which pass of a repeated hour a record belongs to: 1, 2, or NULL where nothing tells."""
    fold = contract.time.fold
    if not rows.get_column(_IS_REPEATED).any():
        return rows.with_columns(pl.lit(1, pl.Int32).alias(_PASS))
    if fold == "file_order":
        return _with_pass_by_order(rows, contract)
    told = pl.lit(2 if fold == "merged" else None, pl.Int32)
    if isinstance(fold, FoldColumn):
        passes = (dict.fromkeys(fold.first, 1), dict.fromkeys(fold.second, 2))
        words = {word.strip(): number for words in passes for word, number in words.items()}
        text = pl.col(fold.column).str.strip_chars()
        told = text.replace_strict(words, default=None, return_dtype=pl.Int32)
    return rows.with_columns(told.alias(_PASS))


def _with_pass_by_order(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The first of two equal stamps of one tag or device in the file is the first pass.

    A stamp that occurs once, or more than twice, is not told. Nor is a repeated hour of a tag or device
    whose records there do not run as declared: each record of the hour must lie between its neighbours.
    """
    source = _source(rows, contract)
    keys = [pl.lit(0) if source is None else pl.col(source.name)]
    falls = contract.time.order == "descending"
    equal = [*keys, pl.col(_WALL)]
    nth = pl.int_range(pl.len()).over(equal).cast(pl.Int32) + 1
    rows = rows.with_columns(
        pl.when(pl.len().over(equal) == 2).then(3 - nth if falls else nth).alias(_PASS)
    ).with_columns(_instant().alias(_INSTANT))
    step = pl.col(_INSTANT).diff().over(keys)
    is_wrong = step > pl.duration(seconds=0) if falls else step < pl.duration(seconds=0)
    rows = rows.with_columns(is_wrong.fill_null(False).alias(_IS_WRONG))
    is_wrong = pl.col(_IS_WRONG) | pl.col(_IS_WRONG).shift(-1, fill_value=False).over(keys)
    rows = rows.with_columns((pl.col(_IS_REPEATED) & is_wrong).alias(_IS_WRONG))
    night = [*keys, pl.col(_WALL).dt.date()]
    told = pl.when(~pl.col(_IS_WRONG).any().over(night)).then(pl.col(_PASS))
    return rows.with_columns(told.alias(_PASS)).drop(_INSTANT, _IS_WRONG)

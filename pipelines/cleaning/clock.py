"""Rules of time: text stamps become the UTC start of an interval, or the record is refused.

One stamp, one instant: what the contract's clock cannot tell is refused, never guessed. Headroom's
own columns stand beside those of the file under reserved names. Here must not live: values.
"""

from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from pipelines.campus.contract import RESERVED, Contract, FoldColumn, Time
from pipelines.cleaning.clock_jumps import displaced, places
from pipelines.cleaning.stamp_texts import offset, read_stamps
from pipelines.cleaning.verdicts import RECORD_RULES

START = "interval_start_utc"
"""When a reading is; its column once a record is laid out."""
AT, TIME_RULE, IS_MERGED = RESERVED + "start", RESERVED + "time_rule", RESERVED + "is_merged"
"""When a record is, the rule that refuses its stamp, whether it stands for a repeated hour."""
_WALL, _FIRST, _SECOND, _PASS = (RESERVED + name for name in ("wall", "first", "second", "pass"))
_INSTANT, _IS_WRONG, _IS_REPEATED = (RESERVED + name for name in ("instant", "is_wrong", "is_repeated"))


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
        stamped = rows.with_columns(read_stamps(rows, time).alias(AT), pl.lit(False).alias(IS_MERGED))
        stamped = stamped.with_columns(_rule(pl.col(AT).is_null(), "bad_timestamp"))
    else:
        stamped = _civil(rows.with_columns(read_stamps(rows, time).alias(_WALL)), contract)
    stamped = stamped.with_columns(pl.col(AT) - _label_shift(time))
    outside = (pl.col(AT) < earliest) | (pl.col(AT) > latest)
    inside = stamped.select(pl.when(~outside).then(pl.col(AT))).to_series()
    wrong = displaced(inside, _source(rows, contract), rows.get_column("row_number"), lost, contract)
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
    return read_stamps(rows, contract.time) - _label_shift(contract.time)


def _label_shift(time: Time) -> timedelta:
    """How much later than its interval a stamp is."""
    is_end = time.label == "end" and time.declared_start is None
    return timedelta(seconds=time.interval if is_end else 0)


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
    anchor = first.select(pl.col("wall").dt.replace_time_zone(None)).item() - offset(time)
    place = pl.lit(places(rows.get_column("row_number"), lost))
    return rows.with_columns(
        (pl.lit(anchor, pl.Datetime("us")) + pl.duration(seconds=place * time.interval)).alias(AT),
        pl.lit(None, pl.String).alias(TIME_RULE),
        pl.lit(False).alias(IS_MERGED),
    )


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

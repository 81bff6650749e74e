"""The accounts: every record and every value of a file ends in exactly one pile, and the piles add up.

A record is loaded if any of its values is in the lake, else duplicate if all its values are
duplicates, else rejected. `check` proves it at run time. Here must not live: rules.
"""

from collections.abc import Sequence

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.clock import AT, START, text_columns
from pipelines.cleaning.delivered import Delivered
from pipelines.cleaning.joined import Joined
from pipelines.cleaning.verdicts import GOOD, RECORD_RULES, VERDICTS, Fate, codes
from pipelines.kinds.quality import ACCOUNTS, FINDINGS, REJECTED_ROWS
from pipelines.kinds.schemas import polars_schema

FATES: tuple[Fate, ...] = ("null", "loaded", "nulled", "duplicate", "rejected")
_FATE = pl.Enum(FATES)
RULE_OF_CODE = {verdict.code: verdict.rule for verdict in VERDICTS.values()}
_ACTIONS = {verdict.code: verdict.action for verdict in VERDICTS.values() if verdict.action}
_SAYS = {rule: verdict.says for rule, verdict in VERDICTS.items()} | RECORD_RULES


class AccountsDoNotAddUp(AssertionError):
    """Rows or values of a file are unaccounted for: a defect of Headroom, never of the file."""


def records(joined: Sequence[Joined], refused: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """How many values of the records met which fate, and the rule that refused a record.

    One row a record; where no record stands in several rows, those whose every value is good are one row a
    file and UTC day.

    Args:
        joined: Values with their verdicts.
        refused: Values that mean nothing, as in `layout.Laid`.
        contract: The feed's contract.

    Returns:
        `file, row_number, interval_start_utc, last_start_utc, records, null, loaded, nulled, duplicate,
        rejected, rule, reason, fate`; `rule` is the first rule that refused or nulled one of its values,
        `reason` what is to be said beyond the rule.
    """
    is_split = _is_split(joined, contract)
    counted = [_counts(series, is_split=is_split) for series in joined if series.frame.height]
    if refused.height:
        counted.append(_counts_of_refused(refused))
    if not counted:
        return pl.DataFrame(schema=_RECORD | {"fate": _FATE})
    rows = pl.concat(counted)
    if is_split:
        sums = [pl.col(fate).sum() for fate in FATES]
        said = [pl.col(name).filter(pl.col("rule").is_not_null()).first() for name in ("rule", "reason")]
        grouped = rows.sort("file", "row_number", maintain_order=True)
        rows = grouped.group_by("file", "row_number", maintain_order=True).agg(
            pl.col(START, _LAST, _RECORDS).first(), *sums, *said
        )
    values = pl.sum_horizontal("loaded", "nulled", "duplicate", "rejected")
    fate = (
        pl.when(pl.col("loaded") > 0)
        .then(pl.lit("loaded"))
        .when((pl.col("duplicate") > 0) & (pl.col("duplicate") == values))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("rejected"))
    )
    return rows.select(*_RECORD, fate.cast(_FATE).alias("fate"))


_LAST, _RECORDS = "last_start_utc", "records"
_RECORD: dict[str, pl.DataType] = {
    "file": pl.UInt32(),
    "row_number": pl.Int64(),
    START: pl.Datetime("us"),
    _LAST: pl.Datetime("us"),
    _RECORDS: pl.UInt32(),
    **dict.fromkeys(FATES, pl.UInt32()),
    "rule": pl.String(),
    "reason": pl.String(),
}


def _is_split(joined: Sequence[Joined], contract: Contract) -> bool:
    """Whether the values of one record stand in several rows.

    They do in wide files, and in files where two names give one column of a device; these rows are
    neighbours, as they are in order. In layout long every value is a record, though some formats have
    many of them in one physical record.
    """
    if contract.layout.kind != "per_device":
        return contract.layout.kind == "wide"
    again = pl.all_horizontal(pl.col(key) == pl.col(key).shift() for key in ("file", "row_number"))
    return any(series.frame.select(again.any()).item() for series in joined)


def _counts(series: Joined, *, is_split: bool) -> pl.DataFrame:
    """Counts of each fate by record; records whose every value is good need no counting."""
    verdicts = [f"{name}#" for name in series.columns]
    keys = series.frame.select("file", "row_number", START, *verdicts)
    is_good = keys.select(
        pl.all_horizontal((pl.col(name) == GOOD).fill_null(False) for name in verdicts).alias("g")
    ).get_column("g")
    good = keys.select("file", "row_number", START).filter(is_good)
    good = by_record(good) if is_split else _by_day(good)
    counts = {
        fate: pl.sum_horizontal(pl.col(name).is_in(codes(fate)).cast(pl.UInt32) for name in verdicts)
        for fate in FATES
    }
    doubted = [
        pl.when(pl.col(name).is_in(codes("nulled", "rejected"))).then(pl.col(name)) for name in verdicts
    ]
    rule = pl.coalesce(doubted).replace_strict(RULE_OF_CODE, default=None, return_dtype=pl.String)
    parts = (
        _filled(good, loaded=pl.col(_RECORDS) * len(verdicts)),
        _filled(by_record(keys.filter(~is_good)), rule=rule, **counts),
    )
    return pl.concat(parts)


def by_record(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `interval_start_utc` of which each is one record, as `records` counts them."""
    return rows.with_columns(pl.col(START).alias(_LAST), pl.lit(1, pl.UInt32).alias(_RECORDS))


def _by_day(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a file and UTC day, which are one number: a key of two columns takes twice the time."""
    key = pl.col("file").cast(pl.Int64) * 2**32 + pl.col(START).dt.epoch("d")
    return rows.group_by(key.alias("_key")).agg(
        pl.col("file", "row_number").first(),
        pl.col(START).min(),
        pl.col(START).max().alias(_LAST),
        pl.len().cast(pl.UInt32).alias(_RECORDS),
    )


def _filled(rows: pl.DataFrame, **said: pl.Expr) -> pl.DataFrame:
    """Rows of `_RECORD`: nothing is counted and nothing said but what is given."""
    nothing = {fate: pl.lit(0) for fate in FATES} | {name: pl.lit(None) for name in ("rule", "reason")}
    given = rows.with_columns(**(nothing | said))
    return given.select(pl.col(name).cast(dtype) for name, dtype in _RECORD.items())


def _counts_of_refused(refused: pl.DataFrame) -> pl.DataFrame:
    """Counts of values that mean nothing."""
    return _filled(
        by_record(refused), rejected=pl.col("values"), rule=pl.col("rule"), reason=pl.col("reason")
    )


def accounts(rows: pl.DataFrame, contract: Contract, files: Sequence[Delivered]) -> pl.DataFrame:
    """`kinds.quality.ACCOUNTS` of the records, one row a file and UTC day."""
    day = pl.col(START).dt.date().alias("utc_date")
    sums = rows.group_by("file", day).agg(
        pl.col(_RECORDS).sum().alias("rows_in"),
        *[
            pl.col(_RECORDS).filter(pl.col("fate") == fate).sum().alias(f"rows_{fate}")
            for fate in ("loaded", "rejected", "duplicate")
        ],
        *[pl.col(fate).sum().alias(f"values_{fate}") for fate in FATES],
        pl.col(START).min().alias("first_interval_utc"),
        pl.col(_LAST).max().alias("last_interval_utc"),
    )
    sums = sums.with_columns(pl.sum_horizontal(f"values_{fate}" for fate in FATES).alias("values_in"))
    return _shaped(sums, contract, files, polars_schema(ACCOUNTS)).sort("utc_date", "file_id")


def check(book: pl.DataFrame) -> None:
    """Proves that rows and values of every line add up.

    Raises:
        AccountsDoNotAddUp: They do not.
    """
    rows = pl.sum_horizontal("rows_loaded", "rows_rejected", "rows_duplicate")
    values = pl.sum_horizontal(f"values_{fate}" for fate in FATES)
    wrong = book.filter((rows != pl.col("rows_in")) | (values != pl.col("values_in")))
    if wrong.height:
        raise AccountsDoNotAddUp(str(wrong.to_dicts()[:3]))


def rejected(rows: pl.DataFrame, contract: Contract, files: Sequence[Delivered]) -> pl.DataFrame:
    """`kinds.quality.REJECTED_ROWS` of the records that were refused, with the records as delivered."""
    refused = rows.filter(pl.col("fate") == "rejected")
    rule = pl.col("rule").fill_null("no_value")
    parts = []
    for index, file in enumerate(files):
        here = refused.filter(pl.col("file") == index)
        if here.is_empty():
            continue
        parts.append(_with_raw(here, file, contract))
    if not parts:
        return pl.DataFrame(schema=polars_schema(REJECTED_ROWS))
    found = pl.concat(parts).with_columns(
        pl.col(START).dt.date().alias("utc_date"),
        rule.alias("rule"),
        pl.coalesce("reason", rule.replace_strict(_SAYS, default=None, return_dtype=pl.String)).alias(
            "reason"
        ),
    )
    return _shaped(found, contract, files, polars_schema(REJECTED_ROWS)).sort(
        "utc_date", "file_id", "row_number"
    )


def _with_raw(refused: pl.DataFrame, file: Delivered, contract: Contract) -> pl.DataFrame:
    """Refused records of one file with their texts; those that are read again have one text a number."""
    keys = {"row_number": pl.col("row_number")}
    if file.again is None:
        rows, keys[START] = file.rows, pl.col(AT)
    else:
        rows = file.again(refused.get_column("row_number").unique().sort().to_list())
    cells = [pl.col(name).fill_null("") for name in text_columns(rows)]
    texts = rows.select(**keys, raw=pl.concat_str(cells, separator=contract.dialect.delimiter))
    return refused.join(texts, on=list(keys), how="left")


def findings(found: Sequence[pl.DataFrame], contract: Contract, files: Sequence[Delivered]) -> pl.DataFrame:
    """`kinds.quality.FINDINGS` of the doubted values."""
    parts = [frame for frame in found if frame.height]
    if not parts:
        return pl.DataFrame(schema=polars_schema(FINDINGS))
    rows = pl.concat(parts).with_columns(
        pl.col("device_id").cast(pl.String),
        pl.col(START).dt.date().alias("utc_date"),
        pl.col("verdict").replace_strict(RULE_OF_CODE, return_dtype=pl.String).alias("rule"),
        pl.col("verdict").replace_strict(_ACTIONS, return_dtype=pl.String).alias("action"),
    )
    return _shaped(rows, contract, files, polars_schema(FINDINGS))


def _shaped(
    frame: pl.DataFrame, contract: Contract, files: Sequence[Delivered], schema: dict[str, pl.DataType]
) -> pl.DataFrame:
    ids = dict(enumerate(file.file_id for file in files))
    named = frame.with_columns(
        pl.lit(contract.site).alias("site_id"),
        pl.lit(contract.feed).alias("feed_id"),
        pl.col("file").replace_strict(ids, return_dtype=pl.String).alias("file_id"),
    )
    return named.select(pl.col(name).cast(dtype) for name, dtype in schema.items())

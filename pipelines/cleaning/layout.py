"""From the layout of a file to batches: device, interval and one text column a reading column.

Long and wide files give one batch a manner of reading; per_device files give one batch a kind with
all its columns side by side. Here must not live: what the texts mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.campus.contract import Contract, Long, PerDevice, Tag
from pipelines.cleaning.clock import START
from pipelines.cleaning.tags import (
    Manner,
    Meaning,
    column_meanings,
    device_meanings,
    is_ignored,
    tag_meanings,
)
from pipelines.kinds import KINDS

BATCH_KEYS = (
    "file",
    "row_number",
    "device_id",
    START,
    "priority",
    "is_merged",
    "quality",
    "unit",
    "revision",
)
"""Columns of every batch; `file` is the file's place in the order of file ids."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of one kind that are read alike.

    Attributes:
        kind: Kind of the readings.
        tags: Column → how its text is read.
        frame: `BATCH_KEYS` and one text column for each of `tags`.
    """

    kind: str
    tags: dict[str, Tag]
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Laid:
    """A file laid out.

    Attributes:
        batches: What the contract understands.
        unmatched: Records no tag or device matches: `file, row_number, interval_start_utc, rule, name`.
        unknown_columns: Columns of the file that the contract does not name.
    """

    batches: list[Batch]
    unmatched: pl.DataFrame
    unknown_columns: tuple[str, ...]


def lay_out(stamped: pl.DataFrame, file: int, contract: Contract, kinds: Mapping[str, str]) -> Laid:
    """Lays out the stamped records of one file.

    Args:
        stamped: Text rows with `interval_start_utc`, records without an instant left out.
        file: The file's place in the order of file ids.
        contract: The feed's contract.
        kinds: Device id → kind, for the devices of the feed's site.
    """
    revision = contract.revision.column if contract.revision and contract.revision.by == "column" else None
    keyed = stamped.with_columns(
        pl.lit(file, pl.UInt32).alias("_file"),
        (pl.col(revision) if revision else pl.lit(None, pl.String)).alias("_revision"),
    )
    if isinstance(contract.layout, PerDevice):
        return _per_device(keyed, contract.layout, contract, kinds)
    if isinstance(contract.layout, Long):
        return _long(keyed, contract.layout, contract, kinds)
    return _wide(keyed, contract, kinds)


def value_columns(names: list[str], contract: Contract) -> list[str]:
    """Columns of a file that hold values; the rest are stamps, names, qualities."""
    layout = contract.layout
    if isinstance(layout, Long):
        return [layout.value]
    known = {*contract.time.columns, "row_number", contract.quality_column}
    if isinstance(layout, PerDevice):
        known.add(layout.device)
        return [name for name, _, _ in column_meanings([n for n in names if n not in known], contract)]
    return [name for name in names if name not in known and not is_ignored(name, contract)]


def drop_ignored(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Leaves out records that the contract knows and does not want."""
    layout = contract.layout
    if not contract.ignore or layout.kind == "wide":
        return rows
    column = layout.tag if isinstance(layout, Long) else layout.device
    names = rows.get_column(column).unique().to_list()
    unwanted = [name for name in names if name is not None and is_ignored(name, contract)]
    return rows.filter(~pl.col(column).is_in(unwanted)) if unwanted else rows


def _long(rows: pl.DataFrame, layout: Long, contract: Contract, kinds: Mapping[str, str]) -> Laid:
    names = rows.get_column(layout.tag).drop_nulls().unique(maintain_order=True).to_list()
    meanings = tag_meanings(names, contract, kinds)
    batches, used = [], []
    for manner, devices in _by_manner(meanings).items():
        frame = _meant(rows, layout.tag, devices, kinds)
        batch = frame.select(
            *_keys(layout.quality, layout.unit, manner.tag), pl.col(layout.value).alias(manner.column)
        )
        batches.append(Batch(manner.kind, {manner.column: manner.tag}, batch))
        used.append(batch.select("row_number"))
    rest = rows.join(pl.concat(used), on="row_number", how="anti") if used else rows
    return Laid(batches, _unmatched(rest, layout.tag, "unknown_tag"), ())


def _wide(rows: pl.DataFrame, contract: Contract, kinds: Mapping[str, str]) -> Laid:
    names = value_columns([n for n in rows.columns if rows.schema[n] == pl.String and n[0] != "_"], contract)
    names = [name for name in names if name != "time_rule"]
    meanings = tag_meanings(names, contract, kinds)
    batches, used = [], []
    for manner, devices in _by_manner(meanings).items():
        frames = []
        for meaning in devices:
            held = rows.filter(_holds(meaning)).with_columns(
                pl.lit(meaning.device_id).cast(_device_type(kinds)).alias("device_id")
            )
            frames.append(
                held.select(*_keys(None, None, manner.tag), pl.col(meaning.name).alias(manner.column))
            )
        batch = pl.concat(frames)
        batches.append(Batch(manner.kind, {manner.column: manner.tag}, batch))
        used.append(batch.select("row_number").unique())
    known = {meaning.name for meaning in meanings}
    rest = rows.join(pl.concat(used).unique(), on="row_number", how="anti") if used else rows
    unknown = tuple(name for name in names if name not in known)
    return Laid(batches, _unmatched(rest, None, "unknown_tag"), unknown)


def _per_device(rows: pl.DataFrame, layout: PerDevice, contract: Contract, kinds: Mapping[str, str]) -> Laid:
    names = rows.get_column(layout.device).drop_nulls().unique(maintain_order=True).to_list()
    meanings = device_meanings(names, contract, kinds)
    texts = [name for name in rows.columns if rows.schema[name] == pl.String and name[0] != "_"]
    columns = column_meanings(value_columns(texts, contract), contract)
    batches, used = [], []
    for kind, devices in _by_kind(meanings, kinds).items():
        here = [(name, column, tag) for name, column, tag in columns if column in KINDS[kind].by_name]
        frame = _meant(rows, layout.device, devices, kinds)
        if here and frame.height:
            values = [_valid_text(name, tag).alias(column) for name, column, tag in here]
            batch = frame.select(*_keys(layout.quality, None, here[0][2]), *values)
            batches.append(Batch(kind, {column: tag for _, column, tag in here}, batch))
            used.append(batch.select("row_number"))
    complete = len(batches) == 1 and batches[0].frame.height == rows.height
    rest = (
        rows.clear()
        if complete
        else rows.join(pl.concat(used), on="row_number", how="anti")
        if used
        else rows
    )
    known = {
        *(name for name, _, _ in columns),
        *contract.time.columns,
        layout.device,
        layout.quality,
        "time_rule",
    }
    unknown = tuple(name for name in texts if name not in known and not is_ignored(name, contract))
    return Laid(batches, _unmatched(rest, layout.device, "unknown_device"), unknown)


def _meant(
    rows: pl.DataFrame, column: str, meanings: list[Meaning], kinds: Mapping[str, str]
) -> pl.DataFrame:
    """Rows whose name means one of these devices on their day, with `device_id`."""
    dtype = _device_type(kinds)
    if all(meaning.valid_from is None and meaning.valid_to is None for meaning in meanings):
        to = {meaning.name: meaning.device_id for meaning in reversed(meanings)}
        named = rows.with_columns(
            pl.col(column).replace_strict(to, default=None, return_dtype=dtype).alias("device_id")
        )
        return named.filter(pl.col("device_id").is_not_null())
    parts = [
        rows.filter((pl.col(column) == meaning.name) & _holds(meaning)).with_columns(
            pl.lit(meaning.device_id).cast(dtype).alias("device_id")
        )
        for meaning in meanings
    ]
    return pl.concat(parts).unique("row_number", keep="first", maintain_order=True)


def _holds(validity: Meaning | Tag) -> pl.Expr:
    """Whether the record's UTC day lies within a validity."""
    holds = pl.lit(True)
    day = pl.col(START).dt.date()
    if validity.valid_from is not None:
        holds = holds & (day >= validity.valid_from)
    if validity.valid_to is not None:
        holds = holds & (day < validity.valid_to)
    return holds


def _valid_text(name: str, tag: Tag) -> pl.Expr:
    always = tag.valid_from is None and tag.valid_to is None
    return pl.col(name) if always else pl.when(_holds(tag)).then(pl.col(name))


def _keys(quality: str | None, unit: str | None, tag: Tag) -> list[pl.Expr]:
    nothing = pl.lit(None, pl.String)
    return [
        pl.col("_file").alias("file"),
        pl.col("row_number"),
        pl.col("device_id"),
        pl.col(START),
        pl.lit(tag.priority, pl.Int32).alias("priority"),
        pl.col("is_merged"),
        (pl.col(quality) if quality else nothing).alias("quality"),
        (pl.col(unit) if unit else nothing).alias("unit"),
        pl.col("_revision").alias("revision"),
    ]


def _unmatched(rest: pl.DataFrame, column: str | None, rule: str) -> pl.DataFrame:
    name = pl.col(column) if column else pl.lit(None, pl.String)
    return rest.select(
        pl.col("_file").alias("file"), "row_number", START, pl.lit(rule).alias("rule"), name.alias("name")
    )


def _device_type(kinds: Mapping[str, str]) -> pl.Enum:
    """Device ids as an ordered enumeration: small, and sorted alike in every run."""
    return pl.Enum(sorted(kinds))


def _by_manner(meanings: list[Meaning]) -> dict[Manner, list[Meaning]]:
    grouped: dict[Manner, list[Meaning]] = {}
    for meaning in meanings:
        if meaning.manner is not None:
            grouped.setdefault(meaning.manner, []).append(meaning)
    return grouped


def _by_kind(meanings: list[Meaning], kinds: Mapping[str, str]) -> dict[str, list[Meaning]]:
    grouped: dict[str, list[Meaning]] = {}
    for meaning in meanings:
        grouped.setdefault(kinds[meaning.device_id or ""], []).append(meaning)
    return grouped

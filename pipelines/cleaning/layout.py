"""From the layout of a file to batches: device, interval and one text column a reading column.

Long and wide files give one batch a manner of reading; per_device files give one batch a kind with
all its columns side by side. Here must not live: what the texts mean.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import cast

import polars as pl

from pipelines.campus.contract import RESERVED, Contract, Long, PerDevice
from pipelines.cleaning.cells import value_columns
from pipelines.cleaning.clock import AT, IS_MERGED, START, text_columns
from pipelines.cleaning.tags import (
    Manner,
    Meaning,
    Misfit,
    beside,
    column_manner,
    device_of,
    tag_meaning,
    turns,
)

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

REFUSED: dict[str, pl.DataType] = {
    "file": pl.UInt32(),
    "row_number": pl.Int64(),
    START: pl.Datetime("us"),
    "rule": pl.String(),
    "reason": pl.String(),
    "values": pl.UInt32(),
}
"""Values that mean nothing: how many of a record, the rule, and what is to be said beyond it."""

_FILE, _REVISION, _DEVICE, _PLACE = (RESERVED + name for name in ("file", "revision", "device", "place"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of one kind that are read alike.

    Attributes:
        series: What it is joined with over the files: its kind (per_device), or its kind and column.
        manners: Column → how its text is read.
        frame: `BATCH_KEYS` and for each of `manners` a text column; beside it, where the contract names them,
            `<column>?`, the word of its own quality, and `<column>*`, the text of the operating time.
    """

    series: tuple[str, ...]
    manners: dict[str, Manner]
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Laid:
    """A file laid out.

    Attributes:
        batches: What the contract understands.
        refused: `REFUSED` frames: records, or some values of records, that mean nothing.
    """

    batches: list[Batch]
    refused: list[pl.DataFrame]


def lay_out(stamped: pl.DataFrame, file: int, contract: Contract, kinds: Mapping[str, str]) -> Laid:
    """Lays out the stamped records of one file.

    Args:
        stamped: Text rows with `clock.AT`, records without an instant left out.
        file: The file's place in the order of file ids.
        contract: The feed's contract.
        kinds: Device id → kind, for the devices of the feed's site.
    """
    revision = contract.revision.column if contract.revision and contract.revision.by == "column" else None
    keyed = stamped.with_columns(
        pl.lit(file, pl.UInt32).alias(_FILE),
        (pl.col(revision) if revision else pl.lit(None)).alias(_REVISION),
    )
    lay = {"long": _long, "wide": _wide, "per_device": _per_device}[contract.layout.kind]
    laid = Laid([], [])
    for day, rows in _stretches(keyed, contract):
        part = lay(rows, contract, kinds, day)
        laid.batches.extend(part.batches)
        laid.refused.extend(part.refused)
    return laid


def _stretches(rows: pl.DataFrame, contract: Contract) -> Iterator[tuple[date, pl.DataFrame]]:
    """The records cut where a name begins or ceases to mean something, each with its first UTC day."""
    if rows.is_empty():
        return
    instants = rows.get_column(AT)
    first, last = (cast("datetime", end).date() for end in (instants.min(), instants.max()))
    cuts = [first, *(day for day in turns(contract) if first < day <= last)]
    if len(cuts) == 1:
        yield first, rows
        return
    for start, end in pairwise([*cuts, date.max]):
        begins, ends = datetime.combine(start, time.min), datetime.combine(end, time.min)
        stretch = rows.filter(pl.col(AT).is_between(begins, ends, closed="left"))
        if stretch.height:
            yield start, stretch


def _long(rows: pl.DataFrame, contract: Contract, kinds: Mapping[str, str], day: date) -> Laid:
    layout = cast("Long", contract.layout)
    names = rows.get_column(layout.tag).drop_nulls().unique(maintain_order=True).to_list()
    told = {name: tag_meaning(name, contract, kinds, day) for name in names}
    meanings = {name: m for name, m in told.items() if isinstance(m, Meaning) and m.manner.holds}
    misfits = {name: m for name, m in told.items() if isinstance(m, Misfit)}
    manners = list(dict.fromkeys(meaning.manner for meaning in meanings.values()))
    places = {manner: place for place, manner in enumerate(manners)}
    device = {name: meaning.device_id for name, meaning in meanings.items()}
    place = {name: places[meaning.manner] for name, meaning in meanings.items()}
    named = rows.with_columns(
        pl.col(layout.tag)
        .replace_strict(device, default=None, return_dtype=_device_type(kinds))
        .alias(_DEVICE),
        pl.col(layout.tag).replace_strict(place, default=None, return_dtype=pl.UInt32).alias(_PLACE),
    )
    batches = []
    refused = []
    for part in named.partition_by(_PLACE, maintain_order=True):
        found = part.item(0, _PLACE)
        if found is None:
            refused.append(_refused(part, 1, layout.tag, misfits, Misfit("unknown_tag")))
            continue
        manner = manners[found]
        frame = part.select(
            *_keys(layout.quality, layout.unit, manner.priority), pl.col(layout.value).alias(manner.column)
        )
        batches.append(Batch((manner.kind, manner.column), {manner.column: manner}, frame))
    return Laid(batches, refused)


def _wide(rows: pl.DataFrame, contract: Contract, kinds: Mapping[str, str], day: date) -> Laid:
    names = value_columns(text_columns(rows), contract)
    told = {name: tag_meaning(name, contract, kinds, day) for name in names}
    misfits = [meaning for meaning in told.values() if isinstance(meaning, Misfit)]
    alike: dict[Manner, list[pl.DataFrame]] = {}
    for name, meaning in told.items():
        if isinstance(meaning, Meaning):
            device = pl.lit(meaning.device_id).cast(_device_type(kinds)).alias(_DEVICE)
            keys = _keys(None, None, meaning.manner.priority)
            values = _values(name, meaning.manner, contract, day)
            frame = rows.with_columns(device).select(*keys, *values)
            alike.setdefault(meaning.manner, []).append(frame)
    batches = [
        Batch((manner.kind, manner.column), {manner.column: manner}, pl.concat(frames))
        for manner, frames in alike.items()
    ]
    if batches and not misfits:
        return Laid(batches, [])
    said = next(iter(misfits), Misfit("unknown_tag"))
    return Laid(batches, [_refused(rows, len(misfits), None, {}, said)])


def _per_device(rows: pl.DataFrame, contract: Contract, kinds: Mapping[str, str], day: date) -> Laid:
    layout = cast("PerDevice", contract.layout)
    names = rows.get_column(layout.device).drop_nulls().unique(maintain_order=True).to_list()
    told = {name: device_of(name, contract, kinds, day) for name in names}
    devices = {name: device for name, device in told.items() if isinstance(device, str)}
    misfits = {name: misfit for name, misfit in told.items() if isinstance(misfit, Misfit)}
    columns = value_columns(text_columns(rows), contract)
    named = rows.with_columns(
        pl.col(layout.device)
        .replace_strict(devices, default=None, return_dtype=_device_type(kinds))
        .alias(_DEVICE)
    )
    batches = []
    for kind in dict.fromkeys(kinds[device] for device in devices.values()):
        ours = [device for device in devices.values() if kinds[device] == kind]
        here = named if len(ours) == len(names) else named.filter(pl.col(_DEVICE).is_in(ours))
        here = here.filter(pl.col(_DEVICE).is_not_null())
        for layer in _layers(columns, kind, contract, day):
            values = [
                value for name, manner in layer.values() for value in _values(name, manner, contract, day)
            ]
            frame = here.select(*_keys(layout.quality, None, _priority(layer)), *values)
            manners = {column: manner for column, (_, manner) in layer.items()}
            batches.append(Batch((kind,), manners, frame))
    rest = named.filter(pl.col(_DEVICE).is_null()) if columns else named
    said = Misfit("unknown_device" if columns else "unknown_tag")
    return Laid(batches, [_refused(rest, len(columns), layout.device, misfits, said)])


def _values(name: str, manner: Manner, contract: Contract, day: date) -> list[pl.Expr]:
    """The texts under a name, and those that say something about them; texts of one manner have the same."""
    quality, operating = beside(name, contract, day)
    values = [pl.col(name).alias(manner.column)]
    if quality is not None and manner.has_own_quality:
        values.append(pl.col(quality).alias(f"{manner.column}?"))
    if operating is not None and manner.operating is not None:
        values.append(pl.col(operating).alias(f"{manner.column}*"))
    return values


def _layers(
    columns: list[str], kind: str, contract: Contract, day: date
) -> list[dict[str, tuple[str, Manner]]]:
    """Columns of a file that stand side by side, as column of readings → (name, manner).

    A second name of one column of readings, or another priority, takes a layer of its own: its texts
    meet the others as further deliveries of the same interval.
    """
    layers: list[dict[str, tuple[str, Manner]]] = []
    for name in columns:
        manner = column_manner(name, contract, kind, day)
        fitting = (
            layer for layer in layers if manner.column not in layer and _priority(layer) == manner.priority
        )
        layer = next(fitting, None)
        if layer is None:
            layers.append(layer := {})
        layer[manner.column] = (name, manner)
    return layers


def _priority(layer: dict[str, tuple[str, Manner]]) -> int:
    return next(manner.priority for _, manner in layer.values())


def _keys(quality: str | None, unit: str | None, priority: int) -> list[pl.Expr]:
    nothing = pl.lit(None, pl.String)
    return [
        pl.col(_FILE).alias("file"),
        pl.col("row_number"),
        pl.col(_DEVICE).alias("device_id"),
        pl.col(AT).alias(START),
        pl.lit(priority, pl.Int32).alias("priority"),
        pl.col(IS_MERGED).alias("is_merged"),
        (pl.col(quality) if quality else nothing).alias("quality"),
        (pl.col(unit) if unit else nothing).alias("unit"),
        pl.col(_REVISION).alias("revision"),
    ]


def _refused(
    rows: pl.DataFrame, values: int, column: str | None, misfits: Mapping[str, Misfit], other: Misfit
) -> pl.DataFrame:
    """Records of which some values are refused, by the misfit of the name in a column."""
    rule, reason = pl.lit(other.rule), pl.lit(other.reason, pl.String)
    if column is not None and misfits:
        rules = {name: misfit.rule for name, misfit in misfits.items()}
        reasons = {name: misfit.reason for name, misfit in misfits.items()}
        rule = pl.col(column).replace_strict(rules, default=other.rule, return_dtype=pl.String)
        reason = pl.col(column).replace_strict(reasons, default=other.reason, return_dtype=pl.String)
    return rows.select(
        pl.col(_FILE).alias("file"),
        "row_number",
        pl.col(AT).alias(START),
        rule.alias("rule"),
        reason.alias("reason"),
        pl.lit(values, pl.UInt32).alias("values"),
    )


def _device_type(kinds: Mapping[str, str]) -> pl.Enum:
    """Device ids as an ordered enumeration: small, and sorted alike in every run."""
    return pl.Enum(sorted(kinds))

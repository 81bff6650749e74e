"""Batches of all files become one series of a kind, whatever the order of files and of their columns.

Here must not live: rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from pipelines.campus.abreast import cuts
from pipelines.cleaning.delivered import Delivered
from pipelines.cleaning.duplicates import in_order
from pipelines.cleaning.tags import Manner
from pipelines.cleaning.values import Judged
from pipelines.kinds import KINDS

_BEHIND_ALL = 2**62
"""No device has a place so high."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Values of one kind from all files.

    Attributes:
        kind: Kind of the readings.
        columns: Columns of any of the files, those of the kind in its order.
        manners: Column → the ways in which its texts were read.
        registers: How registers were read.
        frame: Keys, `method`, and for each column the value (NULL unless loaded), `<column>#`, its verdict
            (NULL where the record has no such cell) and, where some file has registers, `<column>@`, the
            place of the register in `registers`, or methods of single columns, `<column>~` (NULL where
            `method` is the value's). Rows in order.
        findings: Findings about single values.
    """

    kind: str
    columns: tuple[str, ...]
    manners: dict[str, tuple[Manner, ...]]
    registers: tuple[Manner, ...]
    frame: pl.DataFrame
    findings: pl.DataFrame


def join(judged: Iterable[Judged], places: dict[int, int]) -> list[Joined]:
    """Joins the batches of each series over the files."""
    alike: dict[tuple[str, ...], list[Judged]] = {}
    for batch in judged:
        alike.setdefault(batch.series, []).append(batch)
    return [_joined(alike[series], places) for series in sorted(alike)]


def places_of(files: Sequence[Delivered]) -> dict[int, int]:
    """Place in which a file came → place in the order of file ids."""
    order = sorted(range(len(files)), key=lambda place: files[place].file_id)
    return {came: place for place, came in enumerate(order)}


def placed(frame: pl.DataFrame, places: dict[int, int]) -> pl.DataFrame:
    """The frame with column `file` in the order of file ids."""
    if all(came == place for came, place in places.items()):
        return frame
    return frame.with_columns(pl.col("file").replace_strict(places, return_dtype=pl.UInt32))


def groups_of_devices(joined: Sequence[Joined]) -> list[list[Joined]]:
    """All series cut between the same devices, into groups of about as many rows; devices rise by group."""
    places = [_places(series.frame) for series in joined]
    longest = max(places, key=len, default=pl.Series([], dtype=pl.Int64))
    inner = {longest.item(first) for first in cuts(len(longest))[1:-1]}
    ends = [0, *sorted(inner - {0}), _BEHIND_ALL]
    return [
        [_between(series, place, *cut) for series, place in zip(joined, places, strict=True)]
        for cut in pairwise(ends)
    ]


def in_one(groups: Sequence[Joined]) -> Joined:
    """The groups of devices of one series together again."""
    return replace(
        groups[0],
        frame=_together([group.frame for group in groups]),
        findings=pl.concat([group.findings for group in groups]),
    )


def _places(frame: pl.DataFrame) -> pl.Series:
    """Places of devices in the order of their ids."""
    return frame.get_column("device_id").to_physical().cast(pl.Int64)


def _between(series: Joined, places: pl.Series, first: int, behind: int) -> Joined:
    """Rows and findings of the devices from one place up to another."""
    begin, end = places.search_sorted(first), places.search_sorted(behind)
    is_inside = _places(series.findings).is_between(first, behind, closed="left")
    return replace(
        series, frame=series.frame.slice(begin, end - begin), findings=series.findings.filter(is_inside)
    )


def _joined(batches: list[Judged], places: dict[int, int]) -> Joined:
    kind = batches[0].series[0]
    given = dict.fromkeys(column for batch in batches for column in batch.manners)
    own = [column for column in KINDS[kind].by_name if column in given]
    manners = {
        column: tuple(dict.fromkeys(batch.manners[column] for batch in batches if column in batch.manners))
        for column in given
    }
    registers = tuple(manner for read in manners.values() for manner in read if manner.counter)
    frames = [_with_registers(batch, registers) for batch in batches]
    return Joined(
        kind,
        tuple(dict.fromkeys([*own, *given])),
        manners,
        registers,
        in_order(placed(_together(frames), places)),
        placed(pl.concat([batch.findings for batch in batches]), places),
    )


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames with the same columns in the same order, as most have, need no rearranging."""
    same = all(frame.columns == frames[0].columns for frame in frames)
    return pl.concat(frames, how="vertical" if same else "diagonal")


def _with_registers(batch: Judged, registers: Sequence[Manner]) -> pl.DataFrame:
    return batch.frame.with_columns(
        pl.lit(registers.index(manner), pl.UInt16).alias(f"{column}@")
        for column, manner in batch.manners.items()
        if manner.counter
    )

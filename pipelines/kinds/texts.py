"""Text columns that repeat a few texts in every row, held as numbers of them (polars' Enum).

Readings carry device, feed, file and method beside each value: spelt out they take more memory and more
time to write than the values. A column is one of text either way. Here must not live: what the texts say.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar, cast

import polars as pl
import polars.selectors as cs

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

NO_TEXT = pl.Enum([])
"""The type of a column without any text."""


def is_text(dtype: pl.DataType) -> bool:
    """Whether a column of this type holds texts, spelt out or not."""
    return dtype in (pl.String, pl.Enum)


def spelt_out(frame: Frame) -> Frame:
    """The frame with every text in full."""
    return frame.with_columns(cs.enum().cast(pl.String))


def together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames of the same columns, one below the other, whichever of their texts are spelt out."""
    filled = [frame for frame in frames if frame.height] or frames[:1]
    common = {
        name: _common(frame.schema[name] for frame in filled)
        for name, dtype in filled[0].schema.items()
        if is_text(dtype) and any(frame.schema[name] != dtype for frame in filled)
    }
    alike = [pl.col(name).cast(dtype) for name, dtype in common.items()]
    return pl.concat([frame.with_columns(alike) for frame in filled])


def _common(types: Iterable[pl.DataType]) -> pl.DataType:
    """A type for all texts of columns of these types."""
    given = list(types)
    if not all(isinstance(dtype, pl.Enum) for dtype in given):
        return pl.String()
    return pl.Enum(sorted({text for dtype in given for text in cast("pl.Enum", dtype).categories}))


def as_they_occur(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, its types with no other texts than occur, in order: a function of its texts alone."""
    return frame.with_columns(_as_they_occur(column) for column in frame.select(cs.enum()))


def _as_they_occur(column: pl.Series) -> pl.Series:
    known = cast("pl.Enum", column.dtype).categories.to_list()
    used = sorted(column.drop_nulls().unique().cast(pl.String))
    if used == known:
        return column
    places = pl.Series([text if text in used else None for text in known], dtype=pl.Enum(used))
    return places.gather(column.to_physical()).alias(column.name)

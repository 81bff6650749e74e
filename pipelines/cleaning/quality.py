"""What the source itself says of its values: measured, calculated, substituted, missing, bad.

Its words stand in a column for the whole record (`quality` of the layout) or in one for a tag's values
alone (`quality` of the tag), which then counts. Here must not live: judgements of our own.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.layout import Batch
from pipelines.cleaning.tags import Manner
from pipelines.kinds import METHODS, Kind

METHOD = {"good": 0, "calculated": 1, "substituted": 2}
"""Quality verdict → place in `kinds.METHODS`."""


def qualities(batch: Batch, contract: Contract) -> list[pl.Expr]:
    """Verdicts of the source on each record (`_quality`) and on values of single columns (`<column>?`)."""
    words = folded(contract.quality)
    own = [f"{name}?" for name, manner in batch.manners.items() if manner.has_own_quality]
    of_record = pl.lit("good") if contract.quality_column is None else _told("quality", words)
    return [of_record.alias("_quality"), *(_told(name, words).alias(name) for name in own)]


def said(name: str, manner: Manner) -> pl.Expr:
    """The verdict of the source on a column's values."""
    return pl.col(f"{name}?" if manner.has_own_quality else "_quality")


def is_marked(manner: Manner, contract: Contract) -> bool:
    """Whether the source says anything of these values."""
    return manner.has_own_quality or contract.quality_column is not None


def methods(manners: Mapping[str, Manner]) -> list[pl.Expr]:
    """How values came about: `method` of the record, `<column>~` of columns with a word of their own.

    Places in `kinds.METHODS`.
    """
    own = [
        _method(said(name, manner)).alias(f"{name}~")
        for name, manner in manners.items()
        if manner.has_own_quality
    ]
    return [_method(pl.col("_quality")).alias("method"), *own]


def of_values(frame: pl.DataFrame, columns: Sequence[str], kind: Kind) -> list[pl.Expr]:
    """`method`, the worst of a record's values, and where the kind has it `<column>_method` of each column.

    Args:
        frame: Records with `method`, `<column>` (NULL unless loaded) and where it differs `<column>~`.
        columns: Value columns.
        kind: Kind of the readings.

    Returns:
        Places in `kinds.METHODS`. Where nothing is marked, only `method`: every value is measured.
    """
    own = {name for name in columns if f"{name}~" in frame.columns}
    if not own and not frame.get_column("method").max():
        return [pl.col("method")]
    places = {
        name: pl.when(pl.col(name).is_not_null()).then(
            pl.coalesce(f"{name}~", "method") if name in own else pl.col("method")
        )
        for name in columns
    }
    worst = pl.max_horizontal(places.values()) if own else pl.col("method")
    told = [places[name].alias(method.name) for name, method in kind.methods.items() if name in places]
    return [worst.alias("method"), *told]


def in_words(place: pl.Expr) -> pl.Expr:
    """Places in `kinds.METHODS` as words."""
    return place.replace_strict(dict(enumerate(METHODS)), return_dtype=pl.Enum(METHODS))


def folded(words: Mapping[str, str]) -> dict[str, str]:
    """Words of the source without regard to case and to blanks around them."""
    return {word.strip().lower(): meaning for word, meaning in words.items()}


def _told(name: str, words: Mapping[str, str]) -> pl.Expr:
    """A column of words as verdicts; a word that is not there is an empty one."""
    word = pl.col(name).fill_null("").str.strip_chars().str.to_lowercase()
    return word.replace_strict(words, default="unknown", return_dtype=pl.String)


def _method(quality: pl.Expr) -> pl.Expr:
    return quality.replace_strict(METHOD, default=0, return_dtype=pl.UInt8)

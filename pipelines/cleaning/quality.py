"""What the source itself says of its values: measured, calculated, substituted, missing, bad.

Its words stand in a column for the whole record (`quality` of the layout) or in one for a tag's values
alone (`quality` of the tag), which then counts. Here must not live: judgements of our own.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.layout import Batch
from pipelines.cleaning.tags import Manner
from pipelines.cleaning.verdicts import LOADED

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


def worst_method(manners: Mapping[str, Manner]) -> pl.Expr:
    """The worst method of a record as place in `kinds.METHODS`; values that are not loaded do not count."""
    own = [
        pl.when(pl.col(f"{name}#").is_in(LOADED)).then(_method(said(name, manner))).otherwise(0)
        for name, manner in manners.items()
        if manner.has_own_quality
    ]
    return pl.max_horizontal(_method(pl.col("_quality")), *own)


def folded(words: Mapping[str, str]) -> dict[str, str]:
    """Words of the source without regard to case and to blanks around them."""
    return {word.strip().lower(): meaning for word, meaning in words.items()}


def _told(name: str, words: Mapping[str, str]) -> pl.Expr:
    """A column of words as verdicts; a word that is not there is an empty one."""
    word = pl.col(name).fill_null("").str.strip_chars().str.to_lowercase()
    return word.replace_strict(words, default="unknown", return_dtype=pl.String)


def _method(quality: pl.Expr) -> pl.Expr:
    return quality.replace_strict(METHOD, default=0, return_dtype=pl.UInt8)

"""Where a record has its device, its tag and its values: layout wide, long or per_device.

Records of one stamp are told apart by a column of names, or there is one record a stamp. Here must not
live: what the names mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.campus.units import UNITS
from pipelines.inspection.given import given
from pipelines.inspection.guess import Guess, sure, unsure
from pipelines.inspection.numbers import LEAST, as_numbers
from pipelines.inspection.stamps import Stamp
from pipelines.inspection.table import FILE

FOLD = 0.045
"""One repeated hour a day makes 4 % of the stamps repeat."""
MOST_NAMES = 5000
"""A column with more different texts names nothing."""
MOST_WORDS = 20
"""A column of quality has fewer words."""
TAG_WORDS = re.compile(r"tag|point|series|signal|parameter|variable|metric|duid|channel", re.IGNORECASE)
DEVICE_WORDS = re.compile(
    r"unit|device|name|serial|block|pack|^id$|_id$|meter|station|host|respondent|authority|gen|asset",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(r"\bid$|_id$", re.IGNORECASE)
VALUE_WORDS = re.compile(r"value|reading|^val$|wert|messwert", re.IGNORECASE)
QUALITY_WORDS = re.compile(r"quality|qual|flag|status|valid|method", re.IGNORECASE)
QUALITY: dict[str, str] = {
    "good": "good", "ok": "good", "valid": "good", "actual": "good", "a": "good", "measured": "good",
    "est": "substituted", "estimated": "substituted", "e": "substituted", "substituted": "substituted",
    "s": "substituted", "interpolated": "substituted", "calc": "calculated", "calculated": "calculated",
    "bad": "rejected", "invalid": "rejected", "uncertain": "rejected", "missing": "missing", "n": "missing",
}  # fmt: skip
"""Quality words that are common, with what they mean here."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a record has what.

    Attributes:
        kind: wide, long or per_device.
        key: Column that tells records of one stamp apart (the tag or the device), if any.
        values: Columns of values.
        quality: Column of quality words, if any.
        unit: Column of units, if any.
    """

    kind: Guess
    key: str | None
    values: tuple[str, ...]
    quality: str | None
    unit: str | None


def layout_given(form: str, names: Sequence[str]) -> Layout | None:
    """The layout of a format that has its own; None where the records have to tell.

    Args:
        form: The format.
        names: Columns of the files.
    """
    parts = given(form, "")["layout"]
    if parts["kind"] != "long":
        return None
    quality, unit = (name if name in names else None for name in ("quality", "unit"))
    kind = sure("long", "the format has one value a record")
    return Layout(kind, parts["tag"], (parts["value"],), quality, unit)


def layout_of(
    frame: pl.DataFrame, names: Sequence[str], taken: Sequence[Stamp], decimal: tuple[str, str | None]
) -> Layout:
    """The layout of a table.

    Args:
        frame: The records.
        names: Columns of the files.
        taken: Stamps that were found; their columns are no values. The first is the one in use.
        decimal: Decimal separator and separator of thousands.
    """
    stamps = {name for stamp in taken for name in stamp.columns}
    others = [name for name in names if name not in stamps and not _is_own_name(frame.get_column(name))]
    numeric = [name for name in others if _is_numeric(frame.get_column(name), *decimal)]
    numeric = [name for name in numeric if not _names_things(frame.get_column(name))]
    texts = [
        name
        for name in others
        if name not in numeric and frame.get_column(name).drop_nulls().n_unique() <= MOST_NAMES
    ]
    if not taken:
        return Layout(
            unsure("wide", "without stamps nothing tells records apart"), None, tuple(numeric), None, None
        )
    quality = next((name for name in texts if _is_quality(frame.get_column(name), name)), None)
    unit = next((name for name in texts if _is_units(frame.get_column(name))), None)
    candidates = [name for name in texts if name not in (quality, unit)]
    repeats = _repeats(frame, taken[0])
    key = _key(frame, taken[0], candidates, repeats)
    values = [name for name in numeric if name != key]
    if key is None:
        words = [name for name in texts if frame.get_column(name).drop_nulls().n_unique() > 1]
        where = (
            "one record a stamp"
            if repeats < FOLD
            else f"{repeats:.0%} of the stamps repeat, and no column says why"
        )
        kind = sure("wide", where) if repeats < FOLD else unsure("wide", where)
        return Layout(kind, None, (*values, *words), None, None)
    if len(values) == 1:
        return Layout(_long_or_device(frame, key, values[0]), key, tuple(values), quality, unit)
    count = frame.get_column(key).n_unique()
    why = f"{count} name(s) in {key!r}, {len(values)} quantities a record"
    is_apart = repeats > 0.4 or 1 < count == frame.get_column(FILE).n_unique()
    kind = (
        sure("per_device", why)
        if is_apart
        else unsure("per_device", f"{why}; a record a stamp, so it may be wide")
    )
    words = [name for name in texts if name not in (key, quality) and _varies(frame, name)]
    if quality is not None and not QUALITY_WORDS.search(quality):
        words, quality = [*words, quality], None
    return Layout(kind, key, (*values, *words), quality, None)


def _long_or_device(frame: pl.DataFrame, key: str, value: str) -> Guess:
    names = frame.get_column(key).n_unique()
    why = f"one value a record, {names} name(s) in {key!r}"
    if TAG_WORDS.search(key) and VALUE_WORDS.search(value):
        return sure("long", why)
    if DEVICE_WORDS.search(key) and not VALUE_WORDS.search(value):
        return unsure("per_device", f"{why}; the column of values, {value!r}, has a name of its own")
    return unsure("long", why)


def _is_numeric(cells: pl.Series, decimal: str, thousands: str | None) -> bool:
    filled = cells.drop_nulls().filter(cells.drop_nulls().str.strip_chars() != "")
    if filled.is_empty():
        return False
    few = filled.sample(min(len(filled), 5000), seed=0)
    numbers = as_numbers(few, decimal, thousands)
    return (len(numbers) - numbers.null_count()) >= LEAST * len(few)


def _names_things(cells: pl.Series) -> bool:
    """Whether whole numbers are names: few of them, in a column that is called an id."""
    few = cells.drop_nulls().n_unique() <= max(1, len(cells) / 10)
    is_whole = bool(cells.drop_nulls().str.contains(r"^\d+$").all())
    return bool(IDENTIFIER.search(cells.name)) and few and is_whole


def _is_own_name(cells: pl.Series) -> bool:
    """Whether a column repeats its name, as the type of a record does."""
    return cells.len() > 0 and bool((cells == cells.name).all())


def _is_quality(cells: pl.Series, name: str) -> bool:
    words = {word.strip().lower() for word in cells.drop_nulls().unique() if word.strip()}
    known = words & QUALITY.keys()
    speak = len(words) > 1 and known == words and all(len(word) > 1 for word in words)
    return bool(known) and len(words) < MOST_WORDS and (speak or bool(QUALITY_WORDS.search(name)))


def _is_units(cells: pl.Series) -> bool:
    words = set(cells.drop_nulls().unique()) - {""}
    return bool(words) and words <= UNITS.keys()


def _varies(frame: pl.DataFrame, name: str) -> bool:
    return frame.get_column(name).drop_nulls().n_unique() > 1


def _repeats(frame: pl.DataFrame, stamp: Stamp) -> float:
    """Share of records whose stamp another record of the same file has."""
    pairs = pl.DataFrame([frame.get_column(FILE), stamp.wall.alias("wall")])
    return 1 - pairs.n_unique() / max(1, pairs.height)


def _key(frame: pl.DataFrame, stamp: Stamp, candidates: Sequence[str], repeats: float) -> str | None:
    """The column of texts that tells records of one stamp apart best; a constant one only by its name."""
    pairs = pl.DataFrame([frame.get_column(FILE), stamp.wall.alias("wall")])
    whole = pairs.height
    best, best_share = None, 1 - repeats
    for name in candidates:
        cells = frame.get_column(name)
        if cells.n_unique() < 2 or cells.n_unique() > whole / 2:
            continue
        share = pairs.with_columns(cells.alias("key")).n_unique() / whole
        if share > best_share + 0.005:
            best, best_share = name, share
    if best is not None and repeats > FOLD:
        return best
    named = [name for name in candidates if DEVICE_WORDS.search(name) or TAG_WORDS.search(name)]
    constant = [
        name
        for name in named
        if frame.get_column(name).n_unique() <= max(1, frame.get_column(FILE).n_unique())
    ]
    return constant[0] if constant else None

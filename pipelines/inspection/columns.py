"""What the cells of one column say: words among numbers, missing, sign, counter, stuck runs, spikes.

Rows of one device or tag are looked at in the order of their stamps. Here must not live: what a contract
makes of it (`draft`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.inspection.counters import counter_of
from pipelines.inspection.guess import Guess, sure, unknown, unsure
from pipelines.inspection.layout import Layout
from pipelines.inspection.meanings import column_of, unit_of
from pipelines.inspection.numbers import LEAST, as_numbers
from pipelines.inspection.outliers import Run, spikes, stuck_run, zero_run
from pipelines.inspection.table import Table

NULL_WORDS = frozenset(
    ("na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "empty", "no_data", "nodata", "m", "--")
) | {"---", "..", "?"}
"""Words that mean missing wherever they are found, in small letters."""
STATES = re.compile(
    r"no data|bad input|i/o timeout|comm fail|pt created|scan off|arc off|(over|under) range|calc failed",
    re.IGNORECASE,
)
"""Digital states that historians store in place of a number."""
SENTINELS = frozenset(
    (-9, -99, -999, -9999, -99999, -999999, -99.9, -999.9, -9999.9, -7999, -6999, 9999, 99999, 999999,
     9999999, 32767, -32768, 65535, 2**31 - 1, -(2**31), 2**32 - 1, float(2**47), float(2**63 - 1),
     float(2**64 - 1))
)  # fmt: skip
"""Numbers that loggers write where there is no value."""
FEW = 3


@dataclass(frozen=True, slots=True)
class Column:
    """What one column, or in layout long one tag, says.

    Attributes:
        name: Its name.
        unit: Unit of the values; an empty text for codes.
        column: Column of the readings it sounds like.
        cells: Cells that are not empty.
        empty: Cells that are empty.
        words: Texts among the numbers, with how many, and where the first is; of codes, every word.
        nulls: Of these, the ones that mean missing.
        null_numbers: Numbers that mean missing.
        low: Smallest number, those apart.
        high: Largest number, those apart.
        negative: Share of the numbers below zero.
        counter: Whether it is a register that only counts up.
        resets: Falls of a counter.
        step: Largest rise of a counter between two records.
        stuck: The longest run of equal values, where the column otherwise moves.
        zeros: The longest run of zeros, where zero is not usual.
        spikes: Values far outside the others, with their places.
        sign: Factor that makes import, output and discharge positive; None where nothing tells.
    """

    name: str
    unit: Guess
    column: Guess
    cells: int
    empty: int
    words: dict[str, tuple[int, str]]
    nulls: Guess
    null_numbers: Guess
    low: float | None
    high: float | None
    negative: float
    counter: Guess
    resets: int
    step: float
    stuck: Run | None
    zeros: Run | None
    spikes: tuple[tuple[float, str], ...]
    sign: Guess | None = None

    @property
    def is_number(self) -> bool:
        """Whether the cells are numbers rather than codes."""
        return self.low is not None

    @property
    def bad_share(self) -> float:
        """Share of the filled cells that are neither a number nor a word that means missing."""
        if not self.is_number or not self.cells:
            return 0.0
        known = self.nulls.value if isinstance(self.nulls.value, tuple) else ()
        return sum(count for word, (count, _) in self.words.items() if word not in known) / self.cells


def column_facts(table: Table, name: str, cells: pl.DataFrame, decimal: tuple[str, str | None]) -> Column:
    """What the cells say.

    Args:
        table: The records, for places.
        name: Name of the column or of the tag.
        cells: `at` (place in the table), `key`, `wall`, `text` of the column's records.
        decimal: Decimal separator and separator of thousands.
    """
    texts = cells["text"].fill_null("").str.strip_chars()
    filled = cells.with_columns(texts.alias("text")).filter(texts != "")
    numbers = as_numbers(filled["text"], *decimal)
    rows = filled.with_columns(numbers.alias("number")).sort("key", "wall", "at")
    good = rows.filter(pl.col("number").is_not_null())
    if good.height < LEAST * filled.height or good.is_empty():
        return _codes(table, name, filled, len(texts) - filled.height)
    words = _words(table, rows.filter(pl.col("number").is_null()))
    sentinels = _sentinels(good["number"])
    apart = good.filter(~pl.col("number").is_in(list(sentinels.value or ())))  # type: ignore[call-overload]
    values = apart["number"]
    steps = apart.select(pl.col("number").diff().over("key").alias("step")).to_series().drop_nulls()
    unit = unit_of(name)
    unit = _by_size(name, unit, values)
    counter = counter_of(name, unit, steps)
    is_counter = counter.value is True
    gauge = apart.clear() if is_counter else apart
    return Column(
        name=name,
        unit=unit,
        column=column_of(name, unit, is_counter=is_counter),
        cells=filled.height,
        empty=len(texts) - filled.height,
        words=words,
        nulls=_nulls(words, filled.height),
        null_numbers=sentinels,
        low=_float(values.min()),
        high=_float(values.max()),
        negative=float((values < 0).mean() or 0),  # type: ignore[arg-type]
        counter=counter,
        resets=int((steps < 0).sum()) if is_counter else 0,
        step=float(steps.max() or 0) if is_counter else 0.0,  # type: ignore[arg-type]
        stuck=stuck_run(table, gauge, steps),
        zeros=zero_run(table, gauge),
        spikes=spikes(table, gauge),
    )


def _codes(table: Table, name: str, filled: pl.DataFrame, empty: int) -> Column:
    """A column of words."""
    unit = sure("", "words, not numbers") if filled.height else unknown("every cell is empty")
    if 2 * int(filled["text"].str.contains(r"^[-+]?\d[\d.,' _]*$").sum()) > filled.height:
        unit = unknown("its cells look like numbers, but do not read as such")
    no = unknown("no numbers")
    return Column(
        name, unit, column_of(name, unit), filled.height, empty, _words(table, filled), no, no, None, None,
        0.0, sure(value=False, evidence="words"), 0, 0.0, None, None, (),
    )  # fmt: skip


def _words(table: Table, rows: pl.DataFrame) -> dict[str, tuple[int, str]]:
    """Each word, how often, and where first; the most frequent first."""
    if rows.is_empty():
        return {}
    counted = rows.group_by("text").agg(pl.len().alias("count"), pl.col("at").min().alias("at"))
    counted = counted.sort(["count", "text"], descending=[True, False]).head(50)
    return {text: (count, table.place(at)) for text, count, at in counted.iter_rows()}


def _nulls(words: dict[str, tuple[int, str]], cells: int) -> Guess:
    known = tuple(word for word in words if word.lower().replace(" ", "_") in NULL_WORDS)
    dashes = tuple(word for word in words if word in ("-", "–"))
    shown = ", ".join(f"{word!r} {words[word][0]}×" for word in (*known, *dashes))
    if dashes:
        return unsure((*known, *dashes), f"{shown}; a dash means zero in some sources")
    if known:
        return sure(known, shown)
    frequent = tuple(
        word
        for word, (count, _) in words.items()
        if count > max(2, 0.001 * cells) and not STATES.search(word)
    )
    if frequent:
        return unsure(
            frequent, f"words among numbers: {', '.join(f'{w!r} {words[w][0]}×' for w in frequent[:3])}"
        )
    return sure((), "no words among the numbers") if not words else unsure((), "a few cells are no numbers")


def _sentinels(numbers: pl.Series) -> Guess:
    """Numbers that mean missing: known ones that stand apart from all others."""
    found = sorted({float(value) for value in numbers.unique() if value in SENTINELS})
    if not found:
        return unknown("none of the usual numbers for missing")
    rest = numbers.filter(~numbers.is_in(found)).drop_nulls()
    if rest.is_empty():
        return unknown("nothing but numbers that may mean missing")
    low, high = float(rest.min() or 0), float(rest.max() or 0)  # type: ignore[arg-type]
    reach = max(abs(low), abs(high), 1.0)
    apart = [value for value in found if (value < 0 <= low) or abs(value) > 4 * reach]
    if not apart:
        return unknown("none of the usual numbers for missing")
    counts = ", ".join(f"{value:g} {int((numbers == value).sum())}×" for value in apart)
    why = f"{counts}; all others lie between {low:g} and {high:g}"
    certain = all(abs(value) > 4 * reach and int((numbers == value).sum()) > 1 for value in apart)
    return sure(tuple(apart), why) if certain else unsure(tuple(apart), why)


def _by_size(name: str, unit: Guess, values: pl.Series) -> Guess:
    """Where the name has no unit: a share by its range. A name may also contradict the values."""
    low, high = float(values.min() or 0), float(values.max() or 0)  # type: ignore[arg-type]
    if unit.confidence == "unknown" and re.search(r"\bsoc|soh|share|fraction|util", name, re.IGNORECASE):
        if low >= 0 and high <= 1.0:
            return unsure("fraction", f"between {low:g} and {high:g}")
        if low >= 0 and high <= 105:
            return unsure("%", f"between {low:g} and {high:g}")
    if unit.value == "%" and unit.is_sure and low >= 0 and 0 < high <= 1.0 and values.n_unique() > FEW:
        return unsure("fraction", f"the name says %, but all values lie between {low:g} and {high:g}")
    return unit


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def all_columns(
    table: Table, series: pl.DataFrame, layout: Layout, decimal: tuple[str, str | None]
) -> Iterator[Column]:
    """Facts of every column of values; in layout long of every tag of the one column."""
    for name in layout.values:
        cells = series.with_columns(table.frame.get_column(name).gather(series["at"]).alias("text"))
        if layout.kind.value != "long":
            yield column_facts(table, name, cells, decimal)
            continue
        for (tag,), part in cells.group_by("key", maintain_order=True):
            yield column_facts(table, str(tag), part, decimal)

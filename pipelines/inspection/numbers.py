"""How numbers are written: the decimal separator, the separator of thousands, and what cells say in numbers.

Here must not live: what a number means.
"""

from collections.abc import Iterable

import polars as pl

from pipelines.inspection.guess import Guess, sure, unsure

Pair = tuple[str, str | None]
PAIRS: tuple[Pair, ...] = (
    (".", None), (",", None), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"),
)  # fmt: skip
"""(decimal, thousands) in the order of preference where several read as many cells."""
NEARLY_ALL = 0.98
LEAST = 0.5
"""A column is of numbers if this share of its cells reads as numbers."""


def pattern_of(decimal: str, thousands: str | None) -> str:
    """A regular expression for one number."""
    point = "\\" + decimal
    whole = r"\d+" if thousands is None else rf"(?:\d{{1,3}}(?:\{thousands}\d{{3}})+|\d+)"
    return rf"^[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?$"


def as_numbers(cells: pl.Series, decimal: str, thousands: str | None) -> pl.Series:
    """Cells as Float64, NULL where they are no number."""
    text = cells.str.strip_chars()
    is_number = text.str.contains(pattern_of(decimal, thousands))
    if thousands is not None:
        text = text.str.replace_all(thousands, "", literal=True)
    if decimal != ".":
        text = text.str.replace(decimal, ".", literal=True)
    numbers = text.cast(pl.Float64, strict=False)
    return numbers.zip_with(is_number.fill_null(value=False), pl.Series([None], dtype=pl.Float64))


def separators_of(columns: Iterable[pl.Series]) -> tuple[Guess, Guess]:
    """The decimal separator and the separator of thousands, from columns that may hold numbers.

    A sign that always stands before exactly three digits could be either: then nothing is sure.
    """
    digits = [_with_digits(column) for column in columns]
    cells = pl.concat([column for column in digits if len(column)] or [pl.Series([], dtype=pl.String)])
    scores = {pair: int(cells.str.contains(pattern_of(*pair)).sum()) for pair in PAIRS}
    best = max(PAIRS, key=lambda pair: scores[pair])
    dots, commas = _has(cells, r"\d\.\d|^[-+]?\.\d"), _has(cells, r"\d,\d|^[-+]?,\d")
    if not dots and not commas and best[1] is None:
        return unsure(".", "only whole numbers"), unsure(None, "only whole numbers")
    decimal, thousands = best
    if scores[best] < NEARLY_ALL * len(cells):
        why = f"{scores[best]} of {len(cells)} numbers read so"
        return unsure(decimal, why), unsure(thousands, why)
    shown = _example(cells, best)
    both = [sign for sign, is_there in ((".", dots), (",", commas)) if is_there]
    if len(both) == 1 and both[0] in ".," and thousands not in (" ", "'"):
        return _one_sign(cells, both[0])
    why = f"as in {shown!r}"
    return sure(decimal, why), (sure(thousands, why) if thousands else _ungrouped(cells))


def _ungrouped(cells: pl.Series) -> Guess:
    """No separator of thousands, proven by a number of four digits in front of the decimal separator."""
    large = cells.filter(cells.str.contains(r"^[-+]?\d{4,}([.,]\d*)?$"))
    if large.is_empty():
        return unsure(None, "no number is large enough to tell")
    return sure(None, f"no groups in {large[0]!r}")


def _one_sign(cells: pl.Series, sign: str) -> tuple[Guess, Guess]:
    """Only dots or only commas occur: the decimal point or groups of thousands."""
    other = "," if sign == "." else "."
    marked = cells.filter(cells.str.contains(sign, literal=True))
    cannot_group = marked.filter(~marked.str.contains(rf"^[-+]?[1-9]\d{{0,2}}(?:\{sign}\d{{3}})+$"))
    groups = marked.filter(marked.str.count_matches(sign, literal=True) > 1)
    if len(groups):
        return unsure(other, "no decimals"), sure(sign, f"groups of three digits, as in {groups[0]!r}")
    if len(cannot_group):
        return sure(sign, f"as in {cannot_group[0]!r}"), _ungrouped(cells)
    large = int((~cells.str.contains(sign, literal=True) & cells.str.contains(r"^[-+]?\d{4,}$")).sum())
    shown = marked[0]
    if sign == "," and large == 0:
        why = f"{shown!r} could be either; no value of four digits stands without it"
        return unsure(".", why), unsure(",", why)
    why = f"{shown!r} could also be thousands: always exactly three digits behind it"
    return unsure(sign, why), unsure(None, why)


def _with_digits(column: pl.Series) -> pl.Series:
    """Cells of a column that mostly look like numbers, distinct."""
    cells = column.drop_nulls().str.strip_chars()
    cells = cells.filter(cells != "")
    looks = cells.str.contains(r"^[-+]?[\d.,' ]*\d[\d.,' ]*([eE][-+]?\d+)?$")
    is_numeric = len(cells) > 0 and float(looks.mean() or 0) >= LEAST  # type: ignore[arg-type]
    return cells.filter(looks).unique(maintain_order=True) if is_numeric else cells.clear()


def _has(cells: pl.Series, pattern: str) -> bool:
    return bool(cells.str.contains(pattern).any())


def _example(cells: pl.Series, pair: tuple[str, str | None]) -> str:
    """The longest of the cells that need both separators, else the longest that needs one."""
    matching = cells.filter(cells.str.contains(pattern_of(*pair)) & cells.str.contains(r"[.,' ]"))
    if matching.is_empty():
        return str(cells[0])
    signs = matching.str.count_matches(r"[.,' ]")
    return str(matching.filter(signs == signs.max())[0])

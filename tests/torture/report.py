"""The tables that `make torture` prints and docs/methods/faults.md holds.

Here must not live: measuring.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from pipelines.answers.markdown import table
from pipelines.simulator.faults import CATALOGUE, CLASSES
from tests.torture.figures import Figure

SEEN = {
    "file": "the file alone decides",
    "judgement": "needs judgement",
    "neighbours": "only neighbours tell",
}
OUTCOMES = ("found", "misnamed", "missed")


def outcomes(judged: pl.DataFrame) -> str:
    """One row a way of being seen, with the share that was found; all faults together."""
    rows = [(says, *_counts(judged.filter(pl.col("seen") == seen))) for seen, says in SEEN.items()]
    return table(("seen how", "injected", "found", "mis-named", "missed", "recall"), rows)


def by_class(judged: pl.DataFrame, alarms: Mapping[str, int]) -> str:
    """One row a class of defects; a fault of two classes counts in both. Alarms are those on clean files."""
    rows = []
    for number, says in CLASSES.items():
        faults = [fault for fault in CATALOGUE.values() if number in fault.classes]
        rules = {rule for fault in faults for rule in fault.rules}
        alarmed = sum(count for rule, count in alarms.items() if rule in rules)
        struck = judged.filter(pl.col("fault").is_in([fault.name for fault in faults]))
        rows.append((str(number), says, *_counts(struck), str(alarmed)))
    header = ("class", "defect", "injected", "found", "mis-named", "missed", "recall", "false alarms")
    return table(header, rows)


def by_fault(judged: pl.DataFrame) -> str:
    """One row a fault."""
    rows = [(f"`{name}`", *_counts(judged.filter(pl.col("fault") == name))) for name in CATALOGUE]
    return table(("fault", "injected", "found", "mis-named", "missed", "recall"), rows)


def key_figures(clean: Iterable[Figure], faulty: Iterable[Figure]) -> str:
    """One row a key figure: errors of the naive reader and of what is published."""
    rows = [
        (
            f"`{before.name}`",
            *(_pct(value) for value in (before.naive_pct, before.cleaned_pct)),
            *(_pct(value) for value in (after.naive_pct, after.cleaned_pct, after.published_pct)),
        )
        for before, after in zip(clean, faulty, strict=True)
    ]
    header = (
        "key figure", "clean files: naive", "clean files: published",
        "faulty files: naive", "faulty files: published", "share published",
    )  # fmt: skip
    return table(header, rows)


def false_alarms(alarms: Mapping[str, int], rows_in: int) -> str:
    """A sentence about findings and refused records on clean files."""
    share = 100 * sum(alarms.values()) / rows_in
    named = ", ".join(f"`{rule}` {count}" for rule, count in sorted(alarms.items())) or "none"
    return f"Findings and refused records on {rows_in:,} clean records: {share:.4f} % ({named})."


def _counts(struck: pl.DataFrame) -> tuple[str, ...]:
    counts: dict[str, int] = dict(struck.group_by("outcome").len().iter_rows())
    found = counts.get("found", 0)
    # Cut, not rounded: 100 % means all.
    recall = f"{1000 * found // struck.height / 10} %" if struck.height else ""
    return str(struck.height), *(str(counts.get(outcome, 0)) for outcome in OUTCOMES), recall


def _pct(value: Any) -> str:
    if value != value:
        return "not published"
    return f"{value:.3g} %" if value < 1e6 else f"{value:.1e} %"

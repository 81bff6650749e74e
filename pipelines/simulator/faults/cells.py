"""Faults of spelling: what stands in a cell of delimited text.

Here must not live: cells that make a line unreadable (`lines`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import polars as pl

from pipelines.campus.contract import Contract, Long
from pipelines.simulator.faults.feed import Feed, free
from pipelines.simulator.faults.strike import OnFiles, Strike, marked
from pipelines.simulator.landing import Delivery

_UNKNOWN_WORDS = ("Arc Off-line", "Over Range", "Comm Fail", "#N/A", "OFFLINE", "TIMEOUT!")
_ODD_NUMBERS = ("0x1F4", "1_000", "12.5 kW", "1.2.3", "--5", "5-", "1e", "O.5")
_NOT_FINITE = ("NaN", "inf", "-Infinity", "1e400")
_SENTINELS = ("2147483647", "140737488355328.0", "9223372036854775792")
_SMALL_SENTINELS = ("-9999", "65535")
_HOSTILE = (
    "'; drop table readings; --",
    "{{ 7 * 7 }}",
    "../../etc/passwd",
    "=cmd()",
    "<script>",
    "x" * 10_000,
)
_BAD_STAMPS = ("0000-00-00 00:00:00", "2025-02-30 12:00:00", "2025-11-02 10:59:60", "yesterday", "31/31/2025")

Show = Callable[[Strike, Contract, str], str]
"""What is shown in place of a text."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A fault of cells.

    Attributes:
        show: What stands there instead.
        fits: Which texts it can be shown for.
        where: Which column is struck: a value of the record, or a column by its role.
        last_tenth: Whether only the end of a file is struck.
    """

    show: Show
    fits: Callable[[str], bool] = bool
    where: Callable[[Contract], str | None] | None = None
    last_tenth: bool = False

    def strike(self, hit: Strike, feed: Feed, files: list[Delivery]) -> list[Delivery]:
        """Strikes the fault's share of the records, one cell each."""
        role = self.where(feed.contract) if self.where else None
        names = [
            np.full(file.frame.height, role) if role else hit.rng.choice(feed.gauges, file.frame.height)
            for file in files
        ]
        drawn = hit.choose([self._free(feed, *pair, role) for pair in zip(files, names, strict=True)])
        return [
            self._shown(hit, feed, file, rows, names[n][rows].tolist(), role)
            for n, (file, rows) in enumerate(zip(files, drawn, strict=True))
        ]

    def _free(
        self, feed: Feed, file: Delivery, names: np.ndarray[tuple[int], np.dtype[np.str_]], role: str | None
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        found = free(file) if role else free(file) & feed.is_gauge(file.frame)
        if self.last_tenth:
            found[: 9 * file.frame.height // 10] = False
        for name in np.unique(names):
            fits = np.array([bool(text) and self.fits(text) for text in file.frame.get_column(name)])
            found &= fits | (names != name)
        return found

    def _shown(
        self,
        hit: Strike,
        feed: Feed,
        file: Delivery,
        rows: np.ndarray[tuple[int], np.dtype[np.int64]],
        names: list[str],
        role: str | None,
    ) -> Delivery:
        labels = [
            hit.note_row(feed, file, row, "" if role else name)
            for row, name in zip(rows.tolist(), names, strict=True)
        ]
        frame = marked(file.frame, rows, labels)
        for name in dict.fromkeys(names):
            at = [row for row, struck in zip(rows.tolist(), names, strict=True) if struck == name]
            texts = frame.get_column(name)
            shown = [self.show(hit, feed.contract, texts[row]) for row in at]
            frame = frame.with_columns(texts.scatter(pl.Series(at, dtype=pl.UInt32), shown))
        return replace(file, frame=frame)


def _one_of(*words: str) -> Show:
    return lambda hit, contract, text: str(hit.rng.choice(words))


def _own_missing(contract: Contract) -> list[str]:
    """What the source itself writes for missing: its tokens and, where all columns have one, its numbers."""
    checks = [contract.checks.get(tag.column) for tag in contract.tags]
    numbers = [set(check.null_numbers) if check else set() for check in checks]
    shared: set[float] = set.intersection(*numbers) if numbers else set()
    return [word for word in contract.nulls if word] + [f"{number:g}" for number in sorted(shared)]


def _undeclared_sentinels(contract: Contract) -> list[str]:
    """Sentinels that no check of the contract declares to mean missing."""
    declared = {number for check in contract.checks.values() for number in check.null_numbers}
    return [word for word in _SMALL_SENTINELS if float(word) not in declared]


def _other_spelling(hit: Strike, contract: Contract, text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    spelt = [f"{Decimal(text):E}", f"{sign}000{digits}", f" {text} ", text if sign else f"+{text}"]
    return str(hit.rng.choice(spelt[: 4 if not sign else 3]))


def _is_decimal(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _quality_word(meaning: str) -> Show:
    return lambda hit, contract, text: next(w for w, m in contract.quality.items() if m == meaning)


def _source(contract: Contract) -> str | None:
    return getattr(contract.layout, "tag" if isinstance(contract.layout, Long) else "device", None)


def _unit(contract: Contract) -> str | None:
    return contract.layout.unit if isinstance(contract.layout, Long) else None


def _stamp(contract: Contract) -> str | None:
    return contract.time.columns[0] if contract.time.columns else None


def _quality(contract: Contract) -> str | None:
    return contract.quality_column


def _fault(cells: Cells, needs: Callable[[Contract], object] = lambda contract: True) -> OnFiles[Delivery]:
    return OnFiles(lambda contract: contract.format == "delimited" and bool(needs(contract)), cells.strike)


def _has_points(contract: Contract) -> bool:
    return contract.dialect.decimal == "." and contract.dialect.thousands is None


CELLS: dict[str, OnFiles[Delivery]] = {
    "text_tokens": _fault(
        Cells(lambda hit, contract, text: str(hit.rng.choice([*contract.states]))), lambda c: c.states
    ),
    "foreign_words": _fault(Cells(_one_of(*_UNKNOWN_WORDS))),
    "late_text": _fault(Cells(_one_of("n.v.", "see note"), last_tenth=True)),
    "null_tokens": _fault(
        Cells(lambda hit, contract, text: str(hit.rng.choice(_own_missing(contract)))), _own_missing
    ),
    "sentinels": _fault(Cells(_one_of(*_SENTINELS))),
    "small_sentinels": _fault(
        Cells(lambda hit, contract, text: str(hit.rng.choice(_undeclared_sentinels(contract))))
    ),
    "thousands": _fault(
        Cells(
            lambda hit, contract, text: f"{Decimal(text):,}",
            lambda text: _is_decimal(text) and abs(Decimal(text)) >= 1000,
        ),
        _has_points,
    ),
    "decimal_comma": _fault(
        Cells(
            lambda hit, contract, text: text.replace(".", ","),
            lambda text: _is_decimal(text) and "." in text,
        ),
        _has_points,
    ),
    "odd_numbers": _fault(Cells(_one_of(*_ODD_NUMBERS))),
    "other_spelling": _fault(Cells(_other_spelling, _is_decimal), _has_points),
    "not_finite": _fault(Cells(_one_of(*_NOT_FINITE))),
    "bad_quality": _fault(Cells(_quality_word("rejected"), where=_quality), _quality),
    "unknown_quality": _fault(Cells(_one_of("???", "Q7"), where=_quality), _quality),
    "unit_label": _fault(Cells(_one_of("W", "Wh"), where=_unit), _unit),
    "hostile_names": _fault(Cells(_one_of(*_HOSTILE), where=_source), _source),
    "bad_stamps": _fault(Cells(_one_of(*_BAD_STAMPS), where=_stamp), _stamp),
    "no_stamps": _fault(Cells(_one_of(""), where=_stamp), _stamp),
}
"""Fault → which feeds it fits and its strike."""

"""Faults on purpose, each written down in truth/faults.csv.

Some falsify what an instrument shows (signals), some what is delivered (files). Here must not live:
finding them again, which is the product's task.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipelines.campus.contract import COLUMNS, Contract, Long
from pipelines.simulator.landing import Delivery
from pipelines.simulator.records import DEVICE, START
from pipelines.simulator.signals import Signals
from pipelines.simulator.span import Span, generator

LOG_SCHEMA = {
    "fault": pl.String(),
    "feed_id": pl.String(),
    "file_name": pl.String(),
    "device_id": pl.String(),
    "column_name": pl.String(),
    "from_utc": pl.Datetime("us"),
    "to_utc": pl.Datetime("us"),
    "count": pl.Int64(),
    "what": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one run.

    Attributes:
        names: Which faults to inject; names of `SIGNAL_FAULTS` and `FILE_FAULTS`.
        seed: Seed of the run.
        log: One row an injected fault (`LOG_SCHEMA`).
    """

    names: frozenset[str]
    seed: int
    log: list[dict[str, object]] = field(default_factory=list)

    def on_signals(self, signals: Signals, span: Span) -> Signals:
        """Signals with the instruments' faults."""
        changed = dict(signals)
        for name in sorted(self.names & SIGNAL_FAULTS.keys()):
            changed |= SIGNAL_FAULTS[name](self, changed, span)
        return changed

    def on_files(self, contract: Contract, files: list[Delivery]) -> list[Delivery]:
        """The files of one feed with the faults of delivery; each strikes one file of a fitting feed."""
        for name in sorted(self.names & FILE_FAULTS.keys()):
            done = any(row["fault"] == name for row in self.log)
            if not done and files and FILE_FAULTS[name].fits(contract):
                files = FILE_FAULTS[name].strike(self, contract, files)
        return files

    def note(
        self,
        fault: str,
        what: str,
        starts: Iterable[int],
        *,
        count: int,
        feed: str = "",
        file: str = "",
        device: str = "",
        column: str = "",
    ) -> None:
        """Writes a fault down; `starts` are interval starts [s since 1970 UTC]."""
        touched = pl.Series(list(starts), dtype=pl.Int64) * 1_000_000
        times = touched.cast(pl.Datetime("us"))
        row = (fault, feed, file, device, column, times.min(), times.max(), count, what)
        self.log.append(dict(zip(LOG_SCHEMA, row, strict=True)))

    def rng(self, fault: str) -> np.random.Generator:
        """The fault's own random numbers."""
        return generator(self.seed, "fault", fault)


def unknown_faults(names: Iterable[str]) -> list[str]:
    """Names that are no fault."""
    return sorted(set(names) - set(FAULT_NAMES))


def _first(signals: Signals, column: str) -> tuple[str, str]:
    return min(key for key in signals if key[1] == column)


def _stuck_nox(faults: Faults, signals: Signals, span: Span) -> Signals:
    """The analyser of the unit that works most repeats one value for six hours."""
    units = sorted(key[0] for key in signals if key[1] == "nox_ppm")
    unit = max(units, key=lambda name: float(signals[name, "fuel_flow_scfh"].values.sum()))
    running = signals[unit, "fuel_flow_scfh"].values > 0
    length = span.steps_of(6 * 3600)
    sums = np.convolve(running, np.ones(min(length, running.size)), mode="valid")
    first = int(np.argmax(sums))
    values = signals[unit, "nox_ppm"].values.copy()
    values[first : first + length] = values[first]
    starts = span.epochs[first : first + length].tolist()
    faults.note(
        "stuck_nox", "repeats its first value", starts, count=len(starts), device=unit, column="nox_ppm"
    )
    return {(unit, "nox_ppm"): replace(signals[unit, "nox_ppm"], values=values)}


def _spike_grid(faults: Faults, signals: Signals, span: Span) -> Signals:
    """A grid meter shows a thousand times the truth in five intervals."""
    key = _first(signals, "grid_mw")
    values = signals[key].values.copy()
    struck = np.sort(faults.rng("spike_grid").choice(np.flatnonzero(values > 6), 5, replace=False))
    values[struck] *= 1000
    faults.note(
        "spike_grid", "a thousand times too high", span.epochs[struck], count=5, device=key[0], column=key[1]
    )
    return {key: replace(signals[key], values=values)}


def _sign_flip_battery(faults: Faults, signals: Signals, span: Span) -> Signals:
    """A block's power has the wrong sign for a day; its registers count on."""
    key = _first(signals, "battery_mw")
    values = signals[key].values.copy()
    first = span.steps // 3
    length = min(span.steps_of(86_400), span.steps - first)
    values[first : first + length] *= -1
    starts = span.epochs[first : first + length].tolist()
    faults.note("sign_flip_battery", "wrong sign", starts, count=length, device=key[0], column=key[1])
    return {key: replace(signals[key], values=values)}


SIGNAL_FAULTS: dict[str, Callable[[Faults, Signals, Span], Signals]] = {
    "stuck_nox": _stuck_nox,
    "spike_grid": _spike_grid,
    "sign_flip_battery": _sign_flip_battery,
}


@dataclass(frozen=True, slots=True)
class FileFault:
    """A fault of delivery: which feeds it fits and what it does to their files."""

    fits: Callable[[Contract], bool]
    strike: Callable[[Faults, Contract, list[Delivery]], list[Delivery]]


def _has(kind: str) -> Callable[[Contract], bool]:
    def fits(contract: Contract) -> bool:
        return any(COLUMNS.get(tag.column, ("",))[0] == kind for tag in contract.tags)

    return fits


def _struck(files: list[Delivery]) -> int:
    """Which file is struck: one in the middle."""
    return len(files) // 2


def _missing_rows(faults: Faults, contract: Contract, files: list[Delivery]) -> list[Delivery]:
    at = _struck(files)
    frame = files[at].frame
    starts = frame.get_column(START)
    first = int(starts.to_numpy()[frame.height // 2])
    gone = starts.is_between(first, first + 3599)
    _note_rows(faults, "missing_rows", "an hour is not there", contract, files[at], frame.filter(gone))
    return _with(files, at, frame.filter(~gone))


def _duplicate_rows(faults: Faults, contract: Contract, files: list[Delivery]) -> list[Delivery]:
    at = _struck(files)
    frame = files[at].frame
    again = frame.slice(frame.height // 4, 120)
    _note_rows(faults, "duplicate_rows", "delivered twice in the file", contract, files[at], again)
    return _with(files, at, pl.concat([frame, again]))


def _conflicting_rows(faults: Faults, contract: Contract, files: list[Delivery]) -> list[Delivery]:
    """A first delivery with numbers ten per cent too high, corrected by a second revision."""
    at = _struck(files)
    right = files[at]
    wrong = right.frame.with_row_index("_row").with_columns(
        pl.when((pl.col("_row") % 40 == 0) & (pl.col(name) != 0))
        .then(pl.col(name) * 1.1)
        .otherwise(pl.col(name))
        for name in right.frame.columns
        if name != START and right.frame.schema[name].is_float()
    )
    _note_rows(
        faults,
        "conflicting_rows",
        "10 % too high, corrected by revision 2",
        contract,
        right,
        right.frame.gather_every(40),
    )
    first = Delivery(right.name, wrong.drop("_row"))
    return [*files[:at], first, Delivery(right.name.replace("_r1", "_r2"), right.frame), *files[at + 1 :]]


def _late_file(faults: Faults, contract: Contract, files: list[Delivery]) -> list[Delivery]:
    """The last third of a day comes in a file of its own, after all others."""
    at = _struck(files)
    frame = files[at].frame
    edge = frame.get_column(START).to_numpy()[2 * frame.height // 3]
    late = frame.filter(pl.col(START) >= edge)
    name = f"late_{files[at].name}"
    _note_rows(faults, "late_file", "delivered later", contract, Delivery(name, late), late)
    return [*_with(files, at, frame.filter(pl.col(START) < edge)), Delivery(name, late)]


def _text_tokens(faults: Faults, contract: Contract, files: list[Delivery]) -> list[Delivery]:
    """A historian's words stand where numbers should be."""
    assert isinstance(contract.layout, Long)
    at, value = _struck(files), contract.layout.value
    frame = files[at].frame.with_row_index("_row")
    hit = pl.col("_row") % 97 == 0
    words = list(contract.states)
    _note_rows(faults, "text_tokens", f"words {words} for numbers", contract, files[at], frame.filter(hit))
    word = pl.lit(pl.Series(words)).gather((pl.col("_row") // 97) % len(words))
    shown = frame.with_columns(pl.when(hit).then(word).otherwise(pl.col(value).cast(pl.String)).alias(value))
    return _with(files, at, shown.drop("_row"))


def _with(files: list[Delivery], at: int, frame: pl.DataFrame) -> list[Delivery]:
    return [*files[:at], replace(files[at], frame=frame), *files[at + 1 :]]


def _note_rows(
    faults: Faults, fault: str, what: str, contract: Contract, file: Delivery, rows: pl.DataFrame
) -> None:
    devices = rows.get_column(DEVICE).unique().sort()
    faults.note(
        fault,
        what,
        rows.get_column(START).to_list(),
        count=rows.height,
        feed=contract.feed,
        file=file.name,
        device=devices.item(0) if devices.len() == 1 else "",
    )


FILE_FAULTS: dict[str, FileFault] = {
    "missing_rows": FileFault(_has("grid"), _missing_rows),
    "duplicate_rows": FileFault(_has("batteries"), _duplicate_rows),
    "conflicting_rows": FileFault(
        lambda contract: contract.revision is not None and contract.revision.by == "file_name",
        _conflicting_rows,
    ),
    "late_file": FileFault(_has("batteries"), _late_file),
    "text_tokens": FileFault(
        lambda contract: (
            contract.format == "delimited" and contract.layout.kind == "long" and bool(contract.states)
        ),
        _text_tokens,
    ),
}

FAULT_NAMES = tuple(sorted({*SIGNAL_FAULTS, *FILE_FAULTS}))
"""Every fault that can be asked for."""

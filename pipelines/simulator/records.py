"""The records of a feed: signals laid out, named, signed, scaled and rounded as its contract says.

Numbers stay numbers here; delimited text is made in `landing`. Here must not live: files.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.contract import COLUMNS, Contract, Long, PerDevice, Tag
from pipelines.campus.units import conversion
from pipelines.simulator.names import device_name, tags_of
from pipelines.simulator.signals import Signal, Signals
from pipelines.simulator.span import Span
from pipelines.simulator.stamps import stamp_columns

START = "_start"
"""Start of the record's interval [s since 1970 UTC]; never written."""

DEVICE = "_device"
"""Device of the record, empty in wide layouts; never written."""

LABEL = "_label"
"""Place of the label of the fault that struck the record, NULL where it is free; never written."""

HIDDEN = (START, DEVICE, LABEL)
"""Columns that are never written."""

DECIMALS = {"MW": 4, "kW": 1, "MWh": 5, "kWh": 2, "fraction": 5, "ppm": 2, "%": 3, "scf/h": 0, "kscf/h": 3}
"""Decimals that sources write, by unit; every other unit has one."""


def records(contract: Contract, campus: Campus, signals: Signals, span: Span) -> pl.DataFrame:
    """All records of a feed in the order of time; empty if no signal belongs to it.

    Raises:
        ValueError: The contract's interval is not a multiple of the simulated one.
    """
    layout = contract.layout
    if isinstance(layout, PerDevice):
        return _per_device(contract, layout, campus, signals, span)
    named = _tags(contract, campus, signals)
    if not named:
        return pl.DataFrame()
    values = {name: _written(signals[device, tag.column], tag, contract) for name, device, tag in named}
    stamps = _stamps(contract, campus, span)
    if isinstance(layout, Long):
        return _long(contract, layout, named, values, stamps)
    return pl.DataFrame(values).hstack(stamps).select(*stamps.columns, *values)


def _tags(contract: Contract, campus: Campus, signals: Signals) -> list[tuple[str, str, Tag]]:
    """(name in the file, device, tag) of long and wide layouts, in the contract's order."""
    devices = sorted(d.device_id for d in campus.devices.values() if d.site_id == contract.site)
    return [found for found in tags_of(contract, devices) if (found[1], found[2].column) in signals]


def _stamps(contract: Contract, campus: Campus, span: Span) -> pl.DataFrame:
    """Stamp columns and `_start`, one row an interval of the feed."""
    interval = contract.time.interval
    starts = np.arange(int(span.start.timestamp()), int(span.end.timestamp()), interval, dtype=np.int64)
    stamps = stamp_columns(contract.time, starts, campus.sites[contract.site].time_zone)
    return stamps.with_columns(pl.Series(START, starts), pl.lit("").alias(DEVICE))


def _long(
    contract: Contract,
    layout: Long,
    named: list[tuple[str, str, Tag]],
    values: dict[str, npt.NDArray[Any]],
    stamps: pl.DataFrame,
) -> pl.DataFrame:
    count = len(named)
    frame = stamps.select(pl.all().repeat_by(count).explode()).with_columns(
        pl.Series(layout.tag, [name for name, _, _ in named] * stamps.height),
        pl.Series(layout.value, np.stack(list(values.values())).T.ravel()),
        pl.Series(DEVICE, [device for _, device, _ in named] * stamps.height),
    )
    written = [layout.tag, *contract.time.columns, layout.value]
    if layout.quality:
        good = next(word for word, verdict in contract.quality.items() if verdict == "good")
        frame = frame.with_columns(pl.lit(good).alias(layout.quality))
        written.append(layout.quality)
    if layout.unit:
        frame = frame.with_columns(pl.Series(layout.unit, [tag.unit for _, _, tag in named] * stamps.height))
        written.append(layout.unit)
    return frame.select(START, DEVICE, *written)


def _per_device(
    contract: Contract, layout: PerDevice, campus: Campus, signals: Signals, span: Span
) -> pl.DataFrame:
    """Records of all devices side by side in time: every device, then the next interval."""
    shown = [(tag, tag.column) for tag in contract.tags]
    named = [
        (name, device)
        for device in sorted(d.device_id for d in campus.devices.values() if d.site_id == contract.site)
        for row in contract.devices
        if (name := device_name(row, device)) and all((device, column) in signals for _, column in shown)
    ]
    if not named:
        return pl.DataFrame()
    stamps = _stamps(contract, campus, span)
    frame = stamps.select(pl.all().repeat_by(len(named)).explode()).with_columns(
        pl.Series(DEVICE, [device for _, device in named] * stamps.height),
        pl.Series(layout.device, [name for name, _ in named] * stamps.height),
        *(
            pl.Series(
                tag.tag or "",
                np.stack([_written(signals[device, column], tag, contract) for _, device in named]).T.ravel(),
            )
            for tag, column in shown
        ),
    )
    names = [tag.tag or "" for tag, _ in shown]
    if layout.quality:
        good = next(word for word, verdict in contract.quality.items() if verdict == "good")
        frame = frame.with_columns(pl.lit(good).alias(layout.quality))
        names.append(layout.quality)
    return frame.select(START, DEVICE, *contract.time.columns, layout.device, *names)


def _written(signal: Signal, tag: Tag, contract: Contract) -> npt.NDArray[Any]:
    """The series at the feed's interval, in the source's words, unit and sign, rounded."""
    values = _at_interval(signal, contract)
    if values.dtype.kind in "UO":
        words = contract.vocabulary.get(tag.column, {})
        source = {ours: theirs for theirs, ours in reversed(words.items())}
        return np.array([source.get(word, word) for word in values.tolist()])
    factor, offset = conversion(tag.unit, COLUMNS[tag.column][1].unit)
    plain = (values - float(offset)) / (float(factor) * tag.scale * tag.sign)
    rounded: npt.NDArray[Any] = np.round(plain, DECIMALS.get(tag.unit, 1)) + 0.0
    return rounded


def _at_interval(signal: Signal, contract: Contract) -> npt.NDArray[Any]:
    """Means over the feed's interval; registers, words and instants are read at the stamp."""
    each, rest = divmod(contract.time.interval, signal.interval_s)
    if rest or not each:
        raise ValueError(
            f"feed {contract.feed}: its interval of {contract.time.interval} s is no multiple of the "
            f"simulated {signal.interval_s} s"
        )
    if signal.is_register:
        edges = signal.values[::each]
        return edges[1:] if contract.time.label == "end" else edges[:-1]
    if each == 1:
        return signal.values
    if signal.values.dtype.kind in "UO" or contract.time.label == "instant":
        return signal.values[::each]
    means: npt.NDArray[Any] = signal.values.reshape(-1, each).mean(axis=1)
    return means

"""One reading against one witness: does it agree, and if not, which one fault turns it into the witness?

A fault is undone ("mended") over the one stretch of the day where that helps most, since a fault may
begin or end within the day. Here must not live: who the witness is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipelines.neighbours.gates import Gates
from pipelines.neighbours.quantities import Array, Mask, Range, square_sum

Kind = Literal["sign", "lag", "scale", "dead"]
KINDS: tuple[Kind, ...] = ("sign", "lag", "scale", "dead")
"""From the fault that explains least at will to the one that explains anything."""

_REFITS = 3
_LEAST_FACTOR = 1e-6
_HALF = 0.5
_NEVER = -1e15


@dataclass(frozen=True, slots=True)
class Mending:
    """A fault that would explain a reading, undone.

    Attributes:
        kind: What is wrong.
        factor: Reading over truth: −1 for a sign, 0 where dead, 1 for a lag.
        lag_steps: Steps by which the reading's stamps are late.
        start: First step of the stretch.
        stop: Step after its last.
        mended: The reading without the fault, shape (steps,); NaN where it cannot be said.
        explained: Share of the squared difference that is gone.
        outside: Steps that remain outside the band.
    """

    kind: Kind
    factor: float
    lag_steps: int
    start: int
    stop: int
    mended: Array
    explained: float
    outside: int

    def undone(self, reading: Array) -> Array:
        """A reading without the fault; it need not be the very one, smoothed perhaps, that showed it."""
        whole = reading.copy()
        where = slice(self.start, self.stop)
        whole[where] = reading[where] / self.factor if self.kind in ("sign", "scale") else self.mended[where]
        return whole


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a witness says of a reading.

    Attributes:
        steps: Steps at which both are known.
        outside: Steps at which they differ by more than the band.
        verdict: `untested`, `agrees`, `differs` or the kind of the fault.
        mending: The fault, where one explains the difference.
    """

    steps: int
    outside: int
    verdict: str
    mending: Mending | None = None


def compare(reading: Array, should: Range, gates: Gates, kinds: tuple[Kind, ...] = KINDS) -> Comparison:
    """Compares a reading with what it should be.

    Args:
        reading: What the meter shows, shape (steps,).
        should: What it should show, same unit and shape.
        gates: Thresholds.
        kinds: Faults to look for.
    """
    steps = int((np.isfinite(should.off(reading)) & np.isfinite(should.band)).sum())
    if steps < gates.least_steps:
        return Comparison(steps, 0, "untested")
    outside = should.outside(reading)
    if outside < gates.least_steps:
        return Comparison(steps, outside, "agrees")
    found = [
        mending
        for kind in kinds
        for mending in _FAULTS[kind](reading, should, gates)
        if mending.explained >= gates.explained and mending.outside <= (1 - gates.explained) * outside
    ]
    if not found:
        return Comparison(steps, outside, "differs")
    closing = [mending for mending in found if mending.outside < gates.least_steps]
    best = closing[0] if closing else max(found, key=lambda mending: mending.explained)
    return Comparison(steps, outside, best.kind, best)


def best_stretch(gain: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Start and stop of the stretch whose gains add up to most, row by row.

    Args:
        gain: Gains, shape (rows, steps); NaN counts as nothing.

    Returns:
        First step and step after the last, each of shape (rows,).
    """
    added = np.cumsum(np.nan_to_num(gain), axis=1)
    prefix = np.concatenate([np.zeros((len(gain), 1)), added], axis=1)
    lowest = np.minimum.accumulate(prefix, axis=1)
    stop = np.argmax(prefix - lowest, axis=1)
    before = np.arange(prefix.shape[1]) <= stop[:, None]
    start = np.argmin(np.where(before, prefix, np.inf), axis=1)
    return start, stop


def stretched(
    kind: Kind, reading: Array, mended: Array, should: Range, factor: float = 1.0, lag: int = 0
) -> Mending:
    """A fault undone over the stretch where that helps most."""
    before, after = should.off(reading), should.off(mended)
    start, stop = (int(edge[0]) for edge in best_stretch((before**2 - after**2)[None]))
    whole = np.where(np.isfinite(mended), reading, np.nan)
    whole[start:stop] = mended[start:stop]
    total = square_sum(np.where(np.isfinite(mended), before, np.nan))
    explained = 1 - square_sum(should.off(whole)) / total if total else 0.0
    return Mending(kind, factor, lag, start, stop, whole, explained, should.outside(whole))


def _sign(reading: Array, should: Range, _: Gates) -> Iterator[Mending]:
    yield stretched("sign", reading, -reading, should, factor=-1.0)


def _scale(reading: Array, should: Range, _: Gates) -> Iterator[Mending]:
    """The factor is fitted to the stretch, and the stretch to the factor."""
    where: Mask = np.abs(should.off(reading)) > should.band
    found = None
    for _refit in range(_REFITS):
        truth = np.where(where & np.isfinite(reading), should.middle, np.nan)
        size = square_sum(truth)
        factor = float(np.nansum(reading * truth)) / size if size else 0.0
        if abs(factor) < _LEAST_FACTOR:
            break
        found = stretched("scale", reading, reading / factor, should, factor=factor)
        where = np.zeros(reading.shape, dtype=np.bool_)
        where[found.start : found.stop] = True
    if found:
        yield found


def _lag(reading: Array, should: Range, gates: Gates) -> Iterator[Mending]:
    """The shift that explains most; at least half of the day must remain to judge by.

    A clock is wrong for as long as it is wrong by, at least: each step of the truth is missing for so long.
    """
    most = min(gates.steps(gates.lag_min), reading.size // 2)
    lags = np.array([lag for lag in range(-most, most + 1) if lag])
    padded = np.pad(reading, most, constant_values=np.nan)
    shifted = np.stack([padded[most + lag : most + lag + reading.size] for lag in lags.tolist()])
    before, after = should.off(reading) ** 2, should.off(shifted) ** 2
    judged = np.isfinite(after) & np.isfinite(before)
    gain = np.where(judged, before - after, 0.0)
    start, stop = best_stretch(gain)
    added = np.concatenate([np.zeros((len(gain), 1)), np.cumsum(gain, axis=1)], axis=1)
    rows = np.arange(len(gain))
    total = np.where(judged, before, 0.0).sum(axis=1)
    enough = judged.sum(axis=1) >= _HALF * np.isfinite(before).sum()
    enough &= stop - start >= np.abs(lags)
    share = np.where(
        enough & (total > 0), (added[rows, stop] - added[rows, start]) / np.maximum(total, 1e-12), 0
    )
    best = int(np.argmax(share))
    if share[best] > 0:
        yield stretched("lag", reading, shifted[best], should, lag=int(lags[best]))


def _dead(reading: Array, should: Range, gates: Gates) -> Iterator[Mending]:
    """Does not move for a while although it should; what it should be is all that can be said."""
    size = float(np.sqrt(np.nanmean(should.middle**2)))
    still = np.abs(np.diff(reading, prepend=np.nan)) <= gates.flat * size
    still[:-1] |= still[1:]
    gain = np.where(still, np.nan_to_num(should.off(reading) ** 2), _NEVER)
    start, stop = (int(edge[0]) for edge in best_stretch(gain[None]))
    if stop - start >= gates.least_steps:
        mended = reading.copy()
        mended[start:stop] = should.middle[start:stop]
        yield stretched("dead", reading, mended, should, factor=0.0)


_FAULTS: dict[Kind, Callable[[Array, Range, Gates], Iterator[Mending]]] = {
    "sign": _sign,
    "lag": _lag,
    "scale": _scale,
    "dead": _dead,
}

"""What all instruments show, and how single values or stretches of it are drawn to be struck.

Here must not live: any particular fault.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.campus.contract import Tag
from pipelines.simulator.faults.labels import Label
from pipelines.simulator.faults.strike import Strike
from pipelines.simulator.signals import Signal, Signals
from pipelines.simulator.span import Array, Mask, Span

DAY_S = 86_400
_LONGEST_TRY = 200


@dataclass(frozen=True, slots=True)
class Instruments:
    """What all instruments show.

    Attributes:
        signals: The series, as earlier faults left them.
        tags: (device, column) → tag, of everything that some feed delivers.
        sites: Device → site.
        span: The simulated time.
    """

    signals: Signals
    tags: dict[tuple[str, str], Tag]
    sites: dict[str, str]
    span: Span

    def of(self, hit: Strike, columns: Sequence[str]) -> list[tuple[str, str]]:
        """The delivered series of some columns that the fault may strike."""
        return [
            key
            for key in sorted(self.signals.keys() & self.tags.keys())
            if key[1] in columns and hit.wanted.concerns(".".join(key))
        ]

    def starts(self, key: tuple[str, str]) -> list[int]:
        """Interval starts of a series [s since 1970 UTC]."""
        first, each = int(self.span.start.timestamp()), self.signals[key].interval_s
        return list(range(first, int(self.span.end.timestamp()), each))


SignalStrike = Callable[[Strike, Instruments], Signals]
"""What an instrument's fault does: the series that are different."""


def points(
    hit: Strike,
    shown: Instruments,
    columns: Sequence[str],
    fits: Callable[[Array], Mask],
    false: Callable[[Strike, Array, Array], Array],
) -> Signals:
    """Single values: those that fit are drawn among all series, and become `false(hit, values, series)`."""
    keys = shown.of(hit, columns)
    drawn = hit.choose([fits(shown.signals[key].values) for key in keys]) if keys else []
    changed: Signals = {}
    for key, places in zip(keys, drawn, strict=True):
        starts, values = shown.starts(key), shown.signals[key].values.copy()
        at = np.array([n for n in places if hit.labels.is_free(key[0], starts[n], starts[n])], dtype=np.int64)
        values[at] = false(hit, values[at], values)
        for n in at:
            hit.labels.add(Label(hit.name, starts[n], starts[n], *key))
        changed[key] = replace(shown.signals[key], values=values)
    return changed


def stretches(
    hit: Strike,
    shown: Instruments,
    columns: Sequence[str],
    seconds: int,
    fits: Callable[[Array], bool],
    each_s: int = 0,
) -> Iterator[tuple[tuple[str, str], slice]]:
    """Stretches of free series that fit, as many as the rate says; they begin at multiples of `each_s`.

    Where that is a day, no other instrument of the site has a fault that lasts the same day: the balance of
    a day can name one meter.
    """
    keys = shown.of(hit, columns)
    days = shown.span.steps * shown.span.interval_s / DAY_S
    wanted = hit.wanted.count_of(len(keys) * days) if keys else 0
    for _ in range(wanted):
        days_off = {
            (shown.sites[label.device_id], label.from_s) for label in hit.labels.found if label.lasts_a_day
        }
        for _ in range(_LONGEST_TRY):
            key = keys[int(hit.rng.integers(len(keys)))]
            signal = shown.signals[key]
            length, each = seconds // signal.interval_s, max(1, each_s // signal.interval_s)
            count = shown.span.steps * shown.span.interval_s // signal.interval_s
            first = each * int(hit.rng.integers(max(1, (count - length) // each + 1)))
            part, starts = slice(first, first + length), shown.starts(key)[first : first + length]
            is_whole = len(starts) == length and length > 1
            if (
                not is_whole
                or (each_s and (shown.sites[key[0]], starts[0]) in days_off)
                or not fits(signal.values[part])
            ):
                continue
            if hit.labels.is_free(key[0], starts[0], starts[-1]):
                hit.labels.add(Label(hit.name, starts[0], starts[-1], *key, count=length))
                yield key, part
                break


def with_part(signal: Signal, part: slice, values: Array | float) -> Signal:
    """A series with other values in a part of it."""
    copy = signal.values.copy()
    copy[part] = values
    return replace(signal, values=copy)

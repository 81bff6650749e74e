"""Faults of registers: resets, zeros, rollovers.

Here must not live: gauges (`signals`).
"""

from collections.abc import Iterator
from dataclasses import replace

from pipelines.campus.contract import COLUMNS
from pipelines.campus.units import conversion
from pipelines.simulator.faults.instruments import Instruments, SignalStrike, stretches, with_part
from pipelines.simulator.faults.strike import Strike
from pipelines.simulator.signals import Signals


def _registers(hit: Strike, shown: Instruments, last: int) -> Iterator[tuple[tuple[str, str], int]]:
    """Registers and the edge at which they are struck; the label holds `last` intervals around it."""
    columns = [column for device, column in shown.signals if shown.signals[device, column].is_register]
    edges = 2 * shown.span.interval_s
    for key, part in stretches(hit, shown, columns, edges, lambda values: bool(values[0] < values[-1])):
        hit.labels.found[-1].count = last
        hit.labels.found[-1].to_s = shown.starts(key)[part.start + last - 1]
        yield key, part.start + 1


def _counter_reset(hit: Strike, shown: Instruments) -> Signals:
    changed = dict(shown.signals)
    for key, edge in _registers(hit, shown, 1):
        values = changed[key].values
        changed[key] = with_part(changed[key], slice(edge, None), values[edge:] - values[edge])
    return changed


def _counter_zero(hit: Strike, shown: Instruments) -> Signals:
    changed = dict(shown.signals)
    for key, edge in _registers(hit, shown, 2):
        changed[key] = with_part(changed[key], slice(edge, edge + 1), 0.0)
    return changed


def _counter_rollover(hit: Strike, shown: Instruments) -> Signals:
    changed = dict(shown.signals)
    for key, edge in _registers(hit, shown, 1):
        tag, values = shown.tags[key], changed[key].values
        if tag.counter is None or tag.counter.rollover is None:
            hit.labels.found.pop()
            continue
        factor, _ = conversion(tag.unit, COLUMNS[tag.column][1].unit)
        modulus = tag.counter.rollover * float(factor)
        middle = (values[edge - 1] + values[edge]) / 2
        changed[key] = replace(changed[key], values=(values - middle + modulus) % modulus)
    return changed


REGISTERS: dict[str, SignalStrike] = {
    "counter_reset": _counter_reset,
    "counter_zero": _counter_zero,
    "counter_rollover": _counter_rollover,
}
"""Fault → its strike."""

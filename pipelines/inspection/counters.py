"""Whether a column is a register that only counts up.

Told by a name of energy or of a register, and by how seldom the values fall. Here must not live: increments.
"""

import re

import polars as pl

from pipelines.inspection.guess import Guess, sure, unsure

COUNTING = re.compile(r"kwh|mwh|\bwh\b|register|counter|total|energy|accum|lifetime", re.IGNORECASE)
ENERGY = ("kWh", "MWh", "Wh")
FEW, MANY = 6, 20
"""Steps below which nothing is told, and rises above which a register is sure."""
RARELY, AT_TIMES, OFTEN = 0.001, 0.02, 0.15
"""Shares of falls: resets of a register; perhaps resets; perhaps energy of the interval."""
LIVELY = 0.2
"""Share of rises of a register that surely counts."""


def counter_of(name: str, unit: Guess, steps: pl.Series) -> Guess:
    """Whether a column is a register.

    Args:
        name: Its name.
        unit: Its unit.
        steps: Differences between neighbours of one device, in the order of the stamps.
    """
    falls, rises = int((steps < 0).sum()), int((steps > 0).sum())
    told = f"{rises} rises, {falls} falls"
    if not COUNTING.search(name.replace("_", " ")) and unit.value not in ENERGY:
        if falls == 0 and rises > MANY:
            return unsure(value=False, evidence=f"{told}, but the name is not that of a register")
        return sure(value=False, evidence=f"{told}, and not the name of a register")
    if len(steps) < FEW or falls + rises == 0:
        return unsure(value=False, evidence=f"{told}: too few to tell")
    share = falls / len(steps)
    if share <= RARELY and rises > MANY and rises > LIVELY * len(steps):
        return sure(value=True, evidence=told)
    if share <= AT_TIMES:
        return unsure(value=True, evidence=told)
    if share <= OFTEN:
        why = f"{told}: energy of the interval, or a register that often starts anew"
        return unsure(value=False, evidence=why)
    return sure(value=False, evidence=told)

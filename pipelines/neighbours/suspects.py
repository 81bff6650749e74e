"""Which one meter explains the day.

A fault is believed for what it explains. Where a reading and its witness contradict each other, the
balance says which of them lies: undoing the liar's fault lowers the residual, undoing the other's
raises it; where the balance says nothing, further witnesses of the device decide.
Here must not live: how a fault is recognised (`mending`), thresholds (`Gates`).
"""

from dataclasses import dataclass, replace
from math import log10

import numpy as np

from pipelines.neighbours.devices import Day
from pipelines.neighbours.gates import Gates
from pipelines.neighbours.hearing import BALANCE, Effect, Testimony, hear, open_steps
from pipelines.neighbours.mending import Mending, compare
from pipelines.neighbours.misfit import misfit

_NOTHING = 0.1
"""Misfit that is no misfit at all."""

_UNIT_MISTAKEN = 0.05
"""Distance from a power of ten within which a unit was mistaken."""

_NEAREST = ("register", "second_meter", "fuel", "charge", "like_blocks", "like_oxygen", "like_nox")
"""Witnesses, the most exact one first."""

_POWER, _UNDECIDED, _WITNESS, _OTHER_COLUMN = range(4)


@dataclass(frozen=True, slots=True)
class Suspect:
    """The verdict of a day.

    Attributes:
        device_id: The device; None where none stands out.
        reason: What is wrong, or why nobody is named; None where nothing is wrong.
        column: Column that is wrong, or two, where it cannot be told which.
        mending: The fault.
        tests: Tests that speak for it.
    """

    device_id: str | None = None
    reason: str | None = None
    column: str | None = None
    mending: Mending | None = None
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Accusation:
    """A fault that speaks for itself: the less `rank`, the nearer to the balance."""

    device_id: str
    column: str
    mending: Mending
    effect: Effect
    outside: int
    tests: tuple[str, ...]
    rank: int


def judge(day: Day, gates: Gates) -> tuple[list[Testimony], Suspect]:
    """All tests of a site and local day, and the one meter that explains it."""
    heard = hear(day, gates)
    accusations = [accusation for row in heard if (accusation := _accuse(row, heard, gates))]
    is_open = open_steps(day) >= gates.least_steps
    if is_open:
        explaining = [a for a in accusations if a.rank <= _UNDECIDED and a.effect.day >= gates.explained]
        if explaining:
            best = min(explaining, key=lambda a: (-round(a.effect.day, 1), _nearness(a), a.device_id))
            return heard, _named(_sharpened(best, heard), accusations, gates)
        suspect = _by_balance(day, heard, gates)
        if suspect:
            return heard, suspect
    if accusations:
        return heard, _worst(accusations, gates)
    return heard, Suspect(reason="no_single_meter_explains_it" if is_open else None)


def _accuse(row: Testimony, heard: list[Testimony], gates: Gates) -> _Accusation | None:
    """What follows from one test of the device's own witnesses."""
    witness, device, mending = row.witness, row.device, row.comparison.mending
    if witness.test == BALANCE or row.comparison.verdict in ("untested", "agrees"):
        return None
    guilt = -1 if mending is None else 1 if not row.is_of_power else _guilt(row, heard, gates)
    column, rank = witness.column, _POWER if row.is_of_power else _OTHER_COLUMN
    if guilt == 0:
        rank = _UNDECIDED
        column = f"{column} or {witness.against}" if witness.counter else column
    if guilt < 0:
        rank, column = _WITNESS, witness.against
        mending = compare(*witness.counter, gates, witness.kinds).mending if witness.counter else None
    if mending is None:
        return None
    tests = (witness.test,)
    return _Accusation(device.device_id, column, mending, row.effect, row.comparison.outside, tests, rank)


def _guilt(row: Testimony, heard: list[Testimony], gates: Gates) -> int:
    """Positive: the reading is wrong; negative: its witness is; 0: nobody can tell."""
    share = row.effect.stretch
    if abs(share) >= gates.tells:
        return 1 if share > 0 else -1
    return _vote(row, heard)


def _vote(row: Testimony, heard: list[Testimony]) -> int:
    """Other witnesses of the device that see the same fault, less those that rule it out."""
    assert row.comparison.mending is not None
    kind = row.comparison.mending.kind
    others = [other.comparison.verdict for other in heard if other.is_own_of(row.device) and other is not row]
    ruled_out = [
        other.comparison.verdict == "agrees" and kind in other.witness.clears
        for other in heard
        if other.is_own_of(row.device)
    ]
    return others.count(kind) - sum(ruled_out)


def _by_balance(day: Day, heard: list[Testimony], gates: Gates) -> Suspect | None:
    """The counted meter whose fault alone brings the balance into its band.

    A dead meter could have read anything, so it is believed only where no other fault fits.
    """
    found = []
    for row in heard:
        mending = row.comparison.mending
        if row.witness.test == BALANCE and mending and _is_believable(row, mending, heard, gates):
            left = misfit(day, row.device, mending.mended)
            if mending.kind == "dead" or left <= gates.misfit:
                found.append((left, row, mending))
    found = [one for one in found if one[2].kind != "dead"] or found
    if not found:
        return None
    least, row, best = min(found, key=lambda one: (one[0], one[1].device.device_id))
    close = gates.distinct * max(least, _NOTHING)
    rivals = [other.device.device_id for left, other, _ in found if left <= close]
    if len(rivals) > 1:
        return _ambiguous(rivals)
    return Suspect(row.device.device_id, reason_of(best, gates), row.witness.column, best, (BALANCE,))


def _is_believable(row: Testimony, mending: Mending, heard: list[Testimony], gates: Gates) -> bool:
    """Whether the device could have had the mended power, and none of its witnesses rules the fault out."""
    if not row.device.is_possible(mending.mended, row.witness.should.band, gates):
        return False
    clearing = [
        other.witness.should.outside(mending.mended)
        for other in heard
        if other.is_own_of(row.device)
        and other.comparison.verdict == "agrees"
        and mending.kind in other.witness.clears
    ]
    return all(outside < gates.least_steps for outside in clearing)


def _worst(accusations: list[_Accusation], gates: Gates) -> Suspect:
    """The accusation nearest to the balance, then the one that lasts longest."""
    least = min(accusation.rank for accusation in accusations)
    ranked = sorted(
        (a for a in accusations if a.rank == least), key=lambda a: (_nearness(a), -a.outside, a.device_id)
    )
    worst = ranked[0]
    alike = sorted(
        {a.device_id for a in ranked if (a.column, a.mending.kind) == (worst.column, worst.mending.kind)}
    )
    if least != _POWER and len(alike) > 1:
        return _ambiguous(alike)
    return _named(worst, accusations, gates)


def _nearness(accusation: _Accusation) -> int:
    return _NEAREST.index(accusation.tests[0])


def _named(worst: _Accusation, accusations: list[_Accusation], gates: Gates) -> Suspect:
    same = [
        a
        for a in accusations
        if (a.device_id, a.rank, a.mending.kind) == (worst.device_id, worst.rank, worst.mending.kind)
    ]
    tests = [test for accusation in same for test in accusation.tests]
    if worst.effect.stretch >= gates.tells:
        tests.append(BALANCE)
    reason = reason_of(worst.mending, gates)
    if worst.rank != _POWER:
        reason = f"{reason} of {worst.column}"
    return Suspect(worst.device_id, reason, worst.column, worst.mending, tuple(dict.fromkeys(tests)))


def _sharpened(accusation: _Accusation, heard: list[Testimony]) -> _Accusation:
    """The same fault as the balance sees it, where that is a nearer look than the fuel's."""
    if accusation.tests != ("fuel",):
        return accusation
    kind = accusation.mending.kind
    nearer = [
        replace(accusation, mending=row.comparison.mending, effect=row.effect)
        for row in heard
        if row.device.device_id == accusation.device_id
        and row.witness.test == BALANCE
        and row.comparison.mending is not None
        and row.comparison.verdict == kind
        and row.effect.day > accusation.effect.day
    ]
    return nearer[0] if nearer else accusation


def _ambiguous(device_ids: list[str]) -> Suspect:
    return Suspect(reason=f"ambiguous: {', '.join(sorted(device_ids))}")


def reason_of(mending: Mending, gates: Gates) -> str:
    """A fault in a word: `sign`, `dead`, `scale ×0.9`, `lag +60 min`."""
    if mending.kind == "scale":
        return f"scale ×{_rounded(mending.factor):g}"
    if mending.kind == "lag":
        return f"lag {mending.lag_steps * gates.step_min:+g} min"
    return mending.kind


def _rounded(factor: float) -> float:
    """A power of ten where it is within 5 % of one: then a unit was mistaken; else two digits."""
    exponent = round(log10(abs(factor)))
    if exponent and abs(abs(factor) / 10.0**exponent - 1) <= _UNIT_MISTAKEN:
        return float(np.copysign(10.0**exponent, factor))
    return float(f"{factor:.2g}")

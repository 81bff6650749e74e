"""Checks of one column, narrower than what is plausible for its kind.

Here must not live: applying them (`cleaning`).
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.campus.durations import Duration
from pipelines.campus.naming import COLUMNS
from pipelines.campus.strict import Number, Strict, Whole
from pipelines.kinds import KINDS


class Stuck(Strict):
    """A value that stays the same for at least `after` is not a measurement."""

    after: Duration
    """How long a value may stay the same."""
    companion: str | None = None
    """Only while this column of the same device moves; without it, always."""
    companion_moves: Annotated[Number, Field(ge=0)] = 0.0
    """By more than this [canonical unit] within the run; a companion that is stuck counts as moving."""


class Zeros(Strict):
    """Exact zeros that last at least `after` are missing values."""

    after: Duration
    """How long a value may be exactly 0."""
    companion: str | None = None
    """Only while this column of the same device is not 0; without it, always."""


class Spike(Strict):
    """A value far from the two records before and after it, which agree with each other, is none."""

    jump: Annotated[Number, Field(gt=0)] | None = None
    """By more than this [canonical unit] from their median, and they agree within half of it."""
    share: Annotated[Number, Field(gt=0)] | None = None
    """The same as a share of their median; where both are given, the larger counts."""

    @model_validator(mode="after")
    def _some(self) -> "Spike":
        if self.jump is None and self.share is None:
            raise ValueError("give `jump`, `share` or both")
        return self


class UnitRun(Strict):
    """Values a thousand times above or below their own neighbourhood are in another unit."""

    within: Duration
    """How far the neighbourhood reaches to either side; runs shorter than this are found."""


class Straight(Strict):
    """Values on an exact, rising or falling line were interpolated by the source."""

    records: Annotated[Whole, Field(ge=3)] = 4
    """How many records between two honest ones are no chance."""
    tolerance: Annotated[Number, Field(ge=0)] = 0.0
    """How far the source's rounding takes a value off the line [canonical unit]."""
    coarse: Annotated[Whole, Field(ge=20)] | None = None
    """How many records on a line of steps below its rounding are no chance; None: such lines are not told."""


class Needs(Strict):
    """A value that cannot be while another column of the same device is 0."""

    column: str
    """The other column."""
    above: Annotated[Number, Field(ge=0)] = 0.0
    """Only values above this [canonical unit] contradict it."""


class Check(Strict):
    """Checks of one column, in canonical units, narrower than the kind's plausible range."""

    low: Number | None = None
    """Smallest plausible value."""
    high: Number | None = None
    """Largest plausible value."""
    null_numbers: tuple[Number, ...] = ()
    """Numbers that mean missing in this column, in units of the source."""
    off_below: Annotated[Number, Field(gt=0)] | None = None
    """|value| below this is the noise of a device that is off and becomes 0."""
    stuck: Stuck | None = None
    """When a value that stays the same is no measurement."""
    zeros_are_missing: Zeros | None = None
    """When zeros are no measurement."""
    spike: Spike | None = None
    """When a value that stands out is no measurement."""
    unit_suspect: UnitRun | None = None
    """When a run of values is in another unit; beyond a device's nameplate it is found without asking."""
    interpolated: Straight | None = None
    """When values on a line count as substituted."""
    without: tuple[Literal["stuck", "zeros_are_missing", "spike", "unit_suspect"], ...] = ()
    """Checks that hold without asking (docs/methods/cleaning.md) and not here."""
    needs: Needs | None = None
    """What a value contradicts; it is kept, with a finding."""

    @model_validator(mode="after")
    def _ordered(self) -> "Check":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` is above `high`")
        return self


_DEMAND = Check.model_validate(
    {
        "stuck": {"after": "6h"},
        "zeros_are_missing": {"after": "1min"},
        "spike": {"share": 0.25},
        "unit_suspect": {"within": "24h"},
    }
)
DEFAULTS = {"demand_mw": _DEMAND, "demand_adjusted_mw": _DEMAND}
"""Checks that hold unless a feed gives its own or does without: where no honest source can be accused.

The demand of a utility system is never 0, never the same for six hours, never a quarter away from the hours
on both sides of it, and never a thousandth of what it is that day. No other column is safe without asking: a
campus stands still and steps.
"""


def effective_check(name: str, declared: Check | None) -> Check:
    """The checks of a column: what the feed declares, else what holds without asking."""
    default = DEFAULTS.get(name, Check())
    if declared is None:
        return default
    given = {key: getattr(declared, key) for key in declared.model_fields_set}
    return default.model_copy(update=dict.fromkeys(declared.without) | given)


def reach_s(name: str, checks: Mapping[str, Check], interval_s: int) -> int:
    """How far the checks of a column look from a value to either side [s]."""
    check = effective_check(name, checks.get(name))
    reaches = [0]
    if check.stuck:
        companion = check.stuck.companion
        other = effective_check(companion, checks.get(companion)).stuck if companion else None
        reaches.append(check.stuck.after + (other.after if other else 0))
    if check.zeros_are_missing:
        reaches.append(check.zeros_are_missing.after)
    if check.spike:
        reaches.append(SPIKE_RECORDS * interval_s)
    if check.unit_suspect:
        reaches.append(check.unit_suspect.within)
    if check.interpolated:
        reaches.append((max(check.interpolated.records, check.interpolated.coarse or 0) + 1) * interval_s)
    return max(reaches)


SPIKE_RECORDS = 4
"""How many intervals from a value the neighbours of a spike may be."""


def fit_check(name: str, check: Check) -> None:
    """A check may narrow what is plausible for the kind, not widen it."""
    if name not in COLUMNS:
        raise ValueError(f"checks: {name!r} is not a column of any kind; see docs/columns.md")
    kind, column = COLUMNS[name]
    if not column.is_number:
        raise ValueError(f"checks: {name} is a code; it has no range")
    low, high = column.low, column.high
    if low is not None and check.low is not None and check.low < low:
        raise ValueError(f"checks: {name}: low is below {low:g}, the smallest plausible value of the kind")
    if high is not None and check.high is not None and check.high > high:
        raise ValueError(f"checks: {name}: high is above {high:g}, the largest plausible value of the kind")
    others = (
        check.stuck.companion if check.stuck else None,
        check.zeros_are_missing.companion if check.zeros_are_missing else None,
        check.needs.column if check.needs else None,
    )
    by_name = KINDS[kind].by_name
    for other in others:
        if other is not None and (other not in by_name or not by_name[other].is_number):
            raise ValueError(f"checks: {name}: the companion {other!r} is no column of numbers of {kind}")

"""Checks of one column, narrower than what is plausible for its kind.

Here must not live: applying them (`cleaning`).
"""

from typing import Annotated

from pydantic import Field, model_validator

from pipelines.campus.durations import Duration
from pipelines.campus.naming import COLUMNS
from pipelines.campus.strict import Number, Strict
from pipelines.kinds import KINDS


class Stuck(Strict):
    """A value that stays the same for at least `after` is not a measurement."""

    after: Duration
    """How long a value may stay the same."""
    companion: str | None = None
    """Only while this column of the same device moves; without it, always."""
    companion_moves: Annotated[Number, Field(ge=0)] = 0.0
    """By more than this [canonical unit] within the run."""


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

    @model_validator(mode="after")
    def _ordered(self) -> "Check":
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` is above `high`")
        return self


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
    if check.stuck and check.stuck.companion and check.stuck.companion not in KINDS[kind].by_name:
        raise ValueError(f"checks: {name}: the companion {check.stuck.companion!r} is no column of {kind}")

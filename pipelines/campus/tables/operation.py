"""How the campus is run: dispatch, contingencies, demand response, what a person logged, peaks of the system.

Here must not live: what may be imported (`metering`).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.campus.identifiers import Identifier
from pipelines.campus.tables.row import Day, Instant, NotNegative, Positive, Row


class SystemPeak(Row):
    """A published peak of a utility system."""

    key = ("system_id", "period")
    system_id: Identifier
    period: str = Field(description="year, month or 'record', as published")
    peak_at: Instant | None = None
    mw: Positive
    includes_campus: bool | None = None


class Contingency(Row):
    """What is lost and for how long; the batteries must carry it."""

    key = ("contingency_id",)
    contingency_id: str
    site_id: Identifier
    loses: Literal["grid", "largest_unit", "all_units"]
    duration_min: Positive
    soc_floor_pct: NotNegative
    discharge_efficiency: Annotated[Decimal, Field(gt=0, le=1)]


class DispatchParameter(Row):
    """How a site is dispatched in a scenario of the counterfactual."""

    key = ("site_id", "scenario")
    site_id: Identifier
    scenario: str
    k: Annotated[int, Field(ge=0)] = Field(description="units held in reserve without batteries")
    k_batt: Annotated[int, Field(ge=0)] = Field(0, description="reserve units the batteries replace")
    min_up_h: NotNegative = Field(description="shortest run of a unit, where its own minimum is not longer")
    start_min: NotNegative
    evidence: str
    min_down_h: NotNegative = Field(Decimal(0), description="shortest standstill of a unit")
    release_min: NotNegative = Field(
        Decimal(0),
        description="how long a unit is kept from the beginning of the last 5 minutes that needed it",
    )
    fitted_from: Day | None = Field(
        None, description="first day k and release_min were fitted on; empty: they are declared"
    )
    fitted_to: Day | None = Field(None, description="last of these days")
    grid_before_mw: NotNegative | None = Field(
        None, description="import allowed before the upgrade of the grid connection; empty: no attribution"
    )

    baseline_from: Day | None = Field(
        None,
        description="first day of a baseline without batteries at today's grid cap and fleet; empty: none",
    )
    baseline_to: Day | None = Field(None, description="its last day")

    @model_validator(mode="after")
    def _whole_periods(self) -> "DispatchParameter":
        for name in ("fitted", "baseline"):
            first, last = getattr(self, f"{name}_from"), getattr(self, f"{name}_to")
            if (first is None) != (last is None):
                raise ValueError(f"{name}_from and {name}_to stand together")
        return self


class DrProgramme(Row):
    """How a demand-response programme finds the baseline: X of the last Y similar days, and an adjustment."""

    key = ("programme_id", "day_type")
    programme_id: str
    system_id: Identifier
    day_type: Literal["weekday", "weekend", "any"] = Field(
        description="events the row is for, and days similar to them; a holiday is of the weekend; "
        "any: what has no row of its own"
    )
    selection: Literal["high", "mid", "all"] = Field(
        description="which X of the Y days, by their mean over the hours of the event"
    )
    chosen_days: Annotated[int, Field(gt=0)] = Field(description="X: days the baseline is the mean of [d]")
    similar_days: Annotated[int, Field(gt=0)] = Field(
        description="Y: similar days before the event that are looked at [d]"
    )
    look_back_days: Annotated[int, Field(gt=0)] = Field(
        45, description="how far before the event they may lie [d]"
    )
    adjustment: Literal["none", "additive", "ratio"] = Field(
        description="whether the baseline is moved to meet the hours before the event"
    )
    adjustment_low: Decimal | None = Field(None, description="least ratio, or shift in MW; empty: no limit")
    adjustment_high: Decimal | None = Field(None, description="largest ratio, or shift in MW")
    window_start_min: Annotated[int, Field(gt=0)] | None = Field(
        None, description="start of those hours, before that of the event [min]"
    )
    window_end_min: Annotated[int, Field(ge=0)] | None = Field(None, description="their end likewise [min]")
    response_limit_min: Positive | None = Field(
        None, description="time from the notice within which the reduction must be full [min]"
    )

    @model_validator(mode="after")
    def _chooses_days_it_has(self) -> "DrProgramme":
        spare = self.similar_days - self.chosen_days
        if spare < 0 or (self.selection == "all" and spare):
            raise ValueError("chosen_days must be at most similar_days, and equal to it for all")
        if self.selection == "mid" and spare % 2:
            raise ValueError("mid leaves out as many days above as below: the difference must be even")
        return self

    @model_validator(mode="after")
    def _adjusts_within_a_window(self) -> "DrProgramme":
        start, end = self.window_start_min, self.window_end_min
        if self.adjustment != "none" and (start is None or end is None or start <= end):
            raise ValueError("an adjustment needs window_start_min, and a window_end_min below it")
        if (
            self.adjustment_low is not None
            and self.adjustment_high is not None
            and self.adjustment_low > self.adjustment_high
        ):
            raise ValueError("adjustment_low is above adjustment_high")
        return self


class Holiday(Row):
    """A day that demand-response programmes of a utility system count as one of the weekend."""

    key = ("system_id", "holiday_on")
    system_id: Identifier
    holiday_on: Day
    name: str


class DrEvent(Row):
    """A demand-response call."""

    key = ("event_id",)
    event_id: str
    programme_id: str
    site_id: Identifier
    notice_at: Instant
    start_at: Instant
    end_at: Instant
    committed_mw: NotNegative

    @model_validator(mode="after")
    def _in_order(self) -> "DrEvent":
        if not self.notice_at <= self.start_at < self.end_at:
            raise ValueError("notice_at, start_at and end_at are not in this order")
        return self


class Event(Row):
    """An outage, test or other event that a person logged."""

    key = ("event_id",)
    event_id: str
    site_id: Identifier
    unit_id: Identifier | None = None
    kind: Literal["outage", "test", "maintenance", "startup", "shutdown", "malfunction"]
    start_at: Instant
    end_at: Instant
    corrective_action: str | None = Field(None, description="what was done about it")

"""The reference tables: one class a table, one CSV a table, one DuckDB table `reference.<name>`.

A row that is not a fact of its own carries the source it was taken from and the days it holds for.
Facts, limits and gates are rows here, never constants in code. Here must not live: reading CSV files
(`reference`), readings.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pipelines.campus.claimable import (
    fit_numbers,
    fit_slice,
    fit_thresholds,
    known_denominator,
    known_kpi,
)
from pipelines.campus.identifiers import Identifier
from pipelines.campus.zones import is_zone, offsets, write_offset

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|\+00:00)", re.ASCII)


def _iana(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"{name!r} is not an IANA time zone")
    return name


def _written_day(value: object) -> object:
    """Without this, pydantic would read `0` or `86400` as seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("write the day as 2025-12-31")
    return value


def _written_instant(value: object) -> object:
    if isinstance(value, str) and not _INSTANT.fullmatch(value):
        raise ValueError("write the instant in UTC, as 2025-12-31T18:00:00Z")
    return value


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset():
        raise ValueError("write the instant in UTC with a trailing Z")
    return value


Zone = Annotated[str, AfterValidator(_iana)]
Day = Annotated[date, BeforeValidator(_written_day)]
Instant = Annotated[datetime, BeforeValidator(_written_instant), AfterValidator(_utc)]
Positive = Annotated[Decimal, Field(gt=0)]
NotNegative = Annotated[Decimal, Field(ge=0)]
Chain = Literal["load_bin", "part75", "maximum_potential"]
"""A way to fill hours without data: best estimate, rules of Part 75, or the most that is possible."""


class Row(BaseModel):
    """A row that holds from `valid_from` (inclusive) to `valid_to` (exclusive)."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    key: ClassVar[tuple[str, ...]] = ()

    valid_from: Day | None = Field(None, description="first day the row holds; empty: always has")
    valid_to: Day | None = Field(None, description="first day it no longer holds; empty: still does")
    source: str = Field(description="where the row was taken from")

    @model_validator(mode="after")
    def _holds_some_day(self) -> "Row":
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_from is not before valid_to: the row never holds")
        return self


class Verified(Row):
    """A row that a person must have checked before anybody relies on it."""

    verified_by: str | None = Field(None, description="who checked the row against its source")
    verified_on: Day | None = Field(None, description="when")


class Site(Row):
    """A campus site, or an area whose demand or weather is read."""

    key = ("site_id",)
    site_id: Identifier
    kind: Literal["campus", "system", "area"] = Field(description="campus, utility system or weather area")
    name: str
    time_zone: Zone = Field(description="prevailing local time: permit, utility and user days")
    standard_offset: Annotated[str, Field(pattern=r"^[+-]\d\d:\d\d$")] = Field(
        description="local standard time without DST (Part 75 hours)"
    )
    starts_on: Day = Field(description="first UTC day of interest; readings before it are out of window")

    @model_validator(mode="after")
    def _whole_hours(self) -> "Site":
        """A UTC hour must lie within one local hour: every mart by the hour rests on it."""
        seen = offsets(self.time_zone, self.starts_on)
        if any(offset.total_seconds() % 3600 for offset in seen):
            raise ValueError(
                f"{self.time_zone} has offsets that are not whole hours "
                f"({', '.join(sorted(write_offset(offset) for offset in seen))}); "
                "sites with half-hour offsets are not supported yet"
            )
        known = sorted(write_offset(offset) for offset in seen)
        if self.standard_offset not in known:
            raise ValueError(
                f"standard_offset {self.standard_offset} is none of {self.time_zone}: {', '.join(known)}"
            )
        return self


class SiteSystem(Row):
    """Which utility system a campus belongs to."""

    key = ("site_id", "system_id")
    site_id: Identifier
    system_id: Identifier
    includes_campus: bool = Field(description="whether the system's demand includes the campus")


class SiteStation(Row):
    """Which weather station stands for a campus."""

    key = ("site_id", "station_id")
    site_id: Identifier
    station_id: Identifier


class Device(Row):
    """A thing that is read: meter, feeder, unit, block, pack, station, system."""

    key = ("device_id",)
    device_id: Identifier
    site_id: Identifier
    parent_id: Identifier | None = Field(None, description="the device it is part of: site → block → pack")
    kind: Literal["meter", "feeder", "unit", "block", "pack", "station", "system"]
    name: str
    nameplate_mw: NotNegative | None = Field(None, description="rated power [MW]")
    delivered_on: Day | None = None
    installed_on: Day | None = None
    commissioned_on: Day | None = Field(None, description="from this day on its readings are expected")
    retired_on: Day | None = Field(None, description="from this day on they no longer are")
    energy_mwh: Positive | None = Field(None, description="packs and blocks: rated energy [MWh]")
    energy_basis: Literal["dc", "ac"] | None = Field(None, description="side on which energy_mwh is rated")
    nsps_subpart: str | None = Field(None, description="units: KKKK, KKKKa")
    commenced_on: Day | None = Field(None, description="units: construction commenced")
    cycle: Literal["simple", "heat_recovery"] | None = None
    min_load_mw: NotNegative | None = None
    min_up_h: NotNegative | None = None
    cold_start_min: NotNegative | None = None
    peak_heat_input_mmbtu_h: Positive | None = Field(
        None, description="units: heat input at peak load, higher heating value [mmBtu/h]"
    )


class Meter(Row):
    """How a device's readings enter a sum."""

    key = ("meter_id", "quantity")
    meter_id: Identifier = Field(description="device whose readings it is about")
    site_id: Identifier
    quantity: Literal["grid", "load", "turbine", "battery", "aux", "xfmr_loss", "other_generation"]
    role: Literal["revenue", "check", "feeder"]
    boundary: str = Field(description="where it measures, in words")
    parent_id: Identifier | None = None
    counts_in_balance: bool = Field(description="whether its readings enter the site's sums")
    is_independent: bool = Field(True, description="false where the value is computed from other meters")
    loss_factor: NotNegative = Field(Decimal(1), description="factor to the point of connection")
    accuracy_pct: NotNegative | None = Field(None, description="accuracy class [% of reading]")
    full_scale_mw: Positive | None = None
    demand_interval_min: Annotated[int, Field(gt=0)] | None = Field(
        None, description="billing interval [min]"
    )


class GridCap(Row):
    """What may be imported over a connection, from an instant on."""

    key = ("site_id", "connection_id", "from_utc")
    site_id: Identifier
    connection_id: Identifier
    from_utc: Instant = Field(description="the cap holds from this instant until the next row's")
    cap_mw: NotNegative
    cap_mva: NotNegative | None = None
    reason: Literal["contract", "outage", "demand_response"]


class PermitLimit(Verified):
    """A limit of a permit or a rule; kpis.md §4."""

    key = ("limit_id",)
    limit_id: str
    site_id: Identifier | None = Field(None, description="site it binds; empty: all")
    scope: Literal["unit", "site"] = Field(
        description="whether it binds each unit or the site's units together"
    )
    pollutant: str | None = None
    counter: Literal["starts", "start_hours"] | None = Field(
        None, description="what is counted, for a limit on events"
    )
    value: NotNegative | None = Field(None, description="the limit; empty only where is_enabled is false")
    unit: str
    averaging: Literal[
        "4_operating_hours", "30_operating_days", "by_cycle", "12_months", "calendar_year", "unknown"
    ] = Field(
        description="by_cycle: 4 operating hours for a simple cycle, 30 operating days with heat recovery"
    )
    averaged_column: (
        Literal[
            "nox_ppm_15o2",
            "nox_ppm_15o2_capped",
            "nox_lb_per_mmbtu",
            "nox_lb_per_mmbtu_capped",
            "ppm_15o2",
            "short_tons",
        ]
        | None
    ) = Field(None, description="column of the hour (ppm_15o2: turbine_pollutant_hourly) or month")
    weighting: Literal["arithmetic", "heat_input"] | None = Field(None, description="of a window's hours")
    limit_decimals: Annotated[int, Field(ge=0, le=6)] | None = Field(
        None, description="decimals that is_exceedance_rounded rounds to"
    )
    rounding_rule: Literal["half_away_from_zero"] | None = None
    missing_rule: Chain | None = Field(None, description="how hours without data are filled; empty: unknown")
    sus_rule: Literal["included", "excluded"] | None = Field(
        None, description="hours with startup, shutdown or malfunction: in the averages or not"
    )
    startup_end_rule: Literal["load", "fixed_time", "scr_temperature"] | None = Field(
        None, description="what ends a start (parameters startup_end_…)"
    )
    counted_as: Literal["start_and_stop_are_one_event", "start_and_stop_are_two_events"] | None = None
    counts_from: Day | None = Field(None, description="first day whose mass or events count")
    basis: Literal["actual", "potential_to_emit"]
    standard_id: str | None = Field(
        None, description="rows of one standard: in each operating hour the most lenient that applies"
    )
    commenced_from: Day | None = Field(None, description="first day of devices.commenced_on that it binds")
    commenced_to: Day | None = Field(None, description="first such day that it no longer binds")
    min_valid_pct: NotNegative | None = Field(
        None, description="share of a window's operating hours that must be valid; empty: all [%]"
    )
    is_enabled: bool = True

    @model_validator(mode="after")
    def _binds_with_a_value(self) -> "PermitLimit":
        if self.is_enabled and self.value is None:
            raise ValueError("a limit that is enabled needs a value")
        return self


class LimitCondition(Row):
    """Where a limit applies: it does only while all its conditions hold."""

    key = ("limit_id", "quantity", "comparison")
    limit_id: str
    quantity: Literal[
        "nameplate_mw",
        "heat_input_mmbtu_h",
        "efficiency_pct",
        "capacity_factor_pct",
        "load_min_pct",
        "ambient_min_c",
    ] = Field(
        description="of the unit: nameplate, heat input and efficiency at peak load; "
        "of the 12 months before: capacity factor; of the hour: lowest load, lowest ambient temperature"
    )
    comparison: Literal["<", "<=", ">", ">="]
    value: Decimal


class LimitUnit(Row):
    """Which units count under a limit."""

    key = ("limit_id", "unit_id")
    limit_id: str
    unit_id: Identifier


class Monitoring(Verified):
    """How a unit's emissions are computed: formula, F-factor, diluent cap, what fills missing hours."""

    key = ("unit_id", "parameter")
    unit_id: Identifier
    parameter: Literal["nox", "heat_input", "co2", "co", "voc", "pm", "hap", "formaldehyde"]
    formula: str = Field(
        description="equation of kpis.md §3.1: 19-1, 19-3, 19-5, F-5, D-…; EF: emission factor × heat input"
    )
    factor_id: str | None = Field(None, description="F-factor or emission factor used")
    mpc_ppm: Positive | None = Field(None, description="maximum potential concentration [ppm]")
    is_diluent_cap_elected: bool = False
    diluent_cap_pct: Positive | None = Field(None, description="cap value [% O2 or % CO2]")
    moisture_basis: Literal["dry", "wet"] = Field("dry", description="where the source does not say")
    fuel_id: str | None = None
    flow_base: str | None = Field(None, description="base conditions of the fuel flow")
    load_bins: Annotated[int, Field(gt=0)] = Field(10, description="operating load ranges (Part 75)")
    certified_on: Day | None = Field(None, description="monitor certified; hours before do not count")
    control: Literal["scr"] | None = Field(None, description="add-on control of NOx")


class SubstitutionRule(Verified):
    """What stands for an hour without quality-assured data; kpis.md §5."""

    key = ("rule_id",)
    rule_id: Identifier
    chain: Chain = Field(
        description="rules that together fill every gap; the missing_rule of a limit names one"
    )
    parameter: Literal["nox", "co", "heat_input"]
    prior_from_h: NotNegative | None = Field(
        None, description="holds from so many quality-assured hours before the gap on [h]"
    )
    prior_below_h: Positive | None = Field(None, description="holds below so many such hours [h]")
    pma_from_pct: NotNegative | None = Field(None, description="holds from this monitor availability on [%]")
    pma_below_pct: Positive | None = Field(None, description="holds below this monitor availability [%]")
    gap_above_h: NotNegative | None = Field(
        None, description="holds for gaps longer than so many operating hours [h]"
    )
    gap_up_to_h: Positive | None = Field(None, description="holds for gaps of at most so many [h]")
    control: Literal["proven", "unproven"] | None = Field(
        None, description="holds where add-on control, if any, is proven to work, or is not; empty: both"
    )
    estimate: Literal["mean", "percentile", "maximum", "maximum_potential"] = Field(
        description="of the load range in the lookback; maximum_potential: of the unit"
    )
    percentile: Annotated[Decimal, Field(gt=0, lt=100)] | None = Field(
        None, description="rank of the percentile, interpolated between order statistics"
    )
    has_before_after: bool = Field(
        False,
        description="whether the mean of the hours before and after the gap stands in where it is greater",
    )
    lookback_h: Annotated[int, Field(gt=0)] | None = Field(
        None, description="quality-assured hours before the gap that are looked at [h]"
    )
    other_loads: Literal["next_higher", "all"] | None = Field(
        None, description="where the load range has no hour: the next higher one that has, or all together"
    )
    modc: Annotated[str, Field(pattern=r"^\d\d$")] | None = Field(
        None, description="method of determination code"
    )
    before_after_modc: Annotated[str, Field(pattern=r"^\d\d$")] | None = Field(
        None, description="code where the hours before and after stand in"
    )

    @model_validator(mode="after")
    def _looks_where_it_must(self) -> "SubstitutionRule":
        if (self.estimate == "maximum_potential") != (self.lookback_h is None):
            raise ValueError("every estimate but maximum_potential needs a lookback_h, that one has none")
        if (self.estimate == "percentile") != (self.percentile is not None):
            raise ValueError("a percentile belongs to the estimate percentile, and only there")
        return self


class FuelAnalysis(Row):
    """A sample of the fuel gas."""

    key = ("fuel_id", "sampled_at")
    fuel_id: str
    sampled_at: Instant
    gcv_btu_scf: Positive
    base_temperature: str
    base_pressure: str


class Factor(Verified):
    """A number of physics or of a rule."""

    key = ("factor_id",)
    factor_id: str
    value: float
    unit: str
    description: str
    method: Literal["permit_ef", "stack_test", "vendor", "ap42", "rule_ef"] | None = Field(
        None, description="emission factors: where such a factor comes from"
    )


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
    fitted_from: Day | None = Field(None, description="first day k was fitted on; empty: k is declared")
    fitted_to: Day | None = Field(None, description="last day k was fitted on")
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


class Claim(Row):
    """A public claim about the campus: a test of a KPI. All tests of one part must hold."""

    key = ("claim_id", "boundary", "part", "kpi", "denominator", "slice")
    claim_id: str
    boundary: Identifier = Field(description="site, or campus: all of them")
    part: str | None = Field(None, description="what has a verdict of its own; empty: the whole claim")
    statement: str
    kpi: Annotated[str, AfterValidator(known_kpi)] | None = Field(
        None, description="mart.column, of the list in docs/methods/claims.md; empty: none can test it"
    )
    stated_value: Positive | None = Field(
        None, description="amount that the claim itself states, in place of a KPI; it needs a denominator"
    )
    denominator: Annotated[str, AfterValidator(known_denominator)] | None = Field(
        None, description="what ratio_pct divides by: a column of the same mart, or the peaks of a system"
    )
    slice: str | None = Field(
        None, description="which rows, as column=value, where the mart has more than one a site and time"
    )
    aggregation: Literal["sum", "mean", "min", "max", "last", "ratio_pct"] | None = Field(
        None, description="over the rows of the period; ratio_pct: 100 × sum over sum"
    )
    period_rule: Literal["month", "year", "all"] = Field(
        "all", description="one verdict a local month, a year, or over all that is known"
    )
    confirmed_from: Decimal | None = Field(None, description="least value that confirms")
    confirmed_to: Decimal | None = Field(None, description="greatest value that confirms")
    refuted_below: Decimal | None = Field(None, description="values below it refute")
    refuted_above: Decimal | None = Field(None, description="values above it refute")
    is_strict: bool = Field(
        False, description="whether the ends themselves do not confirm, and those of refuting refute"
    )
    min_coverage_pct: Annotated[Decimal, Field(ge=0, le=100)] | None = Field(
        None, description="coverage below which nothing is decided; empty: coverage_gate_pct of parameters"
    )

    @model_validator(mode="after")
    def _can_be_tested(self) -> "Claim":
        tested = self.kpi or self.stated_value
        if not tested and (self.aggregation or self.denominator or self.slice):
            raise ValueError("an aggregation needs a kpi or a stated_value")
        if tested:
            fit_numbers(self.kpi, self.stated_value, self.denominator, self.aggregation)
            fit_slice(self.kpi or self.denominator or "", self.slice or "")
        fit_thresholds(
            bool(tested), self.confirmed_from, self.confirmed_to, self.refuted_below, self.refuted_above
        )
        return self


class GpuCount(Row):
    """How many GPUs a site runs, from a day on."""

    key = ("site_id", "model")
    site_id: Identifier
    gpus: Annotated[int, Field(ge=0)]
    model: str


class Connection(Row):
    """What `headroom connect` fetches from a public service, and for which feed."""

    key = ("service", "subject", "feed_id")
    service: Literal["eia930", "campd", "weather"]
    subject: str = Field(description="respondent, state or station, as the service writes it")
    feed_id: Identifier = Field(description="feed in whose landing folder the answers land")
    starts_on: Day | None = Field(None, description="first day to fetch; empty: first day of the feed's site")
    look_back_days: Annotated[int, Field(ge=0)] | None = Field(
        None, description="so long is asked again for restatements; empty: as the service restates"
    )


class Parameter(Row):
    """A gate or threshold chosen by the owner of the campus."""

    key = ("parameter_id",)
    parameter_id: str
    value: Decimal
    unit: str
    description: str
    owner: str
    decided_on: Day


TABLES: dict[str, type[Row]] = {
    "sites": Site,
    "site_systems": SiteSystem,
    "site_stations": SiteStation,
    "devices": Device,
    "meters": Meter,
    "grid_caps": GridCap,
    "permit_limits": PermitLimit,
    "limit_units": LimitUnit,
    "limit_conditions": LimitCondition,
    "monitoring_plan": Monitoring,
    "substitution_rules": SubstitutionRule,
    "fuel_analysis": FuelAnalysis,
    "factors": Factor,
    "system_peaks": SystemPeak,
    "contingencies": Contingency,
    "dispatch_parameters": DispatchParameter,
    "dr_programmes": DrProgramme,
    "holidays": Holiday,
    "dr_events": DrEvent,
    "events": Event,
    "claims": Claim,
    "gpu_counts": GpuCount,
    "connections": Connection,
    "parameters": Parameter,
}
"""Table name → row class, in the order of docs/columns.md."""

REQUIRED = ("sites", "devices", "meters", "parameters", "factors")
"""Tables without which there is no campus; the others may be absent and are then empty."""

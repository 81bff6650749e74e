"""What a permit allows, how emissions are computed, and what fills missing hours.

Here must not live: equations (dbt/macros), limits of the grid (`metering`).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.campus.identifiers import Identifier
from pipelines.campus.tables.row import Day, Instant, NotNegative, Positive, Row, Verified

Chain = Literal["load_bin", "part75", "maximum_potential"]
"""A way to fill hours without data: best estimate, rules of Part 75, or the most that is possible."""


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

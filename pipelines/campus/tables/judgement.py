"""What figures are judged by: gates of the owner, claims of others.

Here must not live: what a claim may name (`campus.claimable`).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from pipelines.campus.claimable import fit_numbers, fit_slice, fit_thresholds, known_denominator, known_kpi
from pipelines.campus.identifiers import Identifier
from pipelines.campus.tables.row import Day, Positive, Row


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


class Parameter(Row):
    """A gate or threshold chosen by the owner of the campus."""

    key = ("parameter_id",)
    parameter_id: str
    value: Decimal
    unit: str
    description: str
    owner: str
    decided_on: Day

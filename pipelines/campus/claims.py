"""Claims against the rest of the campus: boundaries that exist, tests that go together.

Here must not live: what one row must hold (`tables`), what it may name (`claimable`), verdicts (dbt/).
"""

from collections.abc import Iterator
from typing import cast

from pipelines.campus.claimable import adds_up
from pipelines.campus.refusal import Mistake
from pipelines.campus.tables import Claim, Row, Site

EVERYWHERE = "campus"
"""The boundary that holds all campus sites."""


def misfit_claims(tables: dict[str, list[Row]]) -> Iterator[Mistake]:
    """Rows of claims.csv that contradict the sites or each other."""
    sites = {row.site_id for row in cast("list[Site]", tables["sites"]) if row.kind == "campus"}
    periods: dict[tuple[str, str, str | None], str] = {}
    for number, row in enumerate(cast("list[Claim]", tables["claims"]), 1):
        place = f"row {number} ({row.claim_id}, {row.boundary})"
        if row.boundary not in {EVERYWHERE, *sites}:
            known = ", ".join([EVERYWHERE, *sorted(sites)])
            reason = f"{row.boundary!r} is no boundary"
            yield Mistake("claims.csv", place, "boundary", reason, f"Write {known}")
        part = (row.claim_id, row.boundary, row.part)
        if periods.setdefault(part, row.period_rule) != row.period_rule:
            reason = "the tests of one part have different periods"
            yield Mistake(
                "claims.csv", place, "period_rule", reason, f"Write {periods[part]}, or another part"
            )
        if row.boundary == EVERYWHERE and row.aggregation in ("min", "max") and row.kpi and adds_up(row.kpi):
            reason = f"{row.aggregation} of {row.kpi} over several sites, whose extremes need not coincide"
            yield Mistake("claims.csv", place, "aggregation", reason, "Name one site as the boundary")

"""What the figures say to what is claimed: `claim_check`, of the claims that these campuses make.

Written from docs/methods/claims.md; the figures are those of the other second opinions. Here must not
live: SQL, words.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from tests.oracle.campus import CLAIMS
from tests.oracle.exact import ZERO, amount, exact, quotient
from tests.oracle.holdings import battery_capability
from tests.oracle.power import Key, energy_balance_daily
from tests.oracle.resort import last_resort_daily
from tests.oracle.response import dr_performance
from tests.oracle.site import Row, Site


class Figure(NamedTuple):
    """A figure and the least and most that it may be; None where it has no end."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None


def claim_check(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for claim in CLAIMS:
        if claim["boundary"] == site.site_id:
            figure = FIGURES[claim["claim_id"]](site)
            yield (
                (claim["claim_id"], "all", site.site_id, None),
                {
                    "kpi": claim.get("kpi"),
                    "aggregation": claim.get("aggregation"),
                    "value": figure and amount(figure.value),
                    "low": figure and amount(figure.low),
                    "high": figure and amount(figure.high),
                    "verdict": _verdict(claim, figure),
                    "site_id": site.site_id,
                    "tests": 1,
                    "reason": None if figure else "no_kpi",
                },
            )


def _verdict(claim: Row, figure: Figure | None) -> str:
    if figure is None:
        return "not_testable"
    least, refuted = (exact(claim.get(name)) for name in ("confirmed_from", "refuted_below"))
    if least is not None and figure.low is not None and figure.low >= least:
        return "confirmed"
    if refuted is not None and figure.high is not None and figure.high < refuted:
        return "refuted"
    return "inconclusive"


def _within_meters(site: Site, quantity: str, value: Decimal) -> Figure:
    """Widened by the class of the least accurate of the counted meters of the quantity."""
    share = max(exact(meter["accuracy_pct"]) or ZERO for meter in site.counted[quantity]) / 100
    return Figure(value, value - abs(value) * share, value + abs(value) * share)


def _load(site: Site) -> Figure:
    return _within_meters(site, "load", sum((row["load_mwh"] for _, row in energy_balance_daily(site)), ZERO))


def _power(site: Site) -> Figure:
    """What was discharged is a lower bound of what could be."""
    shown = [r["max_discharge_15min_mw"] for (_, group, _), r in battery_capability(site) if group is None]
    return _within_meters(site, "battery", max(mw for mw in shown if mw is not None))._replace(high=None)


def _last_resort(site: Site) -> Figure:
    rows = [row for _, row in last_resort_daily(site)]
    needed, unknown, time = (
        sum((row[name] for row in rows), ZERO) for name in ("last_resort_h", "unknown_h", "turbine_h")
    )
    low, high = quotient(100 * needed, time), quotient(100 * (needed + unknown), time)
    return Figure(low or ZERO, low, high)


def _calls(site: Site) -> Figure:
    (row,) = (row for _, row in dr_performance(site))
    return Figure(row["full_pct"], row["full_pct"], row["full_pct"])


FIGURES = {
    "load": _load,
    "power": _power,
    "last-resort": _last_resort,
    "calls": _calls,
    "unheard": lambda _: None,
}
"""Claim → its figure; None where none can test it."""

"""What a call for demand response brought: `demand_response`, `dr_performance`.

Written from docs/methods/grid.md for the programme of these campuses: the mean of the last similar day,
of any type, with no adjustment and no time limit. No day of a call is red, no source of
its parts is missing in one that has a baseline. Here must not live: SQL.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from tests.oracle.clock import FIVE_MINUTES, HOUR, floor
from tests.oracle.exact import ZERO, amount, exact, quotient
from tests.oracle.outages import outages
from tests.oracle.power import Key, flows, is_present, mean_mw
from tests.oracle.site import Row, Site

INPUTS = ("grid", "battery", "turbine")
DAY = timedelta(days=1)
PARTS = ("by_battery", "by_turbine", "by_load")


def demand_response(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, from the notice to the end of each call."""
    for call in site.reference["dr_events"]:
        for at, row in _call(site, call["event_id"]).items():
            yield (site.site_id, call["event_id"], at), row


@lru_cache
def _call(site: Site, event_id: str) -> dict[datetime, Row]:
    call = _event(site, event_id)
    similar = similar_day(site, call)
    found, at = {}, floor(call["notice_at"], 300)
    while at < call["end_at"]:
        found[at] = _interval(site, call, at, similar)
        at += FIVE_MINUTES
    return found


def _event(site: Site, event_id: str) -> Row:
    return next(row for row in site.reference["dr_events"] if row["event_id"] == event_id)


def similar_day(site: Site, call: Row) -> date | None:
    """The last whole local day before that of the call that neither a call nor an outage touched."""
    calls = [(row["start_at"], row["end_at"]) for row in site.reference["dr_events"]]
    before = [day for day in site.days if day < site.clock.day(call["start_at"])]
    whole = [day for day in before if len(site.intervals(day)) * 300 == site.clock.seconds(day)]
    quiet = [
        day
        for day in whole
        if not any(
            begins < site.clock.midnight(day + DAY) and site.clock.midnight(day) < ends
            for begins, ends in calls
        )
        and not any(
            outage.touches(site.clock.midnight(day), site.clock.midnight(day + DAY))
            for outage in outages(site)
        )
    ]
    return max(quiet, default=None)


def _then(site: Site, call: Row, at: datetime, day: date) -> datetime:
    """The same time of a similar day, counted back from the midnight that ends it."""
    ends = site.clock.midnight(site.clock.day(call["start_at"]) + DAY)
    return site.clock.midnight(day + DAY) - (ends - at)


def _mw(site: Site, source: str, at: datetime) -> Decimal | None:
    flow = flows(site)[source].get(at)
    return None if flow is None else mean_mw(site, flow)


def _measured_pct(site: Site, at: datetime) -> Decimal:
    now = [flows(site)[source].get(at) for source in INPUTS]
    return min((amount(100 * f.measured / f.expected) or ZERO) if f else ZERO for f in now)


def _interval(site: Site, call: Row, at: datetime, similar: date | None) -> Row:
    grid, battery, turbine = (_mw(site, source, at) for source in INPUTS)
    then = None if similar is None else _then(site, call, at, similar)
    usual = {source: None if then is None else _mw(site, source, then) for source in INPUTS}
    has_base = usual["grid"] is not None and usual["battery"] is not None
    baseline = usual["grid"] + usual["battery"] if has_base else None
    reduction = None if baseline is None or grid is None else baseline - grid
    parts: list[Decimal | None] = [None, None, None]
    if None not in (reduction, battery, turbine, usual["turbine"]):
        more = turbine - usual["turbine"]
        parts = [battery, more, reduction - battery - more]
    read = [flow for instant in (at, then) if (flow := flows(site)["grid"].get(instant)) is not None]
    event_s = (min(at + FIVE_MINUTES, call["end_at"]) - max(at, call["start_at"])).total_seconds()
    reason = None
    if reduction is None:
        reason = "too_few_similar_days" if similar is None else "similar_day_incomplete"
        reason = reason if baseline is None else "missing_source:grid"
    covered = [_measured_pct(site, at)] + ([] if then is None else [_measured_pct(site, then)])
    return {
        "baseline_mw": baseline,
        "actual_mw": grid,
        "reduction_mw": reduction,
        **{f"{name}_mw": part for name, part in zip(PARTS, parts, strict=True)},
        "event_s": max(0, int(event_s)),
        "unadjusted_baseline_mw": baseline,
        "adjustment_value": None,
        "source_interval_s": max((f.source_interval_s for f in read if f.source_interval_s), default=None),
        "data_coverage_pct": amount(sum(covered, ZERO) / len(covered)),
        "reason": reason,
    }


def dr_performance(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for call in site.reference["dr_events"]:
        yield (site.site_id, call["event_id"]), _performance(site, call)


def _performance(site: Site, call: Row) -> Row:
    rows = _call(site, call["event_id"])
    within = [row for row in rows.values() if row["event_s"]]
    reason = next((row["reason"] for row in within if row["reason"]), None)
    length_s = int((call["end_at"] - call["start_at"]).total_seconds())
    committed = exact(call["committed_mw"])
    slowest = max((r["source_interval_s"] for r in within if r["source_interval_s"]), default=None)

    def mwh(column: str) -> Decimal | None:
        if reason or any(row[column] is None for row in within):
            return None
        return amount(sum((row[column] * row["event_s"] for row in within), ZERO) / 3600)

    reduction, by_battery, by_turbine = (
        mwh(f"{part}_mw") for part in ("reduction", "by_battery", "by_turbine")
    )
    is_split = None not in (reduction, by_battery, by_turbine)
    full_s = sum(row["event_s"] for row in within if _is_full(row, committed))
    rebound, rebound_reason = _rebound(site, call)
    covered = sum((row["data_coverage_pct"] * row["event_s"] for row in within), ZERO)
    return {
        "programme_id": call["programme_id"],
        "notice_at": call["notice_at"],
        "started_at": call["start_at"],
        "ended_at": call["end_at"],
        "committed_mw": committed,
        "reduction_mwh": reduction,
        "performance_pct": None
        if reduction is None
        else amount(quotient(100 * 3600 * reduction, committed * length_s)),
        "response_min": None if reason or (slowest or 0) > 300 else _response_min(call, rows, committed),
        "by_battery_mwh": by_battery,
        "by_turbine_mwh": by_turbine,
        "by_load_mwh": reduction - by_battery - by_turbine if is_split else None,
        "rebound_mwh": None if reason else rebound,
        "baseline_selection": "all 1 of 1",
        "adjustment": "none",
        "adjustment_value": None,
        "response_limit_min": None,
        "full_pct": None if reason else amount(Decimal(100 * full_s) / length_s),
        "is_in_time": None,
        "split_reason": reason,
        "rebound_reason": reason or rebound_reason,
        "source_interval_s": slowest,
        "data_coverage_pct": amount(covered / length_s),
        "reason": reason,
    }


def _is_full(row: Row, committed: Decimal) -> bool:
    return row["reduction_mw"] is not None and row["reduction_mw"] >= committed


def _response_min(call: Row, rows: dict[datetime, Row], committed: Decimal) -> Decimal | None:
    """From the notice to the first interval that is full and, before the start, stays so."""
    for at, row in rows.items():
        later = [other for then, other in rows.items() if at <= then < call["start_at"]]
        if _is_full(row, committed) and all(_is_full(other, committed) for other in later):
            return Decimal((at - call["notice_at"]) / timedelta(minutes=1))
    return None


def _rebound(site: Site, call: Row) -> tuple[Decimal | None, str | None]:
    """Charging in the 24 h after the call above that of 24 h of the similar day."""
    similar = similar_day(site, call)
    after = [call["end_at"] + n * FIVE_MINUTES for n in range(288)]
    if site.hours[-1] + HOUR < call["end_at"] + DAY:
        return None, "not_over"
    usual = [] if similar is None else site.intervals(similar)
    battery = flows(site)["battery"]
    for at in after + usual:
        if at not in battery or not is_present(site, battery[at]):
            return None, "missing_source:battery"
    charged = sum((battery[at].negative for at in after), ZERO) / 3600
    of_day = sum((battery[at].negative for at in usual), ZERO) / 3600
    return amount(charged - of_day * 86400 / site.clock.seconds(similar)), None

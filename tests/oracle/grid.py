"""How near import was to the cap: `grid_limits_daily`.

Written from docs/methods/grid.md. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.batteries import autonomy_5min, cap_mw, capability_mw, deliverable_mwh
from tests.oracle.clock import FIVE_MINUTES, floor
from tests.oracle.exact import ZERO, amount, exact, percentile, quotient
from tests.oracle.power import Key, flows, mean_mw
from tests.oracle.site import Row, Site

FASTEST_THAT_IS_HELD_S = 300


def import_mw(site: Site, at: datetime) -> Decimal | None:
    """Mean import of 5 minutes; None before and after what is known, and in a gap."""
    flow = flows(site)["grid"].get(at)
    return None if flow is None else mean_mw(site, flow)


def grid_limits_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for day in site.days:
        yield (site.site_id, day), _day(site, day)


def _day(site: Site, day: date) -> Row:
    intervals = site.intervals(day)
    now = [flows(site)["grid"][at] for at in intervals]
    known = {at: mw for at in intervals if (mw := import_mw(site, at)) is not None}
    slowest = max((f.source_interval_s for f in now if f.source_interval_s), default=None)
    is_slow = slowest is not None and slowest > FASTEST_THAT_IS_HELD_S
    seconds = site.clock.seconds(day)
    is_covered = len(known) * 300 * 100 >= seconds * site.parameters["coverage_gate_pct"]
    caps = [cap for at in intervals if (cap := cap_mw(site, at)) is not None]
    over = {at: mw - cap for at, mw in known.items() if (cap := cap_mw(site, at)) is not None}
    worst = max(over, key=lambda at: (over[at], -at.timestamp()), default=None)
    demands = demand_blocks(site, day)
    highest = max((mw for mw in demands.values() if mw is not None), default=None)
    length = int(site.counted["grid"][0]["demand_interval_min"])
    ramps = [
        abs(mw - before) / 5
        for at, mw in known.items()
        if (before := import_mw(site, at - FIVE_MINUTES)) is not None
    ]
    headrooms = [n1_headroom_mw(site, at) for at in intervals]
    safe = [mw for mw in headrooms if mw is not None]
    mean = quotient(sum(known.values(), ZERO), Decimal(len(known)))
    measured = sum((amount(100 * f.measured / f.expected) or ZERO for f in now), ZERO)
    reason = "source_too_slow" if is_slow else None
    has_sums = is_covered and not is_slow
    return {
        "import_max_mw": highest,
        "demand_interval_min": length,
        "cap_min_mw": min(caps, default=None),
        "cap_at_max_excess_mw": None if is_slow or worst is None else cap_mw(site, worst),
        "excess_mwh": amount(sum((max(mw, ZERO) for mw in over.values()), ZERO) / 12) if has_sums else None,
        "excess_min": Decimal(5 * sum(mw > 0 for mw in over.values()))
        if is_covered and not is_slow
        else None,
        "excess_max_mw": None if is_slow or worst is None else max(over[worst], ZERO),
        "load_factor": amount(quotient(mean, highest)) if is_covered else None,
        "ramp_max_mw_per_min": None if is_slow else amount(max(ramps, default=None)),
        "ramp_p99_mw_per_min": amount(percentile(ramps, Decimal("0.99"))) if has_sums else None,
        "ramp_interval_s": None if is_slow or slowest is None else 300,
        "n1_headroom_min_mw": min(safe, default=None),
        "is_bound": any(flow.covered < flow.expected for flow in now)
        or 0 < len(safe) < len(headrooms)
        or None in demands.values()
        or (slowest is not None and slowest > length * 60)
        or len(known) * 300 < seconds,
        "source_interval_s": slowest,
        "data_coverage_pct": amount(measured * 300 / seconds),
        "reason": reason if is_covered else "missing_source:grid",
    }


def demand_blocks(site: Site, day: date) -> dict[datetime, Decimal | None]:
    """Mean import of each billing interval; None where a part of it is missing."""
    length = int(site.counted["grid"][0]["demand_interval_min"])
    blocks: dict[datetime, list[Decimal | None]] = defaultdict(list)
    for at in site.intervals(day):
        blocks[floor(at, length * 60)].append(import_mw(site, at))
    return {
        start: amount(sum((mw for mw in values if mw is not None), ZERO) / len(values))
        if None not in values and len(values) * 5 == length
        else None
        for start, values in blocks.items()
    }


def n1_headroom_mw(site: Site, at: datetime) -> Decimal | None:
    """Supply after the worst of two losses, less the load; None where a part is unknown.

    Lost is either the largest of cap and running units, and batteries and the units whose start they bridge
    stand in; or the batteries, and nothing does.
    """
    now = {source: by[at] for source, by in flows(site).items()}
    mw = {source: mean_mw(site, flow) for source, flow in now.items()}
    battery, cap = _battery_mw(site, at), cap_mw(site, at)
    if None in mw.values() or battery is None or cap is None:
        return None
    units, load = now["turbine"], mw["load"] + mw["aux"]
    together = cap + units.running_mw
    left = together - max(cap, units.largest_running_mw)
    started = _started_mw(site, at, units.running_mw, load - left)
    return None if started is None else min(left + battery + started, together) - load


def _started_mw(site: Site, at: datetime, running_mw: Decimal, deficit_mw: Decimal) -> Decimal | None:
    """Units that stand still and that the batteries leave time to start; None where that is open."""
    units = [site.devices[meter["meter_id"]] for meter in site.counted["turbine"]]
    out = {
        event["unit_id"]
        for event in site.reference["events"]
        if event["kind"] in ("outage", "maintenance", "test")
        and event["start_at"] < at + FIVE_MINUTES
        and at < event["end_at"]
    }
    there = sum((exact(unit["nameplate_mw"]) for unit in units if unit["device_id"] not in out), ZERO)
    still = max(ZERO, there - running_mw)
    if not still or deficit_mw <= 0:
        return still
    power = capability_mw(site, at)
    if power is not None and power < deficit_mw:
        return ZERO
    carried = [deliverable_mwh(site, row, at) for row in site.reference["contingencies"]]
    if power is None or None in carried:
        return None
    start_min = max(exact(unit["cold_start_min"]) for unit in units)
    return still if 60 * min(carried) >= start_min * deficit_mw else ZERO


def _battery_mw(site: Site, at: datetime) -> Decimal | None:
    """Their power if they last as long as every contingency asks, else 0; None where one leaves it open."""
    answers = [_lasts(site, row, at) for row in site.reference["contingencies"]]
    if False in answers:
        return ZERO
    return None if None in answers else capability_mw(site, at)


def _lasts(site: Site, contingency: Row, at: datetime) -> bool | None:
    reason, minutes = autonomy_5min(site, contingency["contingency_id"])[at]
    if reason in ("no_deficit", "power_limited"):
        return reason == "no_deficit"
    required = exact(contingency["duration_min"])
    return None if reason or minutes is None or required is None else minutes >= required

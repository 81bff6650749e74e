"""What batteries did and what it served: `battery_daily`, `battery_energy_by_purpose_daily`.

Written from docs/methods/batteries.md. A key without a device is the site. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from tests.oracle.clock import FIVE_MINUTES, HOUR, floor
from tests.oracle.exact import ZERO, amount, exact, percentile, quotient, root, total
from tests.oracle.outages import is_outage
from tests.oracle.power import Key, balances_5min, flows, mean_mw, net_load_mw
from tests.oracle.site import Row, Site, mean, value

P05, P95 = Decimal("0.05"), Decimal("0.95")
PURPOSES = ("backup", "demand_response", "other", "peak", "recharge", "smoothing", "unknown")
Group = str | None


@dataclass
class Interval:
    """A block in 5 minutes; energies in MW·s."""

    charged: Decimal | None
    discharged: Decimal | None
    energy_s: int
    substituted_s: int
    is_register: bool
    soc_pct: Decimal | None
    lowest_soc_pct: Decimal | None
    highest_soc_pct: Decimal | None
    capability_mw: Decimal | None
    available_mwh: Decimal


@lru_cache
def block_intervals(site: Site, block: str) -> dict[datetime, Interval]:
    """Interval → what the block's readings say of it."""

    def has(*columns: str) -> dict[datetime, list]:
        return site.buckets(block, 300, lambda row: all(row[column] is not None for column in columns))

    power = has("battery_mw")
    registers = has("energy_charged_mwh", "energy_discharged_mwh")
    charge, capability = has("soc_pct"), has("available_discharge_mw")
    by_register = _hours_by_register(power, registers)
    shares = _available_shares(site, block)
    rated = exact(site.devices[block]["energy_mwh"]) or ZERO
    found = {}
    for at in sorted(power.keys() | registers.keys() | charge.keys() | capability.keys()):
        is_register = floor(at, 3600) in by_register
        pieces = (registers if is_register else power).get(at, [])
        socs = [value(row, "soc_pct") or ZERO for _, row in charge.get(at, [])]
        found[at] = Interval(
            charged=_energy(pieces, is_register, "energy_charged_mwh", -1),
            discharged=_energy(pieces, is_register, "energy_discharged_mwh", 1),
            energy_s=sum(s for s, _ in pieces),
            substituted_s=sum(s for s, row in power.get(at, []) if row["method"] == "substituted"),
            is_register=is_register,
            soc_pct=socs[0] if socs else None,
            lowest_soc_pct=min(socs, default=None),
            highest_soc_pct=max(socs, default=None),
            capability_mw=amount(mean(capability.get(at, []), "available_discharge_mw")),
            available_mwh=amount(rated * shares.get(floor(at, 3600), Decimal(1))) or ZERO,
        )
    return found


def _hours_by_register(power: dict[datetime, list], registers: dict[datetime, list]) -> set[datetime]:
    """Hours whose energy the registers give: they cover no less of it than power does."""
    seconds: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    for place, buckets in enumerate((power, registers)):
        for at, pieces in buckets.items():
            seconds[floor(at, 3600)][place] += sum(s for s, _ in pieces)
    return {hour for hour, (by_power, by_register) in seconds.items() if 0 < by_register >= by_power}


def _energy(pieces: list, is_register: bool, column: str, sign: int) -> Decimal | None:
    if not pieces:
        return None
    if is_register:
        increments = ((value(row, column) or ZERO) * s / row["interval_s"] for s, row in pieces)
        return sum((amount(increment) or ZERO for increment in increments), ZERO) * 3600
    powers = ((value(row, "battery_mw") or ZERO, s) for s, row in pieces)
    return sum((max(sign * mw, ZERO) * s for mw, s in powers), ZERO)


def _available_shares(site: Site, block: str) -> dict[datetime, Decimal]:
    """Hour → share of the packs' time, weighted by their energy, with the status available."""
    known: dict[datetime, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for pack in _packs(site, block):
        weight = exact(pack["energy_mwh"]) or ZERO
        for at, pieces in site.buckets(pack["device_id"], 300, lambda row: row["status"] is not None).items():
            for seconds, row in pieces:
                hour = known[floor(at, 3600)]
                hour[0] += weight * seconds * (row["status"] == "available")
                hour[1] += weight * seconds
    return {hour: available / of for hour, (available, of) in known.items()}


def _packs(site: Site, block: str) -> list[Row]:
    return [row for row in site.devices.values() if row["kind"] == "pack" and row["parent_id"] == block]


def _blocks(site: Site, group: Group) -> list[str]:
    counted = [meter["meter_id"] for meter in site.counted["battery"]]
    return counted if group is None else [group]


def _number(site: Site, block: str, column: str) -> Decimal:
    return exact(site.devices[block][column]) or ZERO


def _is_nearly_all(site: Site, known: Decimal, expected: Decimal) -> bool:
    return (expected - known) * 100 <= expected * site.parameters["absent_nameplate_gate_pct"]


def _covers(site: Site, seconds: Decimal | int, of: Decimal | int) -> bool:
    return seconds * 100 >= of * site.parameters["coverage_gate_pct"]


# --- a block or the site in five minutes --------------------------------------------------------


@lru_cache
def group_soc_pct(site: Site, group: Group) -> dict[datetime, Decimal | None]:
    """State of charge, weighted by the energy of the available packs; None where too little is known."""
    weighted: dict[datetime, Decimal] = defaultdict(Decimal)
    weight: dict[datetime, Decimal] = defaultdict(Decimal)
    known: dict[datetime, Decimal] = defaultdict(Decimal)
    for block in _blocks(site, group):
        for at, interval in block_intervals(site, block).items():
            known[at] += 0
            if interval.soc_pct is not None:
                weighted[at] += interval.soc_pct * interval.available_mwh
                weight[at] += interval.available_mwh
                known[at] += _number(site, block, "energy_mwh")
    rated = sum((_number(site, block, "energy_mwh") for block in _blocks(site, group)), ZERO)
    return {
        at: amount(quotient(weighted[at], weight[at])) if _is_nearly_all(site, known[at], rated) else None
        for at in known
    }


@lru_cache
def group_net_mw_s(site: Site, group: Group) -> dict[datetime, Decimal | None]:
    """Discharge less charge; None where too little of the nameplate is known."""
    net: dict[datetime, Decimal] = defaultdict(Decimal)
    covered: dict[datetime, Decimal] = defaultdict(Decimal)
    for block in _blocks(site, group):
        for at, interval in block_intervals(site, block).items():
            net[at] += (interval.discharged or ZERO) - (interval.charged or ZERO)
            covered[at] += _number(site, block, "nameplate_mw") * interval.energy_s
    expected = 300 * sum((_number(site, block, "nameplate_mw") for block in _blocks(site, group)), ZERO)
    return {at: net[at] if _is_nearly_all(site, covered[at], expected) else None for at in net}


@dataclass(frozen=True)
class Discharge:
    """A row of intervals one after the other in which more leaves than enters."""

    ended_on: date
    discharged_mwh: Decimal
    depth_pct: Decimal | None


def discharges(site: Site, group: Group) -> Iterator[Discharge]:
    """All discharges, the last interval of each giving its day."""
    net, charge = group_net_mw_s(site, group), group_soc_pct(site, group)
    run: list[datetime] = []
    for at in [*sorted(net), None]:
        goes_on = at is not None and (net[at] or ZERO) > 0
        if run and not (goes_on and at == run[-1] + FIVE_MINUTES):
            energy = amount(sum((net[step] or ZERO for step in run), ZERO) / 3600) or ZERO
            ends = [charge.get(run[0]), charge.get(run[-1] + FIVE_MINUTES)]
            depth = None if None in ends else ends[0] - ends[1]
            yield Discharge(site.clock.day(run[-1]), energy, depth)
            run = []
        if goes_on:
            run.append(at)


# --- how long they would carry the site ---------------------------------------------------------


@lru_cache
def autonomy_5min(site: Site, contingency: str) -> dict[datetime, tuple[str | None, Decimal | None]]:
    """Interval → why there is no autonomy, and the autonomy [min] or what power is short [MW]."""
    row = next(r for r in site.reference["contingencies"] if r["contingency_id"] == contingency)
    return {
        at: _autonomy(site, row, at, _need_mw(site, row["loses"], at))
        for day in site.days
        for at in site.intervals(day)
    }


def _need_mw(site: Site, loses: str, at: datetime) -> Decimal | None:
    now = {source: by[at] for source, by in flows(site).items()}
    mw = {source: mean_mw(site, flow) for source, flow in now.items()}
    if None in mw.values():
        return None
    grid, generation = mw["grid"], mw["turbine"]
    remains = {
        "grid": generation,
        "largest_unit": grid + generation - now["turbine"].largest_output_mw,
        "all_units": grid,
    }
    return mw["load"] + mw["aux"] - remains[loses]


def _autonomy(
    site: Site, contingency: Row, at: datetime, need: Decimal | None
) -> tuple[str | None, Decimal | None]:
    if need is None:
        return "missing_source", None
    if need <= 0:
        return "no_deficit", None
    limit = capability_mw(site, at)
    if limit is None:
        return "missing_source", None
    if need > limit:
        return "power_limited", amount(need - limit)
    deliverable = deliverable_mwh(site, contingency, at)
    return ("soc_missing", None) if deliverable is None else (None, amount(60 * deliverable / need))


def deliverable_mwh(site: Site, contingency: Row, at: datetime) -> Decimal | None:
    """Energy above the floor that the batteries that are available can give."""
    limit, charge = capability_mw(site, at), stored_mwh(site, at)
    if limit is None or charge is None:
        return None
    stored, rated = charge
    nameplate = sum((_number(site, block, "nameplate_mw") for block in _blocks(site, None)), ZERO)
    usable = max(ZERO, stored - exact(contingency["soc_floor_pct"]) / 100 * rated)
    return usable * limit / nameplate * exact(contingency["discharge_efficiency"])


def capability_mw(site: Site, at: datetime) -> Decimal | None:
    """Discharging power there is: what they say; a feed of these sites tells it, so silence is no answer."""
    said = [
        (block, interval.capability_mw)
        for block in _blocks(site, None)
        if (interval := block_intervals(site, block).get(at)) is not None
    ]
    if not said:
        return None
    expected = sum((_number(site, block, "nameplate_mw") for block in _blocks(site, None)), ZERO)
    known = [block for block, mw in said if mw is not None]
    reporting = sum((_number(site, block, "nameplate_mw") for block in known), ZERO)
    return total(mw for _, mw in said) if _is_nearly_all(site, reporting, expected) else None


def stored_mwh(site: Site, at: datetime) -> tuple[Decimal, Decimal] | None:
    """Stored and rated energy of the batteries whose charge is known."""
    stored = rated = expected = ZERO
    for block in _blocks(site, None):
        energy = _number(site, block, "energy_mwh")
        expected += energy
        interval = block_intervals(site, block).get(at)
        if interval is not None and interval.soc_pct is not None:
            stored += amount(interval.soc_pct * energy / 100) or ZERO
            rated += energy
    return (stored, rated) if _is_nearly_all(site, rated, expected) and rated else None


def _autonomy_of_day(site: Site, day: date) -> Row:
    """The shortest of the contingencies, the first by name among equals."""
    rows = [
        _autonomy_of_contingency(site, day, row["contingency_id"]) for row in site.reference["contingencies"]
    ]
    return min(
        rows,
        key=lambda row: (
            row["autonomy_min_p05"] is None,
            row["autonomy_min_p05"] or ZERO,
            row["autonomy_contingency_id"],
        ),
    )


def _autonomy_of_contingency(site: Site, day: date, contingency: str) -> Row:
    by = autonomy_5min(site, contingency)
    found = [by[at] for at in site.intervals(day)]
    minutes = [
        ZERO if reason == "power_limited" else number
        for reason, number in found
        if reason in (None, "power_limited")
    ]
    reasons = [reason for reason, _ in found]
    known = sum(reason in (None, "power_limited", "no_deficit") for reason in reasons)
    is_covered = _covers(site, known * 300, site.clock.seconds(day))
    p05 = amount(percentile(minutes, P05)) if is_covered else None
    missing = "no_deficit" if is_covered else "missing_source"
    return {
        "autonomy_min_p05": p05,
        "autonomy_contingency_id": contingency,
        "power_shortfall_mw": max((n for r, n in found if r == "power_limited"), default=None),
        "power_limited_intervals": reasons.count("power_limited") if is_covered else None,
        "no_deficit_intervals": reasons.count("no_deficit") if is_covered else None,
        "autonomy_reason": None if p05 is not None else missing,
        "is_bound": known < site.clock.seconds(day) // 300
        or any(map(_has_absent(site), site.intervals(day))),
    }


def _has_absent(site: Site):
    """Whether a battery's charge, or the capability that others report, is absent."""

    def judge(at: datetime) -> bool:
        now = [block_intervals(site, block).get(at) for block in _blocks(site, None)]
        if not any(now):
            return False
        says = [interval is not None and interval.capability_mw is not None for interval in now]
        return any(i is None or i.soc_pct is None for i in now) or (any(says) and not all(says))

    return judge


# --- the day ------------------------------------------------------------------------------------


def battery_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of each block and of the site."""
    for day in site.days:
        for group in (None, *_blocks(site, None)):
            yield (site.site_id, group, day), _day(site, group, day)


def _day(site: Site, group: Group, day: date) -> Row:
    blocks, seconds = _blocks(site, group), site.clock.seconds(day)
    intervals = {
        block: {at: i for at, i in block_intervals(site, block).items() if site.clock.day(at) == day}
        for block in blocks
    }
    every = [interval for of_block in intervals.values() for interval in of_block.values()]
    weight = {block: _number(site, block, "nameplate_mw") for block in blocks}
    expected = sum(weight.values(), ZERO) * seconds
    covered = _covered(site, group, day)
    filled = sum((weight[b] * i.substituted_s for b in blocks for i in intervals[b].values()), ZERO)
    absence = None if _is_nearly_all(site, covered, expected) else "missing_source:battery"
    charged = (total(i.charged for i in every) or ZERO) / 3600
    discharged = (total(i.discharged for i in every) or ZERO) / 3600
    rated = sum((_number(site, block, "energy_mwh") for block in blocks), ZERO)
    change = _stored_change(site, blocks, day)
    reason = absence
    if reason is None and (not charged or charged * 100 < rated * site.parameters["rte_min_throughput_pct"]):
        reason = "insufficient_throughput"
    if reason is None and change is None:
        reason = "soc_missing"
    efficiency = None if reason else _round_trip_pct(charged, discharged, change or ZERO)
    charge = _charge_of_day(site, group, day, every)
    health = _health(site, group, day, rated, absence)
    standing, shaved = _availability(site, group, day), _shaved(site, day) if group is None else {}
    autonomy = _autonomy_of_day(site, day) if group is None else dict.fromkeys(AUTONOMY)
    parts = (charge, standing, shaved, autonomy)
    is_bound = covered < expected or any(part.get("is_bound") for part in parts)
    return {
        **{key: number for part in parts for key, number in part.items() if key != "is_bound"},
        **health,
        **_soc_check(site, absence, charged, discharged, rated, change),
        "peak_shave_kw": shaved.get("peak_shave_kw"),
        "charged_mwh": None if absence else amount(charged),
        "discharged_mwh": None if absence else amount(discharged),
        "rte_raw_pct": None if absence else amount(quotient(100 * discharged, charged)),
        "rte_pct": efficiency,
        "is_rte_above_100": None if efficiency is None else efficiency > 100,
        "rte_net_aux_pct": None,
        "rte_net_aux_reason": reason or "auxiliary_not_metered",
        "equivalent_full_cycles": None if absence else amount(quotient(discharged, rated)),
        "throughput_cycles": None if absence else amount(quotient(charged + discharged, 2 * rated)),
        "energy_basis": "dc",
        "rated_mwh": amount(rated),
        "stored_change_mwh": change,
        "auxiliary_mwh": None,
        "has_registers": any(i.is_register for i in every),
        "is_bound": is_bound,
        "data_coverage_pct": amount(100 * min(Decimal(1), (covered - filled) / expected)),
        "reason": reason,
    }


AUTONOMY = (
    "autonomy_min_p05",
    "autonomy_contingency_id",
    "power_shortfall_mw",
    "power_limited_intervals",
    "no_deficit_intervals",
    "autonomy_reason",
)


def _round_trip_pct(charged: Decimal, discharged: Decimal, change: Decimal) -> Decimal | None:
    """100·r, where r·E_ch = E_dis + ΔE·√r."""
    s = (change + root(change * change + 4 * charged * discharged)) / (2 * charged)
    return amount(100 * s * s)


def _soc_check(
    site: Site,
    absence: str | None,
    charged: Decimal,
    discharged: Decimal,
    rated: Decimal,
    change: Decimal | None,
) -> Row:
    """The change of charge that the energy would make, at the assumed round trip, beside what is shown."""
    reason = absence or (None if rated else "no_rated_energy") or ("soc_missing" if change is None else None)
    if reason:
        return dict.fromkeys(("soc_expected_change_pct", "soc_check_pct", "is_soc_contradicted")) | {
            "soc_check_reason": reason
        }
    one_way = root(site.parameters["rte_assumed"])
    expected = charged * one_way - discharged / one_way
    miss = amount(quotient(100 * (change - expected), rated))
    return {
        "soc_expected_change_pct": amount(quotient(100 * expected, rated)),
        "soc_check_pct": miss,
        "is_soc_contradicted": abs(miss) > site.parameters["soc_check_alarm_pct"],
        "soc_check_reason": None,
    }


def _stored_change(site: Site, blocks: Iterable[str], day: date) -> Decimal | None:
    """Stored energy at the end less at the start; the end is the next day's first hour, where it is known."""
    begins, ends = site.clock.midnight(day), site.clock.midnight(day + timedelta(days=1))
    change = ZERO
    for block in blocks:
        first, after = _soc_of_hour(site, block, begins), _soc_of_hour(site, block, ends)
        last = after[0] if after else (_soc_of_hour(site, block, ends - HOUR) or [None])[-1]
        if not first or last is None:
            return None
        change += amount((last - first[0]) * _number(site, block, "energy_mwh") / 100) or ZERO
    return change


def _soc_of_hour(site: Site, block: str, hour: datetime) -> list[Decimal]:
    found = (block_intervals(site, block).get(hour + n * FIVE_MINUTES) for n in range(12))
    return [interval.soc_pct for interval in found if interval is not None and interval.soc_pct is not None]


def _charge_of_day(site: Site, group: Group, day: date, every: list[Interval]) -> Row:
    by, seconds = group_soc_pct(site, group), site.clock.seconds(day)
    socs = [soc for at, soc in by.items() if site.clock.day(at) == day and soc is not None]
    reserve = max(exact(row["soc_floor_pct"]) or ZERO for row in site.reference["contingencies"])
    has_rows = any(site.clock.day(at) == day for at in by)
    is_covered = _covers(site, len(socs) * 300, seconds)
    lows, highs = socs, socs
    if group is not None:
        lows = [i.lowest_soc_pct for i in every if i.lowest_soc_pct is not None]
        highs = [i.highest_soc_pct for i in every if i.highest_soc_pct is not None]
    return {
        "soc_min_pct": min(lows, default=None),
        "soc_max_pct": max(highs, default=None),
        "soc_p05_pct": amount(percentile(socs, P05)) if is_covered else None,
        "soc_p95_pct": amount(percentile(socs, P95)) if is_covered else None,
        "hours_below_reserve": amount(Decimal(sum(soc < reserve for soc in socs)) / 12)
        if is_covered
        else None,
        "reserve_soc_pct": reserve if has_rows else None,
        "is_bound": has_rows and len(socs) * 300 < seconds,
    }


def _health(site: Site, group: Group, day: date, rated: Decimal, absence: str | None) -> Row:
    ended = [run for run in discharges(site, group) if run.ended_on == day]
    deep = [
        run.discharged_mwh / site.parameters["discharge_efficiency"] / (run.depth_pct / 100) / rated
        for run in ended
        if run.depth_pct is not None and run.depth_pct >= site.parameters["soh_min_depth_pct"]
    ]
    health = amount(100 * max(deep)) if deep else None
    ratio = amount(100 * max(run.discharged_mwh for run in ended) / rated) if ended else None
    return {
        "soh_capacity_pct": health,
        "soh_capacity_reason": None if deep else absence or "no_qualifying_cycle",
        "capacity_ratio_pct": None if absence else ratio,
    }


def _availability(site: Site, group: Group, day: date) -> Row:
    """Over packs where any of the site says its status that day, else over blocks."""
    packs = [row["device_id"] for block in _blocks(site, None) for row in _packs(site, block)]
    has_packs = any(_seconds(site, pack, day)["status"] for pack in packs)
    units = _blocks(site, group)
    if has_packs:
        units = [row["device_id"] for block in units for row in _packs(site, block)]
    told = [(_number(site, unit, "nameplate_mw"), _seconds(site, unit, day)) for unit in units]
    time, weight = len(units) * site.clock.seconds(day), sum((mw for mw, _ in told), ZERO)
    by_status = sum(s["status"] for _, s in told)
    by_power = sum((mw * s["capability"] for mw, s in told), ZERO)
    of_power = weight * site.clock.seconds(day)
    says_status, says_power = any(s["status"] for _, s in told), any(s["capability"] for _, s in told)
    return {
        "availability_pct": amount(100 * sum((s["available"] for _, s in told), ZERO) / time)
        if says_status and _covers(site, by_status, time)
        else None,
        "availability_capacity_pct": amount(100 * sum((s["capable"] for _, s in told), ZERO) / of_power)
        if says_power and _covers(site, by_power, of_power)
        else None,
        "is_bound": (says_status and by_status < time) or (says_power and by_power < of_power),
    }


@lru_cache
def _seconds(site: Site, unit: str, day: date) -> dict[str, Decimal]:
    """Seconds of a local day with a status, available, with a capability, and MW·s of the last."""
    found = dict.fromkeys(("status", "available", "capability", "capable"), ZERO)
    for at, pieces in site.buckets(unit, 300, lambda row: row["status"] is not None).items():
        if site.clock.day(at) == day:
            for seconds, row in pieces:
                found["status"] += seconds
                found["available"] += seconds * (row["status"] == "available")
    said = site.buckets(unit, 300, lambda row: row["available_discharge_mw"] is not None)
    for at, pieces in said.items():
        if site.clock.day(at) == day:
            for seconds, row in pieces:
                found["capability"] += seconds
                found["capable"] += seconds * (value(row, "available_discharge_mw") or ZERO)
    return found


def _shaved(site: Site, day: date) -> Row:
    """Highest load less generation against highest import, over the billing intervals that both have."""
    length = int(site.counted["grid"][0]["demand_interval_min"])
    blocks: dict[datetime, list[datetime]] = defaultdict(list)
    for at in site.intervals(day):
        blocks[floor(at, length * 60)].append(at)
    pairs = []
    for instants in blocks.values():
        net = [net_load_mw(site, at) for at in instants]
        grid = [mean_mw(site, flows(site)["grid"][at]) for at in instants]
        if None not in net + grid and len(instants) * 5 == length:
            pairs.append((sum(net, ZERO) / len(net), amount(sum(grid, ZERO) / len(grid))))
    kw = 1000 * (max(load for load, _ in pairs) - max(grid for _, grid in pairs)) if pairs else None
    is_covered = _covers(site, len(pairs), len(blocks))
    return {"peak_shave_kw": amount(kw) if is_covered else None, "is_bound": len(pairs) < len(blocks)}


# --- what the energy served ---------------------------------------------------------------------


def battery_energy_by_purpose_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row; a sum is rounded on its way up, so that purposes add up to the day to the last digit."""
    days = dict(battery_daily(site))
    for key, whole in days.items():
        _, group, day = key
        parts = _parts(site, group, day)
        nameplate = sum((_number(site, block, "nameplate_mw") for block in _blocks(site, group)), ZERO)
        is_bound = _covered(site, group, day) < nameplate * site.clock.seconds(day)
        up = {"charged": ZERO, "discharged": ZERO}
        for purpose in PURPOSES:
            row: Row = {"reason": whole["reason"] if whole["charged_mwh"] is None else None}
            for flow, before in up.items():
                up[flow] = before + parts[purpose][flow]
                part = (amount(up[flow] / 3600) or ZERO) - (amount(before / 3600) or ZERO)
                row[f"{flow}_mwh"] = None if row["reason"] else part
            row |= {"is_bound": is_bound, "data_coverage_pct": whole["data_coverage_pct"]}
            yield (site.site_id, group, day, purpose), row


def _covered(site: Site, group: Group, day: date) -> Decimal:
    """Time of the day in which the energy is known, weighted by nameplate."""
    return sum(
        (
            _number(site, block, "nameplate_mw") * interval.energy_s
            for block in _blocks(site, group)
            for at, interval in block_intervals(site, block).items()
            if site.clock.day(at) == day
        ),
        ZERO,
    )


def _parts(site: Site, group: Group, day: date) -> dict[str, dict[str, Decimal]]:
    found = {purpose: {"charged": ZERO, "discharged": ZERO} for purpose in PURPOSES}
    for block in _blocks(site, group):
        for at, interval in block_intervals(site, block).items():
            if site.clock.day(at) == day:
                charged, discharged = interval.charged or ZERO, interval.discharged or ZERO
                both = min(charged, discharged)
                found["smoothing"]["charged"] += both
                found["smoothing"]["discharged"] += both
                found["recharge"]["charged"] += charged - both
                found[purpose_of(site, at)]["discharged"] += discharged - both
    return found


def purpose_of(site: Site, at: datetime) -> str:
    """The first that holds of the 5 minutes; a part of them is enough."""
    if is_outage(site, at):
        return "backup"
    if any(r["start_at"] < at + FIVE_MINUTES and at < r["end_at"] for r in site.reference["dr_events"]):
        return "demand_response"
    net = net_load_mw(site, at)
    cap = cap_mw(site, at)
    if net is None or cap is None:
        return "unknown"
    return "peak" if net > cap else "other"


def site_power_5min(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row: the balance with the state of charge."""
    charge = group_soc_pct(site, None)
    for (site_id, at), row in balances_5min(site):
        yield (site_id, at), row | {"soc_pct": charge.get(at)}


def cap_mw(site: Site, at: datetime) -> Decimal | None:
    """The cap in force at the start of the interval."""
    since = [row for row in site.reference["grid_caps"] if row["from_utc"] <= at]
    return exact(max(since, key=lambda row: row["from_utc"])["cap_mw"]) if since else None

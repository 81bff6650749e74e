"""What flows at a site and whether it adds up: `site_power_5min`, `energy_balance_daily`.

Written from the definitions of the balance: ε = sources − sinks, percent of the sinks, z = ε/u with
u² = Σ(accuracy·P)²/3 by meter. Here must not live: SQL, columns that judge a meter by its neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.oracle.clock import FIVE_MINUTES
from tests.oracle.exact import ZERO, amount, exact, quotient, root, total
from tests.oracle.site import POWER, Row, Site, value

SINKS = ("load", "aux")
SUPPLY = ("grid", "turbine", "battery")
NANO = Decimal("0.000000001")
Key = tuple[Any, ...]


@dataclass
class Flow:
    """What the counted meters of a source say of one 5-minute interval, in MW·s.

    `covered` and `measured` weigh time by nameplate: what is absent is known by its size only.
    """

    expected: Decimal
    power: Decimal = ZERO
    positive: Decimal = ZERO
    negative: Decimal = ZERO
    covered: Decimal = ZERO
    measured: Decimal = ZERO
    variance: Decimal = ZERO
    source_interval_s: int | None = None
    running_mw: Decimal = ZERO
    largest_running_mw: Decimal = ZERO
    largest_output_mw: Decimal = ZERO


@lru_cache
def flows(site: Site) -> dict[str, dict[datetime, Flow]]:
    """Source → interval → flow."""
    intervals = [at for day in site.days for at in site.intervals(day)]
    return {source: _flows(site, source, intervals) for source in site.counted}


def _flows(site: Site, source: str, intervals: list[datetime]) -> dict[datetime, Flow]:
    meters, column = site.counted[source], POWER[source]
    expected = sum((_nameplate(meter) for meter in meters), ZERO) * 300
    found = {at: Flow(expected) for at in intervals}
    threshold = site.parameters["running_threshold_pct"] / 100
    floor_pct = site.parameters["full_scale_floor_pct"]
    for meter in meters:
        nameplate, factor = _nameplate(meter), exact(meter["loss_factor"]) or ZERO
        for at, pieces in site.buckets(
            meter["meter_id"], 300, lambda row, column=column: row[column] is not None
        ).items():
            flow = found[at]
            powers = [(amount((value(row, column) or ZERO) * factor) or ZERO, s) for s, row in pieces]
            power = sum((mw * s for mw, s in powers), ZERO)
            seconds = sum(s for _, s in powers)
            filled = sum(s for s, row in pieces if row["method"] == "substituted")
            flow.power += power
            flow.positive += sum((max(mw, ZERO) * s for mw, s in powers), ZERO)
            flow.negative -= sum((min(mw, ZERO) * s for mw, s in powers), ZERO)
            flow.covered += nameplate * seconds
            flow.measured += nameplate * (seconds - filled)
            slowest = max(row["interval_s"] for _, row in pieces)
            flow.source_interval_s = max(flow.source_interval_s or 0, slowest)
            share = (exact(meter["accuracy_pct"]) or ZERO) / 100
            least = (exact(meter["full_scale_mw"]) or ZERO) * floor_pct / 100
            error = share * max(abs(power / 300), least)
            flow.variance += amount(error * error / 3, NANO) or ZERO
            if power > nameplate * seconds * threshold:
                flow.running_mw += nameplate
                flow.largest_running_mw = max(flow.largest_running_mw, nameplate)
                flow.largest_output_mw = max(flow.largest_output_mw, amount(power / seconds) or ZERO)
    return found


def _nameplate(meter: Row) -> Decimal:
    return exact(meter["nameplate_mw"]) or ZERO


def is_present(site: Site, flow: Flow) -> bool:
    """Whether so little nameplate is absent that the sum still stands for all."""
    return (flow.expected - flow.covered) * 100 <= flow.expected * site.parameters[
        "absent_nameplate_gate_pct"
    ]


def mean_mw(site: Site, flow: Flow) -> Decimal | None:
    """Mean power of the interval."""
    return amount(flow.power / 300) if flow.covered and is_present(site, flow) else None


def balances_5min(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row of `site_power_5min`, without the state of charge."""
    for day in site.days:
        for at in site.intervals(day):
            yield (site.site_id, at), _balance(site, {name: by[at] for name, by in flows(site).items()})


def _balance(site: Site, at: dict[str, Flow]) -> Row:
    mw = {source: mean_mw(site, flow) for source, flow in at.items()}
    missing = sorted(source for source, power in mw.items() if power is None)
    reason = f"missing_source:{','.join(missing)}" if missing else None
    sinks = total(mw[name] for name in SINKS) or ZERO
    residual = None if reason else (total(mw[name] for name in SUPPLY) or ZERO) - sinks
    uncertainty = root(sum((flow.variance for flow in at.values()), ZERO))
    percent = amount(quotient(residual and residual * 100, sinks) if residual else residual)
    bounds = [flow.covered < flow.expected for name, flow in at.items() if mw[name] is not None]
    return {
        **{f"{source}_mw": power for source, power in mw.items()},
        "other_generation_mw": None,
        "xfmr_loss_mw": None,
        "balance_residual_mw": amount(residual),
        "balance_pct": percent,
        "balance_z": amount(quotient(residual, uncertainty)),
        "balance_status": status(site, percent),
        "source_interval_s": max(
            (f.source_interval_s for f in at.values() if f.source_interval_s), default=None
        ),
        "uncertainty_mw": None if reason else amount(uncertainty),
        "is_bound": any(bounds),
        "data_coverage_pct": min(amount(100 * flow.measured / flow.expected) or ZERO for flow in at.values()),
        "reason": reason,
    }


def status(site: Site, percent: Decimal | None) -> str:
    """Of a balance: a boundary belongs to the milder class."""
    if percent is None:
        return "missing_source"
    if abs(percent) <= site.parameters["closure_green_pct"]:
        return "green"
    return "amber" if abs(percent) <= site.parameters["closure_amber_pct"] else "red"


def energy_balance_daily(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    balances = dict(balances_5min(site))
    for day in site.days:
        rows = [balances[site.site_id, at] for at in site.intervals(day)]
        yield (
            (site.site_id, day),
            _day(site, day, rows)
            | {
                "balance_incidents": incidents(site, balances, day),
            },
        )


def _day(site: Site, day: date, rows: list[Row]) -> Row:
    sums = {source: day_flow(site, source, day) for source in site.counted}
    there = {source: flow for source, flow in sums.items() if is_present(site, flow)}

    def mwh(source: str, part: str) -> Decimal | None:
        return amount(getattr(there[source], part) / 3600) if source in there else None

    missing = sorted(sums.keys() - there.keys())
    reason = f"missing_source:{','.join(missing)}" if missing else None
    closed = [row for row in rows if row["balance_residual_mw"] is not None]
    residuals = [row["balance_residual_mw"] for row in closed]
    sinks = sum((row["load_mw"] + row["aux_mw"] for row in closed), ZERO)
    percent = None if reason else amount(quotient(100 * sum(residuals, ZERO), sinks))
    sinks_mwh = total(mwh(name, "power") for name in SINKS) or ZERO
    share = quotient(mwh("turbine", "power"), sinks_mwh)
    coverage = sum((row["data_coverage_pct"] for row in rows), ZERO) * 300 / site.clock.seconds(day)
    return {
        "grid_import_mwh": mwh("grid", "positive"),
        "grid_export_mwh": mwh("grid", "negative"),
        "turbine_mwh": mwh("turbine", "power"),
        "other_generation_mwh": None,
        "battery_in_mwh": mwh("battery", "negative"),
        "battery_out_mwh": mwh("battery", "positive"),
        "load_mwh": mwh("load", "power"),
        "aux_mwh": mwh("aux", "power"),
        "loss_mwh": None,
        "turbine_share_pct": None if missing or share is None else amount(100 * share),
        "closure_pct": percent,
        "mean_abs_residual_mw": None
        if reason
        else amount(quotient(sum(map(abs, residuals), ZERO), Decimal(len(residuals)))),
        "status": status(site, percent),
        "is_bound": any(flow.covered < flow.expected for flow in there.values()),
        "data_coverage_pct": amount(coverage),
        "reason": reason,
    }


def day_flow(site: Site, source: str, day: date) -> Flow:
    """A source's flow of a whole local day, expected over all of its seconds."""
    intervals = flows(site)[source]
    found = Flow(sum((_nameplate(meter) for meter in site.counted[source]), ZERO) * site.clock.seconds(day))
    for at in site.intervals(day):
        for part in ("power", "positive", "negative", "covered", "measured"):
            setattr(found, part, getattr(found, part) + getattr(intervals[at], part))
    return found


def incidents(site: Site, balances: dict[Key, Row], day: date) -> int:
    """Runs of suspect intervals that began on the day."""
    gate, least = site.parameters["balance_z_incident"], int(site.parameters["balance_z_intervals"])

    def is_suspect(at: datetime) -> bool:
        row = balances.get((site.site_id, at))
        return row is not None and row["balance_z"] is not None and abs(row["balance_z"]) > gate

    return sum(
        not is_suspect(at - FIVE_MINUTES) and all(is_suspect(at + n * FIVE_MINUTES) for n in range(least))
        for at in site.intervals(day)
    )


def net_load_mw(site: Site, at: datetime) -> Decimal | None:
    """Load less generation; None where one of them is missing."""
    sources = ("load", "aux", "turbine")
    load, aux, turbine = (mean_mw(site, flows(site)[source][at]) for source in sources)
    return None if load is None or aux is None or turbine is None else load + aux - turbine

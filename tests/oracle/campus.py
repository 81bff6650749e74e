"""A campus small enough to be computed twice: its reference tables and its cleaned readings, all exact.

Every site is built alike: a grid meter with a check meter beside it, a hall, a cooling plant, two
turbines with stack monitors, two battery blocks of two packs. Values have at most four decimals, so
that DOUBLE, DECIMAL and Decimal hold the same number. Here must not live: expectations.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from pipelines.campus.paths import PROJECT
from tests.oracle.needs import needs

STEP, HOUR = timedelta(minutes=5), timedelta(hours=1)
Reading = dict[str, Any]


class Place(NamedTuple):
    """A site: whose clock it keeps, when it is read, and what it lacks."""

    site_id: str
    time_zone: str
    standard_offset: str
    begins: datetime
    hours: int
    lacks: str | None = None
    """Column that is never read on the site's second local day, `kind.column`; or a kind, for some hours."""


CHICAGO = ("America/Chicago", "-06:00")
COLUMNS = {
    "meter": {"grid_mw": "MW"},
    "feeder": {"load_mw": "MW"},
    "unit": {
        "gross_mw": "MW",
        "fuel_flow_scfh": "scf/h",
        "nox_ppm": "ppm",
        "o2_pct": "%",
        "monitor_status": "",
    },
    "block": {
        "battery_mw": "MW",
        "soc_pct": "%",
        "energy_charged_mwh": "MWh",
        "energy_discharged_mwh": "MWh",
        "available_discharge_mw": "MW",
    },
    "pack": {"status": ""},
}
KINDS = {
    "meter": "grid",
    "feeder": "campus_load",
    "unit": "turbines",
    "block": "batteries",
    "pack": "batteries",
}
"""Kind of device → kind of reading."""

DELIVERED = {f"{KINDS[device]}.{column}" for device, columns in COLUMNS.items() for column in columns}
LACKING = sorted(DELIVERED & frozenset().union(*needs().values()))
"""What some mart needs, each removed at a site of its own."""

LOST_FROM, LOST_UNTIL = datetime(2025, 11, 1, 5), datetime(2025, 11, 2, 5)
"""1 November in Chicago."""

SILENT_FROM, SILENT_UNTIL = datetime(2025, 11, 1, 9), datetime(2025, 11, 1, 17)
"""Where a whole kind is not read: within that day."""

AROUND_THE_LOSS = (*CHICAGO, LOST_FROM - timedelta(hours=6), 31)

PLACES = (
    # The last day of a month, the first of the next, and 2 November with 25 hours.
    Place("odd", *CHICAGO, datetime(2025, 10, 31, 5), 73),
    # 30 March has 23 hours and 31 March ends the month.
    Place("spring", "Europe/Berlin", "+01:00", datetime(2025, 3, 29, 23), 47),
    Place("leap", *CHICAGO, datetime(2024, 2, 29, 6), 48),
    Place("whole", *AROUND_THE_LOSS),
    Place("dark", *AROUND_THE_LOSS, "turbines"),
    *(Place(f"no-{column.replace('.', '-')}", *AROUND_THE_LOSS, column) for column in LACKING),
)

STAGES = {"delivered_on": "2023-11-01", "installed_on": "2023-12-01", "commissioned_on": "2024-01-01"}

DEVICES = {
    "grid": ("meter", {"nameplate_mw": 60}),
    "check": ("meter", {"nameplate_mw": 60}),
    "hall": ("feeder", {"nameplate_mw": 30}),
    "cooling": ("feeder", {"nameplate_mw": 4}),
    "gt-1": ("unit", {"nameplate_mw": 16, "commissioned_on": "2024-01-01"}),
    "gt-2": ("unit", {"nameplate_mw": 10, "commissioned_on": "2024-01-01"}),
    "bat-1": ("block", {"nameplate_mw": 4, "energy_mwh": 2.6, "energy_basis": "dc"} | STAGES),
    "bat-2": ("block", {"nameplate_mw": 4, "energy_mwh": 8, "energy_basis": "dc"} | STAGES),
}
UNIT = {"nsps_subpart": "KKKK", "commenced_on": "2023-06-01", "cycle": "simple", "min_load_mw": 4}
UNIT |= {"min_up_h": 3, "cold_start_min": 20}
PACKS = {
    "pack-11": ("bat-1", 1.3),
    "pack-12": ("bat-1", 1.3),
    "pack-21": ("bat-2", 4),
    "pack-22": ("bat-2", 4),
}
METERS = {
    "grid": ("grid", "revenue", True, "1.002", "0.2", 100, 30),
    "check": ("grid", "check", False, "1", "0.5", 100, 30),
    "hall": ("load", "feeder", True, "1", "0.5", 40, ""),
    "cooling": ("aux", "feeder", True, "1", "1", 5, ""),
    "gt-1": ("turbine", "feeder", True, "0.998", "0.5", 20, ""),
    "gt-2": ("turbine", "feeder", True, "1", "0.5", 12, ""),
    "bat-1": ("battery", "feeder", True, "1", "0.5", 5, ""),
    "bat-2": ("battery", "feeder", True, "1", "0.5", 5, ""),
}
GRID_FACTORS: list[Reading] = [
    {"factor_id": f"area_{name}_lb_per_mwh", "value": value, "unit": "lb/MWh"}
    for name, value in (
        ("average_co2", 933),
        ("average_nox", 0.5),
        ("marginal_co2", 1211.7),
        ("marginal_nox", 0.83),
    )
]
"""What the import of all sites burns elsewhere."""

CLAIMS: list[Reading] = [
    {"claim_id": "load", "boundary": "odd", "kpi": "energy_balance_daily.load_mwh", "aggregation": "sum"}
    | {"confirmed_from": 1500, "refuted_below": 1400, "min_coverage_pct": 0},
    {"claim_id": "power", "boundary": "odd", "kpi": "battery_capability.max_discharge_15min_mw"}
    | {"aggregation": "max", "confirmed_from": 3, "refuted_below": 2, "min_coverage_pct": 0},
    {"claim_id": "last-resort", "boundary": "odd", "kpi": "last_resort_daily.last_resort_h"}
    | {"denominator": "last_resort_daily.turbine_h", "aggregation": "ratio_pct"}
    | {"confirmed_from": 95, "refuted_below": 50, "min_coverage_pct": 0},
    {"claim_id": "calls", "boundary": "odd", "kpi": "dr_performance.full_pct", "aggregation": "mean"}
    | {"confirmed_from": 95, "refuted_below": 80, "min_coverage_pct": 0},
    {"claim_id": "unheard", "boundary": "odd"},
]
"""What is said of the odd site; all of it is known, so that coverage decides nothing."""


# --- who they are -------------------------------------------------------------------------------


def write_reference(folder: Path) -> None:
    """The reference folder of all sites."""
    (folder / "feeds").mkdir(parents=True)
    for name in ("parameters", "factors", "substitution_rules"):
        text = (PROJECT / "data" / "reference" / f"{name}.csv").read_text(encoding="utf-8")
        # Readings drawn at random contradict each other: no meter may be accused of it.
        text = text.replace("suspect_min_min,30,", "suspect_min_min,100000,")
        # Days are few: the mean of one of them is what is projected.
        text = text.replace("projection_days,30,", "projection_days,1,")
        # The first turbine starts twice and is taken at its word, the second starts once.
        text = text.replace("start_nox_min_starts,10,", "start_nox_min_starts,2,")
        if name == "factors":
            columns = text.splitlines()[1].split(",")
            rows = [factor | {"description": "any", "source": "test"} for factor in GRID_FACTORS]
            text += "".join(",".join(str(row.get(column, "")) for column in columns) + "\n" for row in rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, rows in _tables().items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        lines = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
        text = "\n".join(",".join(line) for line in lines)
        (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    for contract in _contracts():
        (folder / "feeds" / f"{contract['feed']}.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")


def _tables() -> dict[str, list[Reading]]:
    tables: dict[str, list[Reading]] = {
        "sites": [
            _area("area", "system"),
            _area("air", "area"),
            _area("epa", "campus"),
        ],
        "devices": [
            {"device_id": "area", "site_id": "area", "kind": "system", "name": "demand"},
            {"device_id": "station", "site_id": "air", "kind": "station", "name": "weather"},
            *(
                {"device_id": f"epa-{n}", "site_id": "epa", "kind": "unit", "name": n, "nameplate_mw": 20}
                for n in ("1", "2")
            ),
        ],
        "permit_limits": list(_limits()),
        "fuel_analysis": [
            {
                "fuel_id": "gas",
                "sampled_at": "2024-01-01T06:00:00Z",
                "gcv_btu_scf": 1032,
                "base_temperature": "68F",
                "base_pressure": "29.92inHg",
            }
        ],
        "claims": [
            claim | {"statement": claim["claim_id"], "period_rule": "all", "source": "test"}
            for claim in CLAIMS
        ],
        "events": list(_events()),
        "dr_programmes": [
            {
                "programme_id": "calls",
                "system_id": "area",
                "day_type": "any",
                "selection": "all",
                "chosen_days": 1,
                "similar_days": 1,
                "adjustment": "none",
            }
        ],
    }
    for place in PLACES:
        for name, rows in _rows_of(place).items():
            tables.setdefault(name, []).extend(rows)
    return {name: [row | {"source": "test"} for row in rows] for name, rows in tables.items()}


def _events() -> Iterator[Reading]:
    """A monitor is serviced; another fails in an hour whose average a start is in as well."""
    yield {"event_id": "service", "site_id": "odd", "unit_id": "odd-gt-1", "kind": "maintenance"} | {
        "start_at": "2025-10-31T13:30:00Z",
        "end_at": "2025-10-31T14:00:00Z",
    }
    yield {"event_id": "fault", "site_id": "odd", "unit_id": "odd-gt-2", "kind": "malfunction"} | {
        "start_at": "2025-10-31T18:15:00Z",
        "end_at": "2025-10-31T21:30:00Z",
        "corrective_action": "probe replaced",
    }


def _outages(place: Place) -> Iterator[Reading]:
    """Off the beat of five minutes, and longer than the batteries give; where a column is lost, then."""
    if place.site_id in ("spring", "leap"):
        return
    begins = place.begins + (timedelta(hours=51) if place.hours > 51 else timedelta(hours=11))
    yield {"event_id": f"{place.site_id}-feed", "site_id": place.site_id, "kind": "outage"} | {
        "start_at": _z(begins + timedelta(minutes=3)),
        "end_at": _z(begins + timedelta(minutes=28)),
    }


def _area(site_id: str, kind: str) -> Reading:
    zone = {"time_zone": "America/Chicago", "standard_offset": "-06:00", "starts_on": "2024-02-27"}
    return {"site_id": site_id, "kind": kind, "name": site_id} | zone


def _limits() -> Iterator[Reading]:
    shared = {
        "pollutant": "nox",
        "basis": "actual",
        "limit_decimals": 0,
        "rounding_rule": "half_away_from_zero",
    }
    yield shared | {
        "limit_id": "HOURS-4",
        "scope": "unit",
        "value": 25,
        "unit": "ppm@15",
        "averaging": "4_operating_hours",
        "averaged_column": "nox_ppm_15o2",
        "weighting": "arithmetic",
        "min_valid_pct": 75,
        "sus_rule": "included",
        "is_enabled": "true",
    }
    yield shared | {
        "limit_id": "TONS-12",
        "scope": "site",
        "value": 24,
        "unit": "short_ton",
        "averaging": "12_months",
        "averaged_column": "short_tons",
        "counts_from": "2024-01-01",
        "is_enabled": "true",
    }

    for pollutant in ("nox", "co"):
        yield {
            "limit_id": f"LINE-{pollutant.upper()}",
            "pollutant": pollutant,
            "scope": "site",
            "value": 100,
            "unit": "short_ton",
            "averaging": "12_months",
            "averaged_column": "short_tons",
            "basis": "potential_to_emit",
            "is_enabled": "true",
        }


def _rows_of(place: Place) -> dict[str, list[Reading]]:
    site = place.site_id
    device = {"site_id": site, "parent_id": site}
    devices = [
        device | {"device_id": f"{site}-{name}", "kind": kind, "name": name} | more
        for name, (kind, more) in DEVICES.items()
    ]
    devices = [row | (UNIT if row["kind"] == "unit" else {}) for row in devices]
    for name, (block, energy_mwh) in PACKS.items():
        pack = {
            "device_id": f"{site}-{name}",
            "site_id": site,
            "parent_id": f"{site}-{block}",
            "kind": "pack",
        }
        devices.append(
            pack | {"name": name, "nameplate_mw": 2, "energy_mwh": energy_mwh, "energy_basis": "dc"} | STAGES
        )
    units = [f"{site}-gt-1", f"{site}-gt-2"]
    day = place.begins.date()
    return {
        "sites": [
            {
                "site_id": site,
                "kind": "campus",
                "name": site,
                "time_zone": place.time_zone,
                "standard_offset": place.standard_offset,
                "starts_on": day,
            }
        ],
        "devices": devices,
        "meters": [
            {
                "meter_id": f"{site}-{name}",
                "site_id": site,
                "quantity": quantity,
                "role": role,
                "boundary": "somewhere",
                "counts_in_balance": str(counts).lower(),
                "is_independent": "true",
                "loss_factor": loss,
                "accuracy_pct": accuracy,
                "full_scale_mw": full_scale,
                "demand_interval_min": demand,
            }
            for name, (quantity, role, counts, loss, accuracy, full_scale, demand) in METERS.items()
        ],
        "events": list(_outages(place)),
        "grid_caps": [
            {
                "site_id": site,
                "connection_id": "line",
                "from_utc": _z(instant),
                "cap_mw": cap,
                "reason": reason,
            }
            for instant, cap, reason in (
                (place.begins - timedelta(days=3), 24, "contract"),
                (place.begins + timedelta(hours=30, minutes=10), 0, "outage"),
                (place.begins + timedelta(hours=30, minutes=40), 24, "contract"),
            )[: 2 if place.site_id == "dark" else 3]
        ],
        "site_systems": [{"site_id": site, "system_id": "area", "includes_campus": "true"}],
        "site_stations": [{"site_id": site, "station_id": "station"}],
        "limit_units": [{"limit_id": "TONS-12", "unit_id": unit} for unit in units],
        "monitoring_plan": [row for unit in units for row in _plan_of(unit)],
        "contingencies": [
            {
                "contingency_id": f"{site}-{loses}",
                "site_id": site,
                "loses": loses,
                "duration_min": minutes,
                "soc_floor_pct": 10,
                "discharge_efficiency": "0.96",
            }
            for loses, minutes in (("grid", 15), ("largest_unit", 10))
        ],
        "dispatch_parameters": list(_scenarios(site)),
        "dr_events": [
            {
                "event_id": f"{site}-call",
                "programme_id": "calls",
                "site_id": site,
                "notice_at": _z(place.begins + timedelta(hours=40, minutes=30)),
                "start_at": _z(place.begins + timedelta(hours=41)),
                "end_at": _z(place.begins + timedelta(hours=43)),
                "committed_mw": 2,
            }
        ],
        "gpu_counts": [{"site_id": site, "gpus": 15000, "model": "any", "valid_from": day}],
    }


def _scenarios(site: str) -> Iterator[Reading]:
    """One everywhere; besides one without reserve, and one with so much that it is far from what was."""
    found = [{"scenario": "base", "k": 1, "k_batt": 1, "min_up_h": 2, "start_min": 20, "release_min": 15}]
    if site == "odd":
        found.append(found[0] | {"scenario": "lean", "k": 0, "k_batt": 0, "min_up_h": 3.5, "release_min": 0})
    if site == "leap":
        found.append(found[0] | {"scenario": "careful", "k": 2, "start_min": 30, "release_min": 60})
    for scenario in found:
        yield {"site_id": site, "evidence": "declared"} | scenario


def _plan_of(unit: str) -> Iterator[Reading]:
    shared = {"unit_id": unit, "moisture_basis": "dry", "load_bins": 10, "is_diluent_cap_elected": "false"}
    yield shared | {
        "parameter": "nox",
        "formula": "19-1",
        "factor_id": "fd_gas",
        "mpc_ppm": 150,
        "is_diluent_cap_elected": "true",
        "diluent_cap_pct": "19.0",
    }
    yield shared | {
        "parameter": "heat_input",
        "formula": "D-gas",
        "fuel_id": "gas",
        "flow_base": "68F 29.92inHg",
    }
    yield shared | {"parameter": "co2", "formula": "co2_98_c1", "factor_id": "co2_kg_per_mmbtu"}
    for pollutant in ("voc", "pm"):
        yield shared | {"parameter": pollutant, "formula": "EF", "factor_id": f"{pollutant}_lb_per_mmbtu"}


def _z(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _contracts() -> Iterator[Reading]:
    for place in PLACES:
        kinds = {name: kind for name, (kind, _) in DEVICES.items()} | dict.fromkeys(PACKS, "pack")
        yield _contract(
            place.site_id,
            place.site_id,
            "5min",
            [
                (f"{place.site_id}-{name}", column, unit)
                for name, kind in kinds.items()
                for column, unit in COLUMNS[kind].items()
            ],
            priority=10,
        )
    yield _contract("odd-spare", "odd", "5min", [("odd-grid", "grid_mw", "MW")], priority=5)
    yield _contract("area", "area", "1h", [("area", "demand_mw", "MW")], priority=10)
    filed = {"nox_lb": "lb", "nox_lb_per_mmbtu": "lb/mmBtu", "heat_input_mmbtu_h": "mmBtu/h"}
    filed |= {"operating_time_h": "h"}
    tags = [(f"epa-{n}", *column) for n in (1, 2) for column in filed.items()]
    for feed, priority in (("epa", 10), ("epa-copy", 5)):
        yield _contract(feed, "epa", "1h", tags, priority=priority)
    yield _contract("air", "air", "1h", [("station", "ambient_c", "°C")], priority=10)


def _contract(
    feed: str, site: str, interval: str, tags: list[tuple[str, str, str]], *, priority: int
) -> Reading:
    return {
        "feed": feed,
        "site": site,
        "description": "test",
        "format": "delimited",
        "time": {"columns": ["time"], "interval": interval, "clock": "UTC"},
        "layout": {"kind": "long", "tag": "tag", "value": "value"},
        "tags": [
            {"tag": f"{device}.{column}", "device": device, "column": column, "unit": unit}
            for device, column, unit in tags
        ],
        "priority": priority,
    }


# --- what they read -----------------------------------------------------------------------------


def readings() -> dict[str, list[Reading]]:
    """Kind → rows, as the lake would hold them."""
    tables: dict[str, list[Reading]] = {
        name: [] for name in ("grid", "campus_load", "turbines", "batteries", "system_demand", "weather")
    }
    for place in PLACES:
        for kind, row in _read(place):
            there = {name: value for name, value in row.items() if not _is_lost(place, kind, name, row)}
            if there.keys() - BASE:
                tables[kind].append(there)
    for at in sorted({place.begins + hour * HOUR for place in PLACES for hour in range(place.hours)}):
        demand = 20900 if at.hour in (18, 20) else 20000 + 37 * at.hour
        tables["system_demand"].append(_row("area", "area", "area", at, 3600, demand_mw=demand))
        tables["weather"].append(_row("air", "station", "air", at, 3600, ambient_c=10 + at.hour % 9))
    tables["turbines"].extend(_filed())
    return tables


def quality() -> dict[str, list[Reading]]:
    """Table → what cleaning would have said: doubts, refusals, files in time and late."""
    at = datetime(2025, 11, 1, 4, 30)  # Half an hour before midnight at the odd site.
    record = {"site_id": "odd", "file_id": "f", "row_number": 1, "rule": "any"}
    doubts = [
        record
        | {"feed_id": "odd", "action": "nulled", "device_id": device, "column_name": column}
        | {"interval_start_utc": at + hours * HOUR, "utc_date": at.date()}
        for device, column, hours in (
            ("odd-gt-1", "o2_pct", 0),
            ("odd-gt-1", "nox_ppm", 0),
            ("odd-gt-1", "nox_ppm", 1),
            ("odd-bat-1", "soc_pct", 0),
            (None, None, 2),
        )
    ]
    refused = [
        record | {"feed_id": feed, "utc_date": day, "reason": "any", "raw": "1"}
        for feed, day in (("odd-spare", at.date()), ("odd", at.date()), ("odd", None))
    ]
    file = {"file_name": "any", "bytes": 1, "received_seq": 1, "state": "loaded"}
    files = [
        file
        | {"feed_id": feed, "file_id": f"{feed}-{late}"}
        | {"last_interval_utc": last, "received_at": last + late * HOUR}
        for feed, last, late in (
            ("odd", at, 24),
            ("odd", at, 25),
            ("odd-spare", at + HOUR, 26),
            ("leap", datetime(2024, 3, 1, 5), 30),
        )
    ]
    return {"affected.findings": doubts, "affected.rejected_rows": refused, "quality.files": files}


def _filed() -> Iterator[Reading]:
    """A file in EPA's form, and a copy of it, around the end of a month; the second unit has no rate."""
    for n in range(14):
        at, time = datetime(2025, 11, 30, 23) + n * HOUR, (1.0, 0.75, 0.5, 0.0)[n % 4]
        rate, heat = round(0.0071 + n / 1000, 4), round((150.3 + 7.7 * n) * time, 3)
        lb = round(round(round(rate, 3) * (150.3 + 7.7 * n), 1) * time + (0.08, 0.0, -0.04)[n % 3], 3)
        filed = {"nox_lb": lb, "heat_input_mmbtu_h": heat, "operating_time_h": time}
        if n != 5:
            filed["nox_lb_per_mmbtu"] = rate
        yield _row("epa", "epa-1", "epa", at, 3600, **filed)
        if n in (3, 5, 8):
            copied = filed | {"nox_lb_per_mmbtu": rate, "nox_lb": lb + 1}
            yield _row("epa", "epa-1", "epa-copy", at, 3600, **copied)
        yield _row("epa", "epa-2", "epa", at, 3600, nox_lb=lb, operating_time_h=time)


def _is_lost(place: Place, kind: str, column: str, row: Reading) -> bool:
    at = row["interval_start_utc"]
    if place.lacks == kind:
        return column not in BASE and SILENT_FROM <= at < SILENT_UNTIL
    return place.lacks == f"{kind}.{column}" and LOST_FROM <= at < LOST_UNTIL


BASE = {"site_id", "device_id", "feed_id", "interval_start_utc", "interval_s", "method"}


def _row(site: str, device: str, feed: str, at: datetime, seconds: int, **values: object) -> Reading:
    method = values.pop("method", "measured")
    base = {"site_id": site, "device_id": device, "feed_id": feed, "interval_start_utc": at}
    return base | {"interval_s": seconds, "method": method} | values


def _read(place: Place) -> Iterator[tuple[str, Reading]]:
    """All readings of a site, one 5-minute step after the other."""
    site = place.site_id
    charge = {"bat-1": 4.0, "bat-2": 50.0}
    ran = {"gt-1": 0, "gt-2": 0}
    for step in range(12 * place.hours):
        at = place.begins + step * STEP
        hall, cooling = _hall(site, step), round(1.5 + step % 5 / 100, 4)
        powers = {"gt-1": _unit_1(step, ran["gt-1"]), "gt-2": _unit_2(step, ran["gt-2"])}
        battery = {"bat-1": _cycle(step), "bat-2": _cycle(step + 7)}
        made = powers["gt-1"] * 0.998 + powers["gt-2"] + sum(battery.values())
        grid = round((hall + cooling - made + (step % 7 - 3) / 100) / 1.002, 4)
        yield from (("grid", row) for row in _grid(site, at, step, grid))
        for name, value in (("hall", hall), ("cooling", cooling)):
            yield "campus_load", _row(site, f"{site}-{name}", site, at, 300, load_mw=value)
        for name, power in powers.items():
            yield "turbines", _row(site, f"{site}-{name}", site, at, 300, **_stack(power, ran[name]))
            ran[name] = ran[name] + 1 if power > 0 else 0
        for name, power in battery.items():
            energy = DEVICES[name][1]["energy_mwh"]
            yield (
                "batteries",
                _row(
                    site,
                    f"{site}-{name}",
                    site,
                    at,
                    300,
                    battery_mw=power,
                    soc_pct=round(charge[name], 3),
                    available_discharge_mw=_available(step),
                    **_registers(site, name, power),
                ),
            )
            charge[name] -= power / 12 * (1.06 if power > 0 else 0.955) * 100 / float(str(energy))
        if step % 3 == 0 and site != "spring":
            for number, name in enumerate(PACKS):
                status = "unavailable" if number == 1 and step % 200 < 40 else "available"
                yield "batteries", _row(site, f"{site}-{name}", site, at, 900, status=status)


def _hall(site: str, step: int) -> float:
    """It drops some of its load in an outage of the leap day's morrow."""
    return 18.0 if site == "leap" and step == 364 else round(22 + step * 7 % 11 / 10, 4)


def _grid(site: str, at: datetime, step: int, power: float) -> Iterator[Reading]:
    """The meter and the check meter beside it."""
    yield _row(site, f"{site}-check", site, at, 300, grid_mw=round(power + 0.05, 4))
    if site == "odd":
        yield from _odd_grid(at, step, power)
    elif site != "leap":
        yield _row(site, f"{site}-grid", site, at, 300, grid_mw=power)
    elif step % 3 == 0:
        yield _row(site, f"{site}-grid", site, at, 900, grid_mw=power)


def _odd_grid(at: datetime, step: int, power: float) -> Iterator[Reading]:
    """A spare feed, minutes that swing, silence, values somebody filled in, twenty minutes read wrongly."""
    meter, spare = ("odd", "odd-grid", "odd"), ("odd", "odd-grid", "odd-spare")
    if 100 <= step < 130:
        yield _row(*spare, at, 300, grid_mw=round(power - 0.1, 4))
    elif 200 <= step < 212:
        for minute in range(5):
            swing = 6 if minute % 2 else -6
            yield _row(*meter, at + minute * STEP / 5, 60, grid_mw=round(power + swing, 4))
    elif step not in (300, 301, 302):
        method = "substituted" if step % 40 == 9 else "measured"
        shown = round(power + (3 if 400 <= step < 404 else 0), 4)
        yield _row(*meter, at, 300, grid_mw=shown, method=method)
        if step % 3 == 0:
            yield _row(*spare, at, 300, grid_mw=round(power + 9, 4))


def _unit_1(step: int, ran: int) -> float:
    """Every three hours at another load, so that whole hours lie in three tenths of its nameplate."""
    if not (36 <= step < 200 or 284 <= step < 764):
        return 0.0
    return round(min(4.0 + 4 * ran, (4.2, 10.5, 8.3)[step // 36 % 3] + step % 4 / 4), 4)


def _unit_2(step: int, ran: int) -> float:
    if not 120 <= step < 360:
        return 0.0
    return round(min(2.5 + 2.5 * ran, (6, 7.2, 5.2)[step // 36 % 3] + step % 3 / 5), 4)


def _cycle(step: int) -> float:
    """Four hours: charge, discharge, rest."""
    place = step % 48
    if place < 20:
        return -1.5
    return round(1.4 + place % 3 / 10, 4) if place < 38 else 0.0


def _available(step: int) -> float:
    """Little in the call for demand response, so that the batteries are at their limit in some of it."""
    if 480 <= step < 520:
        return 1.5
    return 3.9 if step % 50 < 25 else 4.0


def _stack(power: float, ran: int) -> dict[str, object]:
    """Dirty when it starts and again for six hours, in one of which the monitor fails."""
    if power <= 0:
        return {"gross_mw": 0.0, "fuel_flow_scfh": 0.0, "monitor_status": "off"}
    start = ran < 3
    status = "calibration" if ran in (30, 31) else "fault" if 60 <= ran < 90 or 220 <= ran < 232 else "valid"
    ppm = 90.0 if 196 <= ran < 268 else round(2.1 + ran % 5 / 10, 4)
    return {
        "gross_mw": power,
        "fuel_flow_scfh": float(round(30000 + 7000 * power + 90 * power**2)),
        "nox_ppm": 400.0 if start else ppm,
        "o2_pct": 19.5 if start else round(15.2 + ran % 3 / 10, 4),
        "monitor_status": status,
    }


def _registers(site: str, name: str, power: float) -> dict[str, object]:
    """The first block has registers, the second has power alone."""
    if name != "bat-1":
        return {}
    return {
        "energy_charged_mwh": round(max(-power, 0) / 12 + 0.0001, 4),
        "energy_discharged_mwh": round(max(power, 0) / 12, 4),
    }

"""What the neighbours of each meter say of it, and whom they name, by site and local day.

Judging is `pipelines.neighbours`; here only tables become arrays and verdicts become rows. Numbers are
rounded, so that they do not depend on how a processor sums.
"""

STEP_MIN = 5


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    import polars as pl

    from pipelines.neighbours.gates import Gates
    from pipelines.warehouse.python_models import close_event_loop

    balance = dbt.ref("int_neighbour_balance").pl().sort("site_id", "interval_start_utc")
    meters = dbt.ref("int_meters").pl().sort("site_id", "device_id", "counts_from")
    gates = Gates.of(dict(dbt.ref("int_neighbour_gates").pl().iter_rows()), STEP_MIN)
    series = dbt.ref("int_device_5min")
    months = balance.with_columns(month=pl.col("local_date").dt.truncate("1mo"))
    found = []
    for (site_id, _), month in months.group_by("site_id", "month", maintain_order=True):
        instants = month["interval_start_utc"]
        wanted = (
            f"site_id = '{site_id}' and interval_start_utc between '{instants.min()}' and '{instants.max()}'"
        )
        readings = series.filter(wanted).pl().sort("device_id", "interval_start_utc", "utc_date")
        of_site = meters.filter(pl.col("site_id") == site_id)
        for (day,), intervals in month.group_by("local_date", maintain_order=True):
            found += judged(site_id, day, intervals, readings, of_site, gates)
    close_event_loop()
    return pl.DataFrame(found, schema=columns(pl), orient="row")


def columns(pl):
    return {
        "site_id": pl.String,
        "local_date": pl.Date,
        "device_id": pl.String,
        "column_name": pl.String,
        "test": pl.String,
        "against": pl.String,
        "compared_min": pl.Float64,
        "outside_min": pl.Float64,
        "difference": pl.Float64,
        "band": pl.Float64,
        "verdict": pl.String,
        "factor": pl.Float64,
        "lag_min": pl.Float64,
        "from_utc": pl.Datetime("us"),
        "to_utc": pl.Datetime("us"),
        "explained_pct": pl.Float64,
        "balance_effect_pct": pl.Float64,
        "reason": pl.String,
    }


def judged(site_id, day, intervals, readings, meters, gates):
    """Rows of one site and day: one a test, and the verdict."""
    from pipelines.campus.barrier import confined
    from pipelines.campus.refusal import Refusal
    from pipelines.neighbours.devices import Day
    from pipelines.neighbours.suspects import Suspect, judge

    instants = intervals["interval_start_utc"].to_numpy()
    of_day = meters.filter((meters["counts_from"] <= day) & (meters["counts_to"] > day))
    devices = tuple(devices_of(of_day, readings, instants))
    sums = (numbers(intervals[name]) for name in ("balance_residual_mw", "band_mw", "noise_mw"))
    try:
        with confined("judging_failed", "This is a defect of Headroom: report it"):
            heard, suspect = judge(Day(devices, *sums), gates)
    except Refusal as failure:  # What only names a suspect must not stop the campus.
        heard, suspect = [], Suspect(reason=failure.rule)
    rows = [testimony(row, instants) for row in heard]
    rows.append(verdict(suspect, instants))
    return [(site_id, day, *row) for row in rows]


def devices_of(meters, readings, instants):
    """The devices of a day with their series on its intervals."""
    import numpy as np

    from pipelines.neighbours.devices import Device

    by_device = readings.partition_by("device_id", as_dict=True)
    for meter in meters.iter_rows(named=True):
        rows = by_device.get((meter["device_id"],))
        if rows is None:
            continue
        at = np.searchsorted(instants, rows["interval_start_utc"].to_numpy())
        is_inside = at < len(instants)
        is_inside[is_inside] = instants[at[is_inside]] == rows["interval_start_utc"].to_numpy()[is_inside]
        series = {}
        for name in ("power_mw", "register_mw", "soc_pct", "heat_input_mmbtu_h", "nox_ppm", "o2_pct"):
            values = np.full(len(instants), np.nan)
            values[at[is_inside]] = numbers(rows[name])[is_inside]
            series[name] = values if np.isfinite(values).any() else None
        if series["power_mw"] is None:
            continue
        yield Device(
            device_id=meter["device_id"],
            source=meter["source"],
            is_counted=meter["is_counted"],
            flow_id=meter["checked_id"],
            nameplate_mw=float(meter["nameplate_mw"]),
            full_scale_mw=float(meter["full_scale_mw"] or meter["nameplate_mw"]),
            accuracy=float(meter["accuracy_pct"] or 0) / 100,
            energy_mwh=float(meter["energy_mwh"] or 0),
            **series,
        )


def numbers(series):
    """Floats, NaN where NULL."""
    import polars as pl

    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def testimony(row, instants):
    """What one test says."""
    comparison, witness = row.comparison, row.witness
    effect = rounded(100 * row.effect.day, 3) if row.is_of_power else None
    return (
        row.device.device_id,
        witness.column,
        witness.test,
        witness.against,
        float(comparison.steps * STEP_MIN),
        float(comparison.outside * STEP_MIN),
        rounded(row.difference, 4),
        rounded(row.band, 4),
        comparison.verdict,
        *fault(comparison.mending, instants),
        effect,
        None,
    )


def verdict(suspect, instants):
    """Whom all tests together name."""
    kind = suspect.mending.kind if suspect.mending else "nobody"
    return (
        suspect.device_id,
        suspect.column,
        "verdict",
        ", ".join(suspect.tests) or None,
        *(None,) * 4,
        kind,
        *fault(suspect.mending, instants),
        None,
        suspect.reason,
    )


def fault(mending, instants):
    """Factor, lag, start, end, explained share."""
    if mending is None:
        return (None,) * 5
    import numpy as np

    end = instants[mending.stop - 1] + np.timedelta64(STEP_MIN, "m")
    return (
        rounded(mending.factor, 3),
        float(mending.lag_steps * STEP_MIN),
        instants[mending.start].item(),
        end.item(),
        rounded(100 * mending.explained, 3),
    )


def rounded(value, digits):
    """So many significant digits; NULL where not a number."""
    return float(f"{value:.{digits}g}") if value == value else None

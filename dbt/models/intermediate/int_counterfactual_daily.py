"""Dispatch with and without batteries, per site, scenario and local day, over the whole history.

Counts and sums are whole numbers (unit-steps, watt-steps); the mart divides once. The dispatch itself
is `pipelines.counterfactual`; here only tables become arrays and arrays become days.
"""

STEP_S = 300


def model(dbt, session):
    dbt.config(materialized="table")
    import polars as pl

    from pipelines.warehouse.python_models import close_event_loop

    intervals = dbt.ref("int_counterfactual_intervals").pl().sort("site_id", "interval_start_utc")
    units = dbt.ref("int_counterfactual_units").pl().sort("site_id", "merit")
    outages = dbt.ref("int_counterfactual_outages").pl()
    days = dbt.ref("int_counterfactual_days").pl()
    scenarios = dbt.source("reference", "dispatch_parameters").pl().sort("site_id", "scenario")
    found = [pl.DataFrame(schema=columns(pl))]
    for scenario in scenarios.filter(pl.col("valid_to").is_null()).iter_rows(named=True):
        of_site = pl.col("site_id") == scenario["site_id"]
        site = intervals.filter(of_site)
        if site.height:
            models = dispatch(site, units.filter(of_site), outages.filter(of_site), scenario)
            found.append(calibrated(per_day(site, models, scenario), days.filter(of_site)))
    close_event_loop()
    return pl.concat(found).sort("site_id", "scenario", "local_date")


def columns(pl):
    return {
        "site_id": pl.String,
        "scenario": pl.String,
        "local_date": pl.Date,
        "without_battery_unit_steps": pl.Int64,
        "without_battery_starts": pl.Int64,
        "without_battery_watt_steps": pl.Int64,
        "unserved_watt_steps": pl.Int64,
        "modelled_unit_steps": pl.Int64,
        "modelled_starts": pl.Int64,
        "modelled_watt_steps": pl.Int64,
        "calibration": pl.Float64,
        "calibration_difference_h": pl.Float64,
        "calibration_days": pl.Int64,
    }


def dispatch(site, units, outages, scenario):
    """M0 and M1 of a site over all its intervals."""
    import numpy as np

    from pipelines.counterfactual.avoided import Policy, Window
    from pipelines.counterfactual.avoided import model as both_models
    from pipelines.counterfactual.fleet import Fleet
    from pipelines.counterfactual.quantities import whole_steps

    min_up = whole_steps(float(scenario["min_up_h"]) * 3600, STEP_S)
    fleet = Fleet(capability(site, units, outages), np.full(units.height, min_up, dtype=np.int64))
    window = Window(
        load_w=site["need_w"].to_numpy(),
        battery_w=site["battery_w"].to_numpy(),
        grid_cap_w=site["cap_w"].to_numpy(),
        can_bridge=site["autonomy_min"].to_numpy() >= float(scenario["start_min"]),
        known=site["is_known"].to_numpy(),
    )
    return both_models(window, Policy(scenario["k"], scenario["k_batt"]), fleet)


def capability(site, units, outages):
    """Capability of each unit in each interval [W], 0 before it is commissioned, when retired or out."""
    import numpy as np

    instants = site["interval_start_utc"].to_numpy()
    powers = np.zeros((units.height, site.height), dtype=np.int64)
    for row, unit in enumerate(units.iter_rows(named=True)):
        is_there = during(instants, unit)
        for outage in outages.iter_rows(named=True):
            if outage["device_id"] == unit["device_id"]:
                is_there &= ~during(instants, outage)
        powers[row, is_there] = unit["capability_w"]
    return powers


def during(instants, span):
    import numpy as np

    return (instants >= np.datetime64(span["from_utc"])) & (instants < np.datetime64(span["to_utc"]))


def per_day(site, models, scenario):
    """Whole numbers of each local day."""
    import polars as pl

    without, modelled = models.without_battery, models.modelled
    steps = site.select("site_id", "local_date").with_columns(
        pl.lit(scenario["scenario"]).alias("scenario"),
        pl.Series("without_battery_unit_steps", without.unit_steps),
        pl.Series("without_battery_starts", without.starts),
        pl.Series("without_battery_watt_steps", without.supplied_w),
        pl.Series("unserved_watt_steps", without.unserved_w),
        pl.Series("modelled_unit_steps", modelled.unit_steps),
        pl.Series("modelled_starts", modelled.starts),
        pl.Series("modelled_watt_steps", modelled.supplied_w),
    )
    return steps.group_by("site_id", "scenario", "local_date").sum()


def calibrated(found, days):
    """One calibration for the whole period: days that are usable and whose observed hours are known."""
    import polars as pl

    from pipelines.counterfactual.avoided import calibration_residual
    from pipelines.counterfactual.quantities import hours

    usable = days.filter(pl.col("reason").is_null() & pl.col("observed_h").is_not_null())
    judged = found.join(usable.select("local_date", "observed_h"), on="local_date")
    modelled_h = hours(judged["modelled_unit_steps"].sum(), STEP_S)
    observed_h = float(judged["observed_h"].sum())
    return found.with_columns(
        pl.lit(calibration_residual(modelled_h, observed_h), dtype=pl.Float64).alias("calibration"),
        pl.lit(modelled_h - observed_h).alias("calibration_difference_h"),
        pl.lit(judged.height, dtype=pl.Int64).alias("calibration_days"),
    ).select(columns(pl).keys())

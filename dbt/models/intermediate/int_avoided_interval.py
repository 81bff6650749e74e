"""Low and high of the hours avoided, by local day and by month: envelope and block bootstrap together.

Only usable days; the sum of a month is drawn as a sum. The arithmetic is `pipelines.counterfactual`.
"""


def model(dbt, session):
    dbt.config(materialized="table")
    import polars as pl

    from pipelines.counterfactual.site import sites
    from pipelines.warehouse.python_models import close_event_loop

    [spread] = dbt.ref("int_avoided_spread").pl().to_dicts()
    days = dbt.ref("int_counterfactual_days").pl()
    usable = days.filter(pl.col("reason").is_null() & pl.col("observed_h").is_not_null())
    scenarios = dbt.source("reference", "dispatch_parameters").pl().filter(pl.col("valid_to").is_null())
    found = [pl.DataFrame(schema=columns(pl))]
    for scenario, site in sites(
        dbt.ref("int_counterfactual_intervals").pl(),
        dbt.ref("int_counterfactual_units").pl(),
        dbt.ref("int_counterfactual_outages").pl(),
        scenarios,
    ):
        of_site = pl.col("site_id") == site.intervals["site_id"][0]
        judged = usable.filter(of_site).sort("local_date")
        [fit] = scenarios.filter(of_site & (pl.col("scenario") == scenario)).to_dicts()
        if judged.height:
            rows = intervals_of(site, judged, (fit["fitted_from"], fit["fitted_to"]), spread)
            keys = {"site_id": pl.lit(judged["site_id"][0]), "scenario": pl.lit(scenario)}
            found.append(rows.with_columns(**keys).select(columns(pl).keys()))
    close_event_loop()
    return pl.concat(found).sort("site_id", "scenario", "period", "starts_on")


def columns(pl):
    keys = {"site_id": pl.String, "scenario": pl.String, "period": pl.String, "starts_on": pl.Date}
    return keys | {"days": pl.Int64, "weeks": pl.Int64, "low_h": pl.Float64, "high_h": pl.Float64}


def intervals_of(site, judged, fitted, spread):
    """Rows of days and months of one site in one scenario."""
    import numpy as np
    import polars as pl

    from pipelines.counterfactual.interval import Errors, bounds, draws

    without_h, modelled_h = hours_by_set(site, judged, spread)
    observed_h = judged["observed_h"].cast(pl.Float64).to_numpy()
    days = judged["local_date"].to_physical().cast(pl.Int64).to_numpy()
    within = pl.col("local_date").is_between(*(pl.lit(day, pl.Date) for day in fitted))
    is_fit = judged.select(within.fill_null(False)).to_series().to_numpy()
    if is_fit.any():
        errors = Errors((observed_h - without_h)[:, is_fit], days[is_fit])
    else:
        errors = Errors(observed_h - modelled_h, days)
    drawn = draws(without_h, observed_h, days, errors)
    parts = []
    for period, every in (("day", "1d"), ("month", "1mo")):
        starts = judged["local_date"].dt.truncate(every)
        first = np.flatnonzero((starts != starts.shift()).fill_null(True).to_numpy())
        low, high = bounds(np.add.reduceat(drawn, first, axis=1))
        if errors.weeks < spread["min_weeks"]:
            low, high = np.full((2, len(first)), np.nan)
        counts = np.diff([*first, len(starts)])
        frame = pl.DataFrame(
            {"starts_on": starts.gather(first), "days": counts, "low_h": low, "high_h": high}
        )
        parts.append(frame.with_columns(period=pl.lit(period), weeks=pl.lit(errors.weeks, pl.Int64)))
    return pl.concat(parts).with_columns(pl.col("low_h", "high_h").fill_nan(None))


def hours_by_set(site, judged, spread):
    """Hours of M0 and M1 with every set of parameters on the judged days, shape (2, sets, days)."""
    import numpy as np
    import polars as pl

    from pipelines.counterfactual.envelope import Spread
    from pipelines.counterfactual.site import STEP_S

    chosen = Spread(spread["grid_ppm"], spread["capability_ppm"])
    day_of_step = judged.with_row_index("day").select("local_date", pl.col("day").cast(pl.Int64))
    hours = 0
    for intervals, unit_steps in site.parts_by_set(chosen):
        day = intervals.join(day_of_step, on="local_date", how="left", maintain_order="left")["day"]
        is_judged = day.is_not_null().to_numpy()
        part = np.zeros((*unit_steps.shape[:2], judged.height), dtype=np.int64)
        np.add.at(part, (..., day.drop_nulls().to_numpy()), unit_steps[..., is_judged])
        hours = hours + part
    return hours * STEP_S / 3600

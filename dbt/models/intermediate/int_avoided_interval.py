"""Low and high of what the batteries avoided, by local day, month, year and in all.

Envelope and block bootstrap together. Hours, MWh, fuel and NOx of usable days; a sum of days is drawn as a
sum, and is NULL where a usable day of it has none. The arithmetic is `pipelines.counterfactual`.
"""

OBSERVED = {
    "h": "observed_h",
    "mwh": "observed_turbine_mwh",
    "fuel_mmbtu": "observed_fuel_mmbtu",
    "nox_lb": "observed_nox_lb",
}
"""Quantity → what was observed of it (int_counterfactual_days)."""

NEEDS_DAYS_WITHOUT = ("mwh",)
"""Quantities of which M1's errors tell nothing of M0's (measured: docs/methods/turbine_hours_avoided.md)."""


def model(dbt, session):
    dbt.config(materialized="table")
    import polars as pl

    from pipelines.counterfactual.site import sites
    from pipelines.warehouse.python_models import close_event_loop

    [spread] = dbt.ref("int_avoided_spread").pl().to_dicts()
    days = dbt.ref("int_counterfactual_days").pl()
    usable = days.filter(pl.col("reason").is_null() & pl.col("observed_h").is_not_null())
    heat, nox = dbt.ref("int_heat_input_curves").pl(), dbt.ref("int_nox_by_load_bin").pl()
    curves = (heat, nox, dbt.ref("int_start_nox").pl())
    found = [pl.DataFrame(schema=columns(pl))]
    for scenario, site in sites(
        dbt.ref("int_counterfactual_intervals").pl(),
        dbt.ref("int_counterfactual_units").pl(),
        dbt.ref("int_counterfactual_outages").pl(),
        dbt.source("reference", "dispatch_parameters").pl(),
    ):
        site_id, *fitted = (site.scenario[name] for name in ("site_id", "fitted_from", "fitted_to"))
        judged = usable.filter(pl.col("site_id") == site_id).sort("local_date")
        if judged.height:
            modelled = modelled_by_set(site, judged, spread, curves)
            rows = bounds_of(modelled, judged, fitted, spread["min_weeks"])
            keys = {"site_id": pl.lit(site_id), "scenario": pl.lit(scenario)}
            found.append(rows.with_columns(**keys).select(columns(pl).keys()))
    close_event_loop()
    return pl.concat(found).sort("site_id", "scenario", "period", "starts_on")


def columns(pl):
    keys = {"site_id": pl.String, "scenario": pl.String, "period": pl.String, "starts_on": pl.Date}
    ends = [f"{end}_{quantity}" for quantity in OBSERVED for end in ("low", "high")]
    return keys | {"days": pl.Int64} | dict.fromkeys(ends, pl.Float64)


def bounds_of(modelled, judged, fitted, min_weeks):
    """Rows of days, months, years and all of one site in one scenario."""
    import numpy as np
    import polars as pl

    from pipelines.counterfactual.interval import bounds, draws_of_known

    day = judged["local_date"]
    days = day.to_physical().cast(pl.Int64).to_numpy()
    within = pl.col("local_date").is_between(*(pl.lit(day, pl.Date) for day in fitted))
    is_fit = judged.select(within.fill_null(False)).to_series().to_numpy()
    drawn = {
        quantity: draws_of_known(
            modelled[quantity],
            numbers(judged[name]),
            days,
            is_fit,
            min_weeks,
            errs_alike=quantity not in NEEDS_DAYS_WITHOUT,
        )
        for quantity, name in OBSERVED.items()
    }
    parts = []
    periods = {
        "day": day,
        "month": day.dt.truncate("1mo"),
        "year": day.dt.truncate("1y"),
        "all": day.head(1).new_from_index(0, judged.height),
    }
    for period, starts in periods.items():
        first = np.flatnonzero((starts != starts.shift()).fill_null(True).to_numpy())
        ends = {quantity: bounds(np.add.reduceat(every, first, axis=1)) for quantity, every in drawn.items()}
        frame = pl.DataFrame(
            {"starts_on": starts.gather(first), "days": np.diff([*first, len(starts)])}
            | {f"{end}_{q}": ends[q][place] for q in ends for place, end in enumerate(("low", "high"))}
        )
        parts.append(frame.with_columns(pl.col(pl.Float64).fill_nan(None), period=pl.lit(period)))
    return pl.concat(parts)


def numbers(series):
    """A column as floats, NaN where it is NULL."""
    import polars as pl

    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def modelled_by_set(site, judged, spread, curves):
    """Quantity → M0 and M1 with every set of parameters on the judged days, shape (2, sets, days)."""
    import numpy as np
    import polars as pl

    from pipelines.counterfactual.envelope import Spread

    chosen = Spread(spread["grid_ppm"], spread["capability_ppm"])
    day_of_step = judged.with_row_index("day").select("local_date", pl.col("day").cast(pl.Int64))
    sums = {}
    for intervals, burnt in site.parts_by_set(chosen, site.curves(*curves)):
        day = intervals.join(day_of_step, on="local_date", how="left", maintain_order="left")["day"]
        is_judged, places = day.is_not_null().to_numpy(), day.drop_nulls().to_numpy()
        first = np.flatnonzero(np.diff(places, prepend=-1))
        for quantity, values in zip(OBSERVED, burnt, strict=True):
            total = sums.setdefault(quantity, np.zeros((*values.shape[:2], judged.height)))
            if first.size:
                total[..., places[first]] += np.add.reduceat(values[..., is_judged], first, axis=-1)
    return sums

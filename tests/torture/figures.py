"""Key figures of a season: the truth, what was published, and what a naive reader makes of the same files.

Here must not live: reading files (`naive`), matching of findings.
"""

from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.campus.paths import DataFolder

ENERGIES = ("grid_import_mwh", "load_mwh", "turbine_mwh", "battery_in_mwh", "battery_out_mwh")
K_NOX, FD_GAS, GCV_BTU_SCF, AIR_O2_PCT = 1.194e-7, 8710.0, 1030.0, 20.9
"""NOx mass as docs/methods/turbines_and_nox.md writes it; the naive reader takes one calorific value."""


@dataclass(frozen=True)
class Figure:
    """A key figure.

    Attributes:
        name: Its name.
        naive_pct: Error of the naive total [% of the true one].
        cleaned_pct: Error of what is published against the truth of the same days [%].
        published_pct: Share of the days (of hours for NOx and operating time) that are published at all.
    """

    name: str
    naive_pct: float
    cleaned_pct: float
    published_pct: float


def figures(folder: DataFolder, naive: pl.DataFrame) -> list[Figure]:
    """Key figures of a published season, all sites together."""
    true_days = _truth(folder, "energy_daily").join(
        _truth(folder, "grid_peaks").select("site_id", "local_date", "import_max_30min_mw"),
        on=["site_id", "local_date"],
    )
    days = _published(folder, "energy_balance_daily").join(
        _published(folder, "grid_limits_daily").select("site_id", "local_date", "import_max_mw"),
        on=["site_id", "local_date"],
        how="left",
    )
    both = true_days.join(days, on=["site_id", "local_date"], how="left", suffix="_published")
    found = [
        _figure(name, _naive_energy(naive, name), both.get_column(name), both.get_column(f"{name}_published"))
        for name in ENERGIES
    ]
    peaks = both.group_by("site_id").agg(pl.col("import_max_30min_mw", "import_max_mw").max()).sort("site_id")
    found.append(
        _figure(
            "import_max_mw",
            naive.filter(pl.col("column_name") == "grid_mw")
            .group_by("site_id")
            .agg(pl.col("value").max())["value"]
            .sum(),
            peaks.get_column("import_max_30min_mw"),
            peaks.get_column("import_max_mw"),
        )
    )
    hours = _truth(folder, "nox_hourly").join(
        _published(folder, "turbine_hourly"),
        on=["unit_id", "hour_start_utc"],
        how="left",
        suffix="_published",
    )
    running = hours.filter(pl.col("operating_time_h") > 0)
    found.append(
        _figure(
            "operating_time_h",
            _naive_hours(naive),
            hours.get_column("operating_time_h"),
            hours.get_column("operating_time_h_published"),
        )
    )
    found.append(
        _figure(
            "nox_lb", _naive_nox(naive), running.get_column("nox_lb"), running.get_column("nox_lb_published")
        )
    )
    return found


def _figure(name: str, naive: float, true: pl.Series, published: pl.Series) -> Figure:
    pair = pl.DataFrame({"true": true, "published": published.cast(pl.Float64)})
    shown = pair.drop_nulls()
    error = (shown["published"] - shown["true"]).abs().sum()
    return Figure(
        name,
        100 * abs(naive - true.sum()) / true.sum(),
        100 * error / shown["true"].sum() if shown["true"].sum() else float("nan"),
        100 * shown.height / pair.height,
    )


def _truth(folder: DataFolder, name: str) -> pl.DataFrame:
    return pl.read_csv(folder.truth / f"{name}.csv", try_parse_dates=True)


def _published(folder: DataFolder, mart: str) -> pl.DataFrame:
    with duckdb.connect(str(folder.published), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.sql(f"select * from marts.{mart}").pl()


def _naive_energy(naive: pl.DataFrame, name: str) -> float:
    column, sign = {
        "grid_import_mwh": ("grid_mw", 1),
        "load_mwh": ("load_mw", 1),
        "turbine_mwh": ("gross_mw", 1),
        "battery_in_mwh": ("battery_mw", -1),
        "battery_out_mwh": ("battery_mw", 1),
    }[name]
    rows = naive.filter((pl.col("column_name") == column) & ~pl.col("device_id").str.ends_with("-check"))
    energy = (sign * pl.col("value")).clip(0) * pl.col("interval_s") / 3600
    return float(rows.select(energy.sum()).item())


def _naive_hours(naive: pl.DataFrame) -> float:
    rows = naive.filter((pl.col("column_name") == "gross_mw") & (pl.col("value") > 0))
    return float(rows.select((pl.col("interval_s") / 3600).sum()).item())


def _naive_nox(naive: pl.DataFrame) -> float:
    """Mass of each record that has all three numbers, summed."""
    wide = naive.filter(pl.col("column_name").is_in(["nox_ppm", "o2_pct", "fuel_flow_scfh"]))
    keys = ["device_id", "interval_s", "file", "record"]
    wide = wide.pivot("column_name", index=keys, values="value", aggregate_function="first")
    rate = K_NOX * FD_GAS * pl.col("nox_ppm") * AIR_O2_PCT / (AIR_O2_PCT - pl.col("o2_pct"))
    heat = pl.col("fuel_flow_scfh") * GCV_BTU_SCF / 1e6 * pl.col("interval_s") / 3600
    mass = wide.select((rate * heat).alias("mass")).get_column("mass")
    return float(mass.filter(mass.is_finite()).sum())

"""What a published version says about the files it was made of, and its readings as one long table.

Here must not live: what should have been found.
"""

from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.campus.paths import DataFolder

KINDS = ("grid", "campus_load", "turbines", "batteries", "system_demand", "weather")
NO_VALUES = ("site_id", "device_id", "feed_id", "interval_start_utc", "interval_s", "file_id", "row_number")


@dataclass(frozen=True)
class Evidence:
    """A published version.

    Attributes:
        findings: `feed_id, file_name, row_number, device_id, column_name, start, rule`.
        rejected: `feed_id, file_name, row_number, rule`.
        files: Accounts of the files, those that were never opened included: `feed_id, file_name, state,
            reason, rows_in, rows_loaded, rows_duplicate`.
        suspects: `device_id, column_name, reason, from_utc, to_utc`: meters that the balance of a day names;
            the first word of a reason says what is wrong.
        readings: `feed_id, device_id, column_name, start, value`, values present only.
    """

    findings: pl.DataFrame
    rejected: pl.DataFrame
    files: pl.DataFrame
    suspects: pl.DataFrame
    readings: pl.DataFrame


def evidence(folder: DataFolder) -> Evidence:
    """Reads the published version of a data folder."""
    with duckdb.connect(str(folder.published), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        named = "select f.*, n.file_name from quality.{0} f join quality.files n using (file_id, feed_id)"
        findings = connection.sql(named.format("findings")).pl()
        rejected = connection.sql(named.format("rejected_rows")).pl()
        files = connection.sql("select * from quality.files").pl()
        suspects = connection.sql(
            "select suspect_device_id as device_id, suspect_column as column_name, suspect_reason as reason,"
            " (local_date::timestamp at time zone s.time_zone)::timestamp as from_utc,"
            " ((local_date + 1)::timestamp at time zone s.time_zone)::timestamp as to_utc"
            " from marts.energy_balance_daily join reference.sites s using (site_id)"
            " where suspect_device_id is not null"
        ).pl()
        readings = [_long(connection, kind) for kind in KINDS]
    return Evidence(
        findings.rename({"interval_start_utc": "start"}).select(
            "feed_id", "file_name", "row_number", "device_id", "column_name", "start", "rule"
        ),
        rejected.select("feed_id", "file_name", "row_number", "rule"),
        pl.concat([files, _refused(folder, files)], how="diagonal_relaxed"),
        suspects,
        pl.concat(readings),
    )


def _long(connection: duckdb.DuckDBPyConnection, kind: str) -> pl.DataFrame:
    columns = connection.sql(f"select * from readings.{kind} limit 0").pl()
    numbers = [name for name in columns.columns if name not in NO_VALUES and columns[name].dtype.is_numeric()]
    return connection.sql(
        f"unpivot (select feed_id, device_id, interval_start_utc as start, {', '.join(numbers)}"
        f" from readings.{kind}) on {', '.join(numbers)} into name column_name value value"
    ).pl()


def _refused(folder: DataFolder, files: pl.DataFrame) -> pl.DataFrame:
    """Files in refused/ that have no account: they were never opened."""
    known = set(files.select("feed_id", "file_name").rows())
    reasons = [
        (path.parent.name, path.name.removesuffix(".reason.json"), "refused", path.read_text("utf-8"))
        for path in sorted(folder.refused.glob("*/*.reason.json"))
    ]
    rows = [
        (feed, name, state, pl.Series([text]).str.json_path_match("$.rule")[0])
        for feed, name, state, text in reasons
    ]
    schema = {"feed_id": pl.String(), "file_name": pl.String(), "state": pl.String(), "reason": pl.String()}
    return pl.DataFrame([row for row in rows if row[:2] not in known], schema=schema, orient="row")

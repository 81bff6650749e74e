"""Assets `readings/<kind>`: the lake's readings, one run for a whole range of days.

Cleaning a day gives all its kinds at once, so this is one multi-asset; a selection only chooses which
assets the run reports on. Here must not live: cleaning, or which days are dirty (`river.plan`).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    Config,
    MaterializeResult,
    MetadataValue,
    RetryPolicy,
    multi_asset,
)

from pipelines.assets.days import days_of, kinds_of_feed, utc_days
from pipelines.assets.intake import RawMetadata
from pipelines.assets.journal import Journal, told_plainly
from pipelines.assets.tables import OWNERS, bars, markdown_table
from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder
from pipelines.kinds import KINDS, Kind

if TYPE_CHECKING:
    import polars as pl

    from pipelines.campus.refusal import Refusal
    from pipelines.river.days import CleanReport

REJECTED_SHARE = "rejected_share_warn_pct"
"""Row of `reference.parameters` that sets the gate of the check."""
COUNTS = ("rows_in", "rows_loaded", "rows_rejected", "rows_duplicate")


class Cleaning(Config):
    """What a run of `readings/*` may be asked for beyond its days."""

    site: str | None = None
    """Only the days of this site."""
    rebuild: bool = False
    """Clean again even where the fingerprint says that nothing changed."""
    expect: bool = False
    """Know the days even where no file touches them, so that gaps become visible."""


def cleaning_config(**wanted: object) -> dict[str, object]:
    """Run config of a job with `readings/*`; `wanted` are fields of `Cleaning`."""
    return {"ops": {"readings": {"config": wanted}}}


def readings_assets(campus: Campus, retry: RetryPolicy | None) -> AssetsDefinition:
    """One asset a kind, partitioned by UTC day."""

    @multi_asset(
        name="readings",
        specs=[_spec(kind) for kind in KINDS.values()],
        check_specs=[spec for kind in KINDS for spec in _checks(kind)],
        partitions_def=utc_days(campus),
        backfill_policy=BackfillPolicy.single_run(),
        can_subset=True,
        retry_policy=retry,
        required_resource_keys={"journal"},
    )
    def readings(context: AssetExecutionContext, config: Cleaning) -> Iterator[MaterializeResult[None]]:
        from pipelines.intake.vault import Vault
        from pipelines.river import Block, clean

        folder = DataFolder.from_environment()
        journal: Journal = context.resources.journal
        with told_plainly(context, journal):
            days = context.partition_key_range
            span, block = f"{days.start} to {days.end}", Block(*days_of(days, campus))
            report = clean(folder, block, site=config.site, rebuild=config.rebuild, expect=config.expect)
            journal.cleaned.append(report)
            for feed, why in report.failed.items():
                context.log.error(f"{feed}: {why}")
            names = {delivery.file_id: delivery.file_name for delivery in Vault(folder).deliveries()}
            for kind in KINDS:
                if AssetKey(["readings", kind]) in context.selected_asset_keys:
                    yield _result(kind, report, span, campus, names)

    return readings


def _spec(kind: Kind) -> AssetSpec:
    columns = ", ".join(f"`{column.name}`" for column in kind.columns)
    return AssetSpec(
        AssetKey(["readings", kind.name]),
        deps=["intake"],
        skippable=True,
        group_name="readings",
        owners=OWNERS,
        kinds={"python", "polars", "deltalake"},
        description=f"{kind.description}\n\nValues: {columns}. Each row names its file and physical record.",
        metadata={"dagster/table_name": f"readings.{kind.name}"},
    )


def _checks(kind: str) -> list[AssetCheckSpec]:
    key = AssetKey(["readings", kind])
    return [
        AssetCheckSpec(
            "accounting", asset=key, description="rows in = loaded + rejected + duplicate, by file"
        ),
        AssetCheckSpec("feeds_cleaned", asset=key, description="every feed could be cleaned"),
        AssetCheckSpec(
            "rejected_share", asset=key, description=f"refused records stay below {REJECTED_SHARE}"
        ),
    ]


def _result(
    kind: str, report: "CleanReport", span: str, campus: Campus, names: dict[str, str]
) -> MaterializeResult[None]:
    """The kind's share of a cleaning report: metadata and checks."""
    import polars as pl

    feeds = [feed for feed, contract in campus.contracts.items() if kind in kinds_of_feed(contract)]
    accounts = report.accounts.filter(pl.col("feed_id").is_in(feeds))
    totals = {name: int(accounts[name].sum()) for name in COUNTS}
    key = AssetKey(["readings", kind])
    gate_pct = campus.parameter(REJECTED_SHARE, 5.0)
    unbalanced = accounts.filter(
        pl.col("rows_in") != pl.col("rows_loaded") + pl.col("rows_rejected") + pl.col("rows_duplicate")
    )
    rejected_pct = 100 * totals["rows_rejected"] / totals["rows_in"] if totals["rows_in"] else 0.0
    return MaterializeResult(
        asset_key=key,
        metadata=_metadata(kind, report, span, accounts, totals, names),
        check_results=[
            AssetCheckResult(
                asset_key=key,
                check_name="accounting",
                passed=unbalanced.is_empty(),
                metadata={"accounts": accounts.height, "unbalanced": unbalanced.height},
            ),
            _feeds_cleaned(key, {feed: why for feed, why in report.failed.items() if feed in feeds}),
            AssetCheckResult(
                asset_key=key,
                check_name="rejected_share",
                passed=rejected_pct <= gate_pct,
                severity=AssetCheckSeverity.WARN,
                metadata={"rejected_pct": round(rejected_pct, 3), "gate_pct": gate_pct},
            ),
        ],
    )


def _feeds_cleaned(key: AssetKey, failed: "dict[str, Refusal]") -> AssetCheckResult:
    rows = [(feed, why.reason, why.remedy) for feed, why in failed.items()]
    table = markdown_table(("feed", "reason", "remedy"), rows)
    return AssetCheckResult(
        asset_key=key,
        check_name="feeds_cleaned",
        passed=not failed,
        metadata={"failed": len(failed), "feeds": MetadataValue.md(table or "None failed.")},
    )


def _metadata(
    kind: str,
    report: "CleanReport",
    span: str,
    accounts: "pl.DataFrame",
    totals: dict[str, int],
    names: dict[str, str],
) -> RawMetadata:
    """Counts, a table of the files and a picture of the rows a day.

    Dagster writes them at every day of the run's range: they are those of the whole range, which they name.
    """
    import polars as pl

    files = accounts.group_by("feed_id", "file_id").agg(pl.col(*COUNTS).sum()).sort("feed_id", "file_id")
    rows = [(feed, names.get(file, file[:12]), *counts) for feed, file, *counts in files.iter_rows()]
    a_day = (
        accounts.drop_nulls("utc_date").group_by("utc_date").agg(pl.col("rows_loaded").sum()).sort("utc_date")
    )
    site_days = accounts.filter(pl.col("rows_loaded") > 0).select("site_id", "utc_date").n_unique()
    picture = bars([(str(day), float(count)) for day, count in a_day.iter_rows()], "records loaded a day")
    return {
        "range": span,
        "readings": int(report.rows.get(kind, 0)),
        **totals,
        "days_cleaned": report.days,
        "days_unchanged": report.skipped,
        "site_days_with_records": site_days,
        "files": MetadataValue.md(markdown_table(("feed", "file", *COUNTS), rows) or "No file."),
        "records_a_day": MetadataValue.md(picture or "No record."),
    }

"""Asset `published_version` and the checks on what it published.

Here must not live: how a version is published (`pipelines.warehouse.publish`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckKey,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    MetadataValue,
    RetryPolicy,
    asset,
    multi_asset_check,
)

from pipelines.assets.asking import ask
from pipelines.assets.intake import RawMetadata
from pipelines.assets.journal import Journal, told_plainly
from pipelines.assets.tables import OWNERS, markdown_table
from pipelines.campus.campus import Campus
from pipelines.campus.contract import COLUMNS
from pipelines.campus.paths import DataFolder
from pipelines.kinds import KINDS

if TYPE_CHECKING:
    from pipelines.warehouse.versions import Manifest as PublishedManifest

BALANCE = AssetKey(["marts", "energy_balance_daily"])
VERSION = AssetKey(["published_version"])
PUBLISHED_SCHEMAS = ("marts", "quality")
"""Everything else of dbt is upstream of these."""
ROWS_SQL = """
select schema_name || '.' || table_name, estimated_size
from duckdb_tables()
where schema_name in ('marts', 'quality')
order by 1
"""
COVERAGE_SQL = """
with delivered as (
    select
        feeds.site_id,
        cast(min(files.first_interval_utc) + interval 1 day - interval 1 microsecond as date) as first_whole,
        cast(max(files.last_interval_utc) as date) as after_whole,
    from quality.files as files
    inner join reference.feeds as feeds using (feed_id)
    group by feeds.site_id
)

select coverage.column_name, sum(coverage.good_s), sum(coverage.expected_s)
from quality.coverage_daily as coverage
inner join delivered using (site_id)
where
    coverage.date_utc >= delivered.first_whole
    and coverage.date_utc < delivered.after_whole
    and coverage.date_utc >= delivered.after_whole - 7
group by coverage.column_name
order by coverage.column_name
"""
"""Days that the site's files cover from midnight to midnight, the last seven of them."""
UNACCOUNTED_SQL = """
select feed_id, file_name, reason
from quality.files
where state = 'unaccounted'
order by feed_id, received_seq
"""
RED_DAYS_SQL = """
select site_id, local_date, closure_pct
from marts.energy_balance_daily
where status = 'red'
order by local_date desc, site_id
"""


def published_version(models: Iterable[AssetKey], retry: RetryPolicy | None) -> AssetsDefinition:
    """The asset that switches the published warehouse to the build of this run."""

    @asset(
        key=VERSION,
        deps=sorted(key for key in models if key.path[0] in PUBLISHED_SCHEMAS),
        group_name="publication",
        owners=OWNERS,
        kinds={"duckdb"},
        description="`warehouse/headroom.duckdb`: a whole, tested version, switched in one step. A failed "
        "blocking test publishes nothing and the last version stays.",
        retry_policy=retry,
        output_required=False,
        required_resource_keys={"journal"},
    )
    def published(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
        from pipelines.river.version import publish_version

        folder = DataFolder.from_environment()
        journal: Journal = context.resources.journal
        with told_plainly(context, journal):
            if journal.built is None:
                raise Failure(
                    "This run built nothing to publish. Select all dbt assets.", allow_retries=False
                )
            journal.manifest = publish_version(folder, *journal.built)
            yield MaterializeResult(metadata=version_metadata(folder, journal.manifest))

    return published


def version_metadata(folder: DataFolder, manifest: "PublishedManifest") -> RawMetadata:
    """Which version, from what, with how many rows."""
    tables = ask(folder, ROWS_SQL)
    seconds = seconds_by_kind(ask(folder, COVERAGE_SQL))
    shares = [
        (kind, f"{100 * good / expected:.2f}") for kind, (good, expected) in seconds.items() if expected
    ]
    return {
        "version_id": manifest.version_id,
        "path": MetadataValue.path(str(folder.published)),
        "export_sha256": manifest.export_sha256,
        "code_version": manifest.code_version,
        "dagster/row_count": sum(int(count) for _, count in tables),
        "coverage": MetadataValue.md(
            markdown_table(("kind", "good % of the last 7 whole days"), shares) or "No whole day yet."
        ),
        "tables": MetadataValue.md(markdown_table(("table", "rows"), tables)),
    }


def published_checks(campus: Campus) -> list[AssetChecksDefinition]:
    """Checks on the published version: warnings about its data, an error where a file does not add up.

    None of them stops a publication, which has happened by then.
    """
    coverage = {kind: AssetKey(["readings", kind]) for kind in KINDS}

    @multi_asset_check(
        name="published_data",
        specs=[
            AssetCheckSpec(
                "coverage",
                asset=key,
                additional_deps=["published_version"],
                description="share of the expected time of the last 7 whole days that is measured and good",
            )
            for key in coverage.values()
        ]
        + [
            AssetCheckSpec(
                "balance",
                asset=BALANCE,
                additional_deps=["published_version"],
                description="no site and day whose sources and sinks are apart (status red)",
            ),
            AssetCheckSpec(
                "accounting", asset=VERSION, description="every record of every file is accounted for"
            ),
        ],
        can_subset=True,
        required_resource_keys={"journal"},
    )
    def published_data(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        folder = DataFolder.from_environment()
        with told_plainly(context, context.resources.journal):
            seconds = seconds_by_kind(ask(folder, COVERAGE_SQL))
            gate_pct = campus.parameter("coverage_gate_pct", 95.0)
            for kind, key in coverage.items():
                if AssetCheckKey(key, "coverage") in context.selected_asset_check_keys:
                    yield coverage_verdict(key, *seconds.get(kind, (0.0, 0.0)), gate_pct)
            if AssetCheckKey(BALANCE, "balance") in context.selected_asset_check_keys:
                yield balance_verdict(ask(folder, RED_DAYS_SQL))
            if AssetCheckKey(VERSION, "accounting") in context.selected_asset_check_keys:
                yield accounting_verdict(ask(folder, UNACCOUNTED_SQL))

    return [published_data]


def seconds_by_kind(rows: Sequence[Sequence[Any]]) -> dict[str, tuple[float, float]]:
    """Good and expected seconds of each kind, from those of each column."""
    seconds: dict[str, tuple[float, float]] = {}
    for column, good_s, expected_s in rows:
        if column in COLUMNS:
            good, expected = seconds.get(COLUMNS[column][0], (0.0, 0.0))
            seconds[COLUMNS[column][0]] = (good + float(good_s), expected + float(expected_s))
    return seconds


def coverage_verdict(key: AssetKey, good_s: float, expected_s: float, gate_pct: float) -> AssetCheckResult:
    """Passes where nothing was expected: a campus without turbines has no gap in them."""
    pct = 100 * good_s / expected_s if expected_s else None
    return AssetCheckResult(
        asset_key=key,
        check_name="coverage",
        passed=pct is None or pct >= gate_pct,
        severity=AssetCheckSeverity.WARN,
        metadata={
            "coverage_pct": "nothing expected" if pct is None else round(pct, 2),
            "gate_pct": gate_pct,
            "expected_h": round(expected_s / 3600, 1),
        },
    )


def accounting_verdict(files: Sequence[Sequence[Any]]) -> AssetCheckResult:
    """Fails and names the files: a defect of ours, never of the data."""
    table = markdown_table(("feed", "file", "reason"), files)
    return AssetCheckResult(
        asset_key=VERSION,
        check_name="accounting",
        passed=not files,
        metadata={"unaccounted_files": len(files), "files": MetadataValue.md(table or "None.")},
    )


def balance_verdict(red_days: Sequence[Sequence[Any]]) -> AssetCheckResult:
    """Fails as a warning and names the days."""
    table = markdown_table(("site", "day", "closure_pct"), red_days)
    return AssetCheckResult(
        asset_key=BALANCE,
        check_name="balance",
        passed=not red_days,
        severity=AssetCheckSeverity.WARN,
        metadata={"red_days": len(red_days), "days": MetadataValue.md(table or "None.")},
    )

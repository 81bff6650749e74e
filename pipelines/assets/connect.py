"""Assets `connect/<service>`: fetched from public services into landing, where `intake` finds it.

Their schedules are off until a person turns them on, since nothing else here talks to the network. Here
must not live: fetching (`pipelines.connectors`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSelection,
    DefaultScheduleStatus,
    Failure,
    MaterializeResult,
    MetadataValue,
    RetryPolicy,
    ScheduleDefinition,
    asset,
    define_asset_job,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.assets.intake import RawMetadata
from pipelines.assets.journal import Journal, told_plainly
from pipelines.assets.tables import OWNERS, markdown_table
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder
from pipelines.connectors import SERVICES
from pipelines.connectors.service import Service

if TYPE_CHECKING:
    from pipelines.connectors.fetching import Report

CRON = {"eia930": "40 5 * * *", "campd": "10 5 * * 1", "weather": "50 5 * * *"}
"""Service → when its schedule runs, UTC: before the daily schedule; EPA's files move a few times a year."""


def connect_assets(retry: RetryPolicy | None) -> list[AssetsDefinition]:
    """One asset a service."""
    return [_asset(service, retry) for service in SERVICES.values()]


def connect_jobs() -> list[UnresolvedAssetJobDefinition]:
    """One job a service."""
    return [
        define_asset_job(
            f"connect_{name}_job",
            AssetSelection.assets(["connect", name]),
            description=f"Fetches from {service.title} what connections.csv asks for.",
        )
        for name, service in SERVICES.items()
    ]


def connect_schedules() -> list[ScheduleDefinition]:
    """One schedule a service, off by default."""
    return [
        ScheduleDefinition(
            name=f"connect_{name}_schedule",
            job_name=f"connect_{name}_job",
            cron_schedule=CRON[name],
            execution_timezone="UTC",
            default_status=DefaultScheduleStatus.STOPPED,
            description=f"Fetches from {service.title}; off until it is turned on.",
        )
        for name, service in SERVICES.items()
    ]


def _asset(service: Service, retry: RetryPolicy | None) -> AssetsDefinition:
    @asset(
        key=["connect", service.name],
        group_name="connect",
        owners=OWNERS,
        kinds={"python"},
        description=f"What {service.title} gives for the rows of connections.csv, as files of their feeds "
        "in `landing/`.",
        retry_policy=retry,
        output_required=False,
        required_resource_keys={"journal"},
    )
    def fetched(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
        from pipelines.connectors.fetching import connect
        from pipelines.connectors.tasks import Wanted, tasks

        journal: Journal = context.resources.journal
        with told_plainly(context, journal):
            folder = DataFolder.from_environment()
            todo = tasks(load_campus(folder), service, Wanted(), datetime.now(UTC).date())
            reports = connect(folder, service, todo, context.log.info)
        yield MaterializeResult(metadata=connect_metadata(reports))
        refusals = [str(report.refusal) for report in reports if report.refusal]
        if refusals:
            raise Failure(description="\n".join(refusals), allow_retries=False)

    return fetched


def connect_metadata(reports: "list[Report]") -> RawMetadata:
    """Counts and a table of the connections."""
    rows = [
        (report.task.subject, report.task.feed, len(report.landed), report.unchanged, report.refusal or "")
        for report in reports
    ]
    header = ("subject", "feed", "files landed", "answers without news", "failed")
    return {
        "files_landed": sum(len(report.landed) for report in reports),
        "bytes_landed": sum(report.size for report in reports),
        "connections": MetadataValue.md(markdown_table(header, rows)),
    }

"""The landing sensor: turns what the durable state calls for into runs.

Here must not live: what is called for (`demand`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from dagster import (
    AssetKey,
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.assets.days import kinds_of_sites, range_tags
from pipelines.assets.demand import DaysCall, Demand, demand
from pipelines.assets.jobs import INTAKE, PUBLISH, READINGS, cleaning_checks
from pipelines.assets.readings import cleaning_config
from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder

INTERVAL_S = 20


def landing_sensor(campus: Campus, jobs: list[UnresolvedAssetJobDefinition]) -> SensorDefinition:
    """The sensor, running from the first start on."""

    @sensor(
        name="landing_sensor",
        jobs=jobs,
        minimum_interval_seconds=INTERVAL_S,
        default_status=DefaultSensorStatus.RUNNING,
        description="Files in landing, dirty days, an unpublished lake: each becomes a run.",
    )
    def landing(context: SensorEvaluationContext) -> Iterator[RunRequest | SkipReason]:
        from pipelines.river.lock import Busy, writer_lock

        folder = DataFolder.from_environment()
        try:
            with writer_lock(folder, wait_s=0):
                pass
        except Busy as busy:
            yield SkipReason(f"Another run is writing: {busy}")
            return
        requests = list(run_requests(demand(folder, datetime.now(UTC)), campus))
        yield from requests
        if not requests:
            yield SkipReason("Nothing has landed, no day is dirty, the lake is published.")

    return landing


def run_requests(called: Demand, campus: Campus) -> Iterator[RunRequest]:
    """One run a call; Dagster drops a request whose run key it has seen."""
    if called.intake:
        yield RunRequest(run_key=f"intake-{called.intake.key}", job_name=INTAKE)
    for call in called.days:
        yield days_request(call, campus)
    if called.publish:
        yield RunRequest(run_key=f"publish-{called.publish.key}", job_name=PUBLISH)


def days_request(call: DaysCall, campus: Campus, *, expect: bool = False) -> RunRequest:
    """One ranged run for a block of days, on the kinds that its sites can give.

    Args:
        call: The block.
        campus: The devices of its sites decide the kinds.
        expect: Know the days even where no file touches them.
    """
    keys = [AssetKey(["readings", kind]) for kind in kinds_of_sites(campus, call.sites)]
    return RunRequest(
        run_key=f"days-{call.key}",
        job_name=READINGS,
        run_config=cleaning_config(expect=expect),
        tags=range_tags(call.start, call.end, campus),
        asset_selection=keys,
        asset_check_keys=sorted(cleaning_checks(keys)),
    )

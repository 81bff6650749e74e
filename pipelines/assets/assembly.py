"""Puts assets, checks, jobs, sensor and schedule together for one campus.

Here must not live: any of them.
"""

import json
from collections.abc import Mapping
from typing import Any

from dagster import AssetsDefinition, Definitions, RetryPolicy, in_process_executor

from pipelines.assets.connect import connect_assets, connect_jobs, connect_schedules
from pipelines.assets.intake import intake_asset
from pipelines.assets.jobs import READINGS, jobs
from pipelines.assets.journal import Journal, journal_resource
from pipelines.assets.marts import marts_assets, source_specs
from pipelines.assets.published import published_checks, published_version
from pipelines.assets.readings import readings_assets
from pipelines.assets.schedule import daily_schedule
from pipelines.assets.sensor import landing_sensor
from pipelines.campus.campus import Campus


def parsed_project() -> dict[str, Any]:
    """The manifest of the dbt project, which is parsed only where its files have changed."""
    from pipelines.warehouse.dbt import prepare_manifest

    manifest: dict[str, Any] = json.loads(prepare_manifest().manifest.read_text(encoding="utf-8"))
    return manifest


def river_definitions(
    campus: Campus, manifest: Mapping[str, Any], journal: Journal, retry: RetryPolicy | None
) -> Definitions:
    """All definitions of the code location.

    Args:
        campus: Its sites give the partitions and the gates.
        manifest: dbt's parsed project.
        journal: Where the assets note what they did.
        retry: For what nobody foresaw; None under `headroom run`, where a person sees the error.
    """
    marts: AssetsDefinition = marts_assets(manifest, retry)
    all_jobs = jobs(marts.keys)
    readings_job = next(job for job in all_jobs if job.name == READINGS)
    return Definitions(
        assets=[
            *connect_assets(retry),
            intake_asset(retry),
            readings_assets(campus, retry),
            marts,
            published_version(marts.keys, retry),
            *source_specs(manifest),
        ],
        asset_checks=published_checks(campus),
        jobs=[*all_jobs, *connect_jobs()],
        sensors=[landing_sensor(campus, all_jobs)],
        schedules=[daily_schedule(campus, readings_job), *connect_schedules()],
        resources={"journal": journal_resource(journal)},
        # A process a step costs 15 to 24 s a run; the work itself is parallel inside polars and DuckDB.
        executor=in_process_executor,
    )

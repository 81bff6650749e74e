"""The daily schedule: yesterday and every dirty day, even where no file arrived.

A day without files is a gap, and a gap must become a row of `quality.coverage_daily` by itself.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dagster import (
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    schedule,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.assets.days import utc_days
from pipelines.assets.demand import DaysCall, days_calls, folder_state
from pipelines.assets.sensor import days_request
from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder

CRON = "20 6 * * *"
"""06:20 UTC: past local midnight everywhere in the Americas."""

CRON_VARIABLE = "HEADROOM_DAILY_CRON"
"""Environment variable with another cron line, UTC."""


def daily_schedule(campus: Campus, readings_job: UnresolvedAssetJobDefinition) -> ScheduleDefinition:
    """The schedule, running from the first start on."""

    @schedule(
        name="daily_schedule",
        job=readings_job,
        cron_schedule=os.environ.get(CRON_VARIABLE, CRON),
        execution_timezone="UTC",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Yesterday and every dirty day; the landing sensor then publishes.",
    )
    def daily(context: ScheduleEvaluationContext) -> Iterator[RunRequest]:
        from pipelines.river import plan

        folder = DataFolder.from_environment()
        now = context.scheduled_execution_time.astimezone(UTC)
        state = folder_state(folder, now)
        calls = days_calls(plan(folder), state)
        yield from (days_request(call, campus) for call in calls)
        if (call := yesterday_call(now, campus)) is not None:
            yield days_request(call, campus, expect=True)

    return daily


def yesterday_call(now: datetime, campus: Campus) -> DaysCall | None:
    """Yesterday at every campus, None before the campus starts."""
    yesterday = now.date() - timedelta(days=1)
    if yesterday < utc_days(campus).start.date():
        return None
    campuses = frozenset(site for site, row in campus.sites.items() if row.kind == "campus")
    return DaysCall(f"yesterday-{yesterday}", yesterday, yesterday, campuses)

"""Runs the river in this process, on the instance that the web UI shows.

The same jobs as the sensor's: intake, then one ranged run a block of dirty days, then publish.
Here must not live: printing (`cli`), or which days are dirty (`river.plan`).
"""

import os
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any

from pipelines.assets.journal import Journal
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance, Definitions

Tell = Callable[[str], None]

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Dagster's console log stays silent: the run's log is in the UI, the messages are ours."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `headroom run` was asked for.

    Attributes:
        start: First UTC day, None for all.
        end: Last UTC day, None for all.
        site: Only this site, None for all.
        rebuild: Clean again even what did not change.
    """

    start: date | None = None
    end: date | None = None
    site: str | None = None
    rebuild: bool = False


def bring_up_to_date(folder: DataFolder, wanted: Wanted, tell: Tell) -> Journal:
    """Takes in what has landed, cleans the dirty days, publishes; stops where another run keeps the lock.

    Raises:
        CampusError, Refusal, PublicationRefused, OSError: As the river raised them; nothing was published.
    """
    from dagster import AssetKey

    from pipelines.assets.assembly import parsed_project, river_definitions
    from pipelines.assets.days import kinds_of_sites, range_tags
    from pipelines.assets.demand import days_calls
    from pipelines.assets.instance import open_instance
    from pipelines.assets.jobs import INTAKE, READINGS
    from pipelines.assets.readings import cleaning_config
    from pipelines.river import file_accounts, plan, unaccounted

    journal = Journal()
    campus = load_campus(folder)
    with open_instance(folder, keeps_log_open=True) as instance:
        end_of_dead_runs(instance)
        definitions = river_definitions(campus, parsed_project(), journal, retry=None)
        run = _Launcher(definitions, instance, journal)
        tell("Taking in what has landed …")
        run(INTAKE)
        dirty = plan(folder, start=wanted.start, end=wanted.end, site=wanted.site, rebuild=wanted.rebuild)
        config = cleaning_config(site=wanted.site, rebuild=wanted.rebuild)
        for call in days_calls(dirty, ""):
            if journal.postponed:
                break
            tell(f"Cleaning {call.start} to {call.end} ({(call.end - call.start).days + 1} days) …")
            kinds = [AssetKey(["readings", kind]) for kind in kinds_of_sites(campus, call.sites)]
            run(READINGS, range_tags(call.start, call.end, campus), kinds, config)
        if not journal.postponed:
            _publish(folder, run, tell)
    journal.unaccounted = unaccounted(file_accounts(folder))
    return journal


def _publish(folder: DataFolder, run: "_Launcher", tell: Tell) -> None:
    """Publishes what is not published yet.

    That is asked again under the lock: a run that had to wait for another one's publication often finds
    its work done.
    """
    from pipelines.assets.jobs import PUBLISH
    from pipelines.river import Busy, build_lock, is_published

    if is_published(folder):
        return
    try:
        with build_lock(folder):
            if not is_published(folder):
                tell("Building, testing and publishing the warehouse …")
                run.journal.may_build = True
                run(PUBLISH)
    except Busy as busy:
        run.journal.postponed.append(str(busy))


@dataclass(frozen=True, slots=True)
class _Launcher:
    """Executes a job in this process and raises what the river raised."""

    definitions: "Definitions"
    instance: "DagsterInstance"
    journal: Journal

    def __call__(
        self,
        job: str,
        tags: Mapping[str, str] | None = None,
        selection: "list[AssetKey] | None" = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        from dagster import Failure

        from pipelines.assets.jobs import cleaning_checks

        try:
            definition = self.definitions.resolve_job_def(job)
            if selection is not None:
                definition = definition.get_subset(
                    asset_selection=set(selection), asset_check_selection=cleaning_checks(selection)
                )
            # Dagster also writes to stderr by itself, where it cannot write its records above all.
            with redirect_stderr(StringIO()):
                definition.execute_in_process(
                    run_config={**QUIET, **(config or {})},
                    instance=self.instance,
                    tags={**(tags or {}), **process_tags()},
                )
        except Failure:
            if self.journal.refusal is None:
                raise
            raise self.journal.refusal from None


PID_TAG, HOST_TAG = "headroom/pid", "headroom/host"


def process_tags() -> dict[str, str]:
    """Tags that tell which process a run lives in; the daemon must not retry what a person started."""
    return {PID_TAG: str(os.getpid()), HOST_TAG: os.uname().nodename, "dagster/max_retries": "0"}


def end_of_dead_runs(instance: "DagsterInstance") -> list[str]:
    """Marks runs of this host as failed whose process is gone, which nothing else would notice for hours.

    Returns:
        The ids of those runs.
    """
    from dagster import DagsterRunStatus, RunsFilter

    under_way = RunsFilter(
        statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.NOT_STARTED],
        tags={HOST_TAG: os.uname().nodename},
    )
    dead = [run for run in instance.get_runs(under_way) if not _is_alive(int(run.tags[PID_TAG]))]
    for run in dead:
        instance.report_run_failed(
            run, "The process of this run is gone; its work is done again by the next run."
        )
    return [run.run_id for run in dead]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

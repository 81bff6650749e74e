"""The one Dagster instance that `headroom run` and `headroom ui` share.

Dagster's own records are a view: losing this folder loses history, never data. Here must not live:
definitions, or anything that reads readings.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.campus.paths import DataFolder

if TYPE_CHECKING:
    from dagster import DagsterInstance

SETTINGS = """\
# Written by Headroom at every start; changes made here are lost. See docs/operations.md.
telemetry: {enabled: false}
nux: {enabled: false}
run_monitoring:
  enabled: true
  poll_interval_seconds: 15
  start_timeout_seconds: 120
  cancel_timeout_seconds: 120
  # A run whose process was killed stays STARTED until this ends it.
  max_runtime_seconds: 7200
  # Without this a killed run keeps its pool slot for ever.
  free_slots_after_run_end_seconds: 30
# Only a crashed worker is tried again; a mistake in the data would fail again.
run_retries: {enabled: true, max_retries: 2, retry_on_asset_or_op_failure: false}
concurrency:
  pools: {default_limit: 1}
  runs: {max_concurrent_runs: 2}
code_servers: {local_startup_timeout: 180}
# Our steps print nothing; capturing their output would take the terminal's away when the disk is full.
# What the river logs stands in the log of the run: traces of what nobody foresaw in one file or feed.
python_logs: {managed_python_loggers: [pipelines], python_log_level: DEBUG}
compute_logs: {module: dagster._core.storage.noop_compute_log_manager, class: NoOpComputeLogManager}
retention:
  sensor: {purge_after_days: {skipped: 1, success: 30, failure: 90, started: 30}}
  schedule: {purge_after_days: 365}
"""
"""dagster.yaml. Secrets never belong here: the settings show in the UI and in command lines."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """What the instance knows about its daemon.

    Attributes:
        name: Part of the daemon: SENSOR, SCHEDULER, QUEUED_RUN_COORDINATOR, …
        is_healthy: Whether its last heartbeat is recent.
        seconds_ago: Age of the last heartbeat [s], None if there never was one.
    """

    name: str
    is_healthy: bool
    seconds_ago: float | None


def write_settings(folder: DataFolder) -> Path:
    """Writes dagster.yaml into DAGSTER_HOME (through a temporary name) and returns the folder."""
    home = folder.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.is_file() or settings.read_text(encoding="utf-8") != SETTINGS:
        draft = home / f".dagster.yaml.{os.getpid()}"
        draft.write_text(SETTINGS, encoding="utf-8")
        draft.replace(settings)
    return home


@contextmanager
def open_instance(folder: DataFolder) -> Iterator["DagsterInstance"]:
    """The instance of a data folder, with its settings up to date.

    DAGSTER_HOME is set for this process and its children, so that everything they start finds it too.
    """
    from dagster import DagsterInstance

    home = write_settings(folder)
    os.environ["DAGSTER_HOME"] = str(home)
    with DagsterInstance.from_config(str(home)) as instance:
        yield instance


def daemons(instance: "DagsterInstance") -> list[Daemon]:
    """The parts of the daemon that have ever run, by name."""
    import time

    from dagster._daemon.controller import get_daemon_statuses

    statuses = get_daemon_statuses(instance, instance.get_required_daemon_types())
    return [
        Daemon(
            name,
            bool(status.healthy),
            time.time() - status.last_heartbeat.timestamp if status.last_heartbeat else None,
        )
        for name, status in sorted(statuses.items())
    ]


def automation(instance: "DagsterInstance") -> list[tuple[str, str]]:
    """Sensor and schedule with their state; both run unless somebody has turned them off in the UI."""
    states = {state.instigator_name: state.status.value for state in instance.all_instigator_state()}
    return [(name, states.get(name, "RUNNING").lower()) for name in ("landing_sensor", "daily_schedule")]


def forget_runs(instance: "DagsterInstance", keep_days: int) -> int:
    """Deletes the records of runs that ended before `keep_days` days; returns how many.

    Raises:
        ValueError: A negative number of days.
    """
    from datetime import UTC, datetime, timedelta

    from dagster import DagsterRunStatus, RunsFilter

    if keep_days < 0:
        raise ValueError(f"{keep_days} days cannot be kept")
    ended = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
    before = datetime.now(UTC) - timedelta(days=keep_days)
    old = instance.get_runs(RunsFilter(statuses=ended, updated_before=before))
    for run in old:
        instance.delete_run(run.run_id)
    return len(old)

"""The one Dagster instance that `headroom run` and `headroom ui` share.

Dagster's own records are a view: losing this folder loses history, never data. Here must not live:
definitions, or anything that reads readings.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.campus.paths import PROJECT, DataFolder

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._core.instance import DagsterInstanceOverrides


def write_settings(folder: DataFolder) -> Path:
    """Copies dagster.yaml of the checkout into DAGSTER_HOME and returns the folder."""
    wanted = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    home = folder.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.is_file() or settings.read_text(encoding="utf-8") != wanted:
        draft = home / f".dagster.yaml.{os.getpid()}"
        draft.write_text(wanted, encoding="utf-8")
        draft.replace(settings)
    return home


@contextmanager
def open_instance(folder: DataFolder, *, keeps_log_open: bool = False) -> Iterator["DagsterInstance"]:
    """The instance of a data folder, with its settings up to date.

    DAGSTER_HOME is set for this process and its children, so that everything they start finds it too.

    Args:
        folder: Whose instance.
        keeps_log_open: Files of the event log stay open until the instance closes: right for a process that
            runs jobs and ends, wrong for one that shows the runs of months.
    """
    from dagster import DagsterInstance
    from dagster._core.instance.ref import InstanceRef

    home = write_settings(folder)
    os.environ["DAGSTER_HOME"] = str(home)
    overrides = _open_event_log(home) if keeps_log_open else None
    with DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=overrides)) as instance:
        yield instance


def _open_event_log(home: Path) -> "DagsterInstanceOverrides":
    """The event log where Dagster keeps it by default, written by `OpenEventLog`."""
    log = {
        "module": "pipelines.assets.event_log",
        "class": "OpenEventLog",
        "config": {"base_dir": str(home / "history" / "runs")},
    }
    return {"event_log_storage": log}


@contextmanager
def daemon_lock(folder: DataFolder) -> Iterator[int | None]:
    """The right to run the daemon of a data folder: a descriptor to pass on, None where another has it.

    The daemon inherits the descriptor, so that the lock lives exactly as long as some daemon does.
    """
    with (folder.dagster_home / "daemon.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield lock.fileno()


def is_daemon_running(folder: DataFolder) -> bool:
    """Whether some process runs the daemon; Dagster's heartbeats outlive it by half an hour."""
    with daemon_lock(folder) as right:
        return right is None


def automation(instance: "DagsterInstance") -> list[tuple[str, str]]:
    """Sensor and schedule with their state; both run unless somebody has turned them off in the UI."""
    stopped = {
        state.instigator_name for state in instance.all_instigator_state() if state.status.value == "STOPPED"
    }
    return [(name, "stopped" if name in stopped else "on") for name in ("landing_sensor", "daily_schedule")]


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

"""One instance for `headroom run` and `headroom ui`, with settings that a crash cannot freeze."""

import os
import warnings
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.test_utils import create_run_for_test

from pipelines.assets.instance import (
    automation,
    daemon_lock,
    forget_runs,
    is_daemon_running,
    open_instance,
    write_settings,
)
from pipelines.assets.launch import HOST_TAG, PID_TAG, end_of_dead_runs
from pipelines.campus.paths import DataFolder


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "DagsterInstance":
    monkeypatch.setenv("DAGSTER_HOME", "")
    with open_instance(DataFolder(tmp_path)) as opened:
        yield opened


def test_dagster_accepts_the_settings(instance: DagsterInstance) -> None:
    assert not instance.telemetry_enabled
    assert not instance.nux_enabled
    assert instance.run_retries_enabled
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_max_runtime_seconds == 7200
    settings = instance.get_settings("run_monitoring")
    assert settings["free_slots_after_run_end_seconds"] == 30
    assert list(instance.managed_python_loggers) == ["pipelines"]
    concurrency = instance.get_concurrency_config()
    assert concurrency.pool_config.default_pool_limit == 1
    assert concurrency.run_queue_config is not None
    assert concurrency.run_queue_config.max_concurrent_runs == 2


def test_a_change_of_the_settings_by_hand_is_undone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    settings = write_settings(folder) / "dagster.yaml"
    written = settings.read_text()
    settings.write_text("telemetry: {enabled: true}\n")
    write_settings(folder)
    assert settings.read_text() == written


@pytest.mark.parametrize("keeps_log_open", [False, True])
def test_opening_again_finds_the_same_runs_and_what_happened_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps_log_open: bool
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    with open_instance(DataFolder(tmp_path), keeps_log_open=keeps_log_open) as first:
        run = create_run_for_test(first, job_name="intake_job")
        first.report_engine_event("landed", run)
        with open_instance(DataFolder(tmp_path)) as beside:
            assert [event.message for event in beside.all_logs(run.run_id)] == ["landed"]
    with open_instance(DataFolder(tmp_path)) as second:
        assert second.has_run(run.run_id)
        assert [event.message for event in second.all_logs(run.run_id)] == ["landed"]


def test_sensor_and_schedule_run_until_somebody_stops_them(instance: DagsterInstance) -> None:
    assert automation(instance) == [("landing_sensor", "on"), ("daily_schedule", "on")]


def test_the_daemon_runs_exactly_as_long_as_somebody_holds_its_lock(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    write_settings(folder)
    assert not is_daemon_running(folder)
    with daemon_lock(folder) as right:
        assert right is not None
        assert is_daemon_running(folder)
    assert not is_daemon_running(folder)


def test_a_run_whose_process_is_gone_is_failed(instance: DagsterInstance) -> None:
    gone, host = str(2**22 - 1), os.uname().nodename
    dead = create_run_for_test(
        instance, status=DagsterRunStatus.STARTED, tags={PID_TAG: gone, HOST_TAG: host}
    )
    alive = create_run_for_test(
        instance, status=DagsterRunStatus.STARTED, tags={PID_TAG: str(os.getpid()), HOST_TAG: host}
    )
    elsewhere = create_run_for_test(
        instance, status=DagsterRunStatus.STARTED, tags={PID_TAG: gone, HOST_TAG: "other"}
    )
    assert end_of_dead_runs(instance) == [dead.run_id]
    states = [instance.get_run_by_id(run.run_id).status.value for run in (dead, alive, elsewhere)]  # type: ignore[union-attr]
    assert states == ["FAILURE", "STARTED", "STARTED"]


def test_old_runs_are_forgotten_and_open_ones_kept(instance: DagsterInstance) -> None:
    create_run_for_test(instance, status=DagsterRunStatus.SUCCESS)
    still = create_run_for_test(instance, status=DagsterRunStatus.STARTED)
    with warnings.catch_warnings():
        assert forget_runs(instance, keep_days=30) == 0
        assert forget_runs(instance, keep_days=0) == 1
    assert [run.run_id for run in instance.get_runs()] == [still.run_id]

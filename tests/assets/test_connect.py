"""Assets that fetch from public services: in the graph, off, and plain when they fail."""

from datetime import UTC, datetime

import pytest
from dagster import DagsterInstance, DefaultScheduleStatus, Definitions, materialize

from pipelines.assets.assembly import parsed_project, river_definitions
from pipelines.assets.connect import CRON, connect_assets
from pipelines.assets.journal import Journal, journal_resource
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.connectors import SERVICES
from tests.connectors.local_service import Reply, serving

CSV = b"station,valid,tmpf,relh\nMEM,2025-11-01 00:54,60.01,55.20\n"


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return river_definitions(load_campus(DataFolder(PROJECT / "data")), parsed_project(), Journal(), None)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_schedule_that_is_off(definitions: Definitions, name: str) -> None:
    schedule = definitions.resolve_schedule_def(f"connect_{name}_schedule")
    assert schedule.default_status is DefaultScheduleStatus.STOPPED
    assert (schedule.cron_schedule, schedule.execution_timezone) == (CRON[name], "UTC")
    job = definitions.resolve_job_def(schedule.job_name)
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == {f"connect/{name}"}


def run_weather(folder: DataFolder, *rows: str):
    """Materializes `connect/weather` with these rows of connections.csv."""
    with (folder.reference / "connections.csv").open("a") as table:
        table.writelines(f"{row}\n" for row in rows)
    assets = [asset for asset in connect_assets(None) if asset.key.path[-1] == "weather"]
    with DagsterInstance.ephemeral() as instance:
        return materialize(
            assets,
            instance=instance,
            resources={"journal": journal_resource(Journal())},
            raise_on_error=False,
        )


def test_what_is_configured_lands(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime.now(UTC).date()
    with serving(lambda asked: Reply(CSV)) as service:
        monkeypatch.setenv("HEADROOM_WEATHER_URL", service.url)
        run = run_weather(folder, f"weather,MEM,memphis_weather,{today},,,,test")
    [materialization] = run.asset_materializations_for_node("connect__weather")
    assert materialization.metadata["files_landed"].value == 1
    assert [path.read_bytes() for path in (folder.landing / "memphis_weather").iterdir()] == [CSV]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "reference/connections.csv has no row for weather"),
        (("weather,MEM,nothing,,,,,test",), "there is no feed 'nothing'"),
        (("weather,MEM,memphis_weather,{today},,,,test",), "answers 403 Forbidden"),
    ],
)
def test_a_failure_is_one_message(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, rows: tuple[str, ...], said: str
) -> None:
    today = datetime.now(UTC).date()
    with serving(lambda asked: Reply(status=403)) as service:
        monkeypatch.setenv("HEADROOM_WEATHER_URL", service.url)
        run = run_weather(folder, *(row.format(today=today) for row in rows))
    assert not run.success
    [failure] = [event.step_failure_data for event in run.all_node_events if event.is_step_failure]
    assert said in failure.user_failure_data.description

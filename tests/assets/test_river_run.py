"""What a person sees in the web UI after `headroom run`."""

import pytest
from dagster import AssetKey, DagsterEventType, DagsterInstance, RetryPolicy

from pipelines.assets.assembly import parsed_project, river_definitions
from pipelines.assets.instance import open_instance
from pipelines.assets.journal import Journal
from pipelines.assets.launch import Wanted, bring_up_to_date
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder
from pipelines.cli.headlines import headlines, print_headlines, print_verdicts
from pipelines.river import lock, version

Published = tuple[DataFolder, Journal]


def metadata(instance: DagsterInstance, *key: str) -> dict[str, object]:
    event = instance.get_latest_materialization_event(AssetKey(list(key)))
    assert event is not None
    assert event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def test_a_run_publishes_a_version(published_day: Published) -> None:
    folder, journal = published_day
    assert journal.refusal is None
    assert journal.manifest is not None
    assert journal.manifest.version_id == 1
    assert folder.published.is_symlink()


def test_the_runs_are_on_the_instance_of_the_ui_in_the_order_of_the_river(published_day: Published) -> None:
    folder, _ = published_day
    with open_instance(folder) as instance:
        runs = sorted(instance.get_run_records(), key=lambda record: record.create_timestamp)
    assert [record.dagster_run.job_name for record in runs[:3]] == [
        "intake_job",
        "readings_job",
        "publish_job",
    ]
    assert {record.dagster_run.status.value for record in runs[:3]} == {"SUCCESS"}


def test_one_run_covers_the_block_of_dirty_days(published_day: Published) -> None:
    folder, _ = published_day
    with open_instance(folder) as instance:
        days = instance.get_materialized_partitions(AssetKey(["readings", "turbines"]))
    assert days == {"2025-10-29", "2025-10-30"}


def test_intake_says_what_it_took(published_day: Published) -> None:
    folder, journal = published_day
    assert journal.arrival is not None
    with open_instance(folder) as instance:
        told = metadata(instance, "intake")
    assert told["files_taken"] == len(journal.arrival.intake.taken) > 0
    assert told["attention"] == "Nothing needs attention."


def test_readings_say_what_their_files_came_to(published_day: Published) -> None:
    folder, journal = published_day
    with open_instance(folder) as instance:
        told = metadata(instance, "readings", "turbines")
    assert told["rows_in"] == told["rows_loaded"] + told["rows_rejected"] + told["rows_duplicate"]  # type: ignore[operator]
    assert told["readings"] == journal.cleaned[0].rows["turbines"] > 0
    assert told["range"] == "2025-10-29 to 2025-10-30"
    assert "| m1_cems |" in str(told["files"])
    assert str(told["records_a_day"]).startswith("![records loaded a day](data:image/svg+xml;base64,")


def test_the_version_says_what_it_holds(published_day: Published) -> None:
    folder, journal = published_day
    assert journal.manifest is not None
    with open_instance(folder) as instance:
        told = metadata(instance, "published_version")
    assert told["version_id"] == 1
    assert told["export_sha256"] == journal.manifest.export_sha256
    assert "marts.site_power_5min" in str(told["tables"])
    assert told["coverage"] == "No whole day yet."


def test_checks_of_readings_and_marts_were_evaluated(published_day: Published) -> None:
    folder, _ = published_day
    wanted = {
        ("readings/turbines", "accounting"): True,
        ("readings/turbines", "rejected_share"): True,
        ("readings/turbines", "feeds_cleaned"): True,
        ("published_version", "accounting"): True,
        ("readings/turbines", "coverage"): True,
        ("marts/energy_balance_daily", "balance"): None,
        ("marts/battery_daily", "assert_blocks_add_up_to_their_site"): True,
    }
    found = {}
    with open_instance(folder) as instance:
        for record in instance.get_run_records():
            for entry in instance.all_logs(
                record.dagster_run.run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION
            ):
                check = entry.get_dagster_event().asset_check_evaluation_data
                found[check.asset_key.to_user_string(), check.check_name] = check.passed
    assert wanted.keys() <= found.keys()
    assert all(found[key] is expected for key, expected in wanted.items() if expected is not None)


def test_the_headlines_and_verdicts_of_the_demo_are_there(
    published_day: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo is these steps: the sample campus, simulated, through the river."""
    folder, _ = published_day
    unknown = {row["kpi"] for row in headlines(folder) if row["m1"] is None}
    assert unknown == {"battery round-trip efficiency", "above a verified limit"}
    print_headlines(folder)
    print_verdicts(folder)
    printed = capsys.readouterr().out
    assert "turbine hours avoided" in printed
    assert all(f"C{number} " in printed for number in range(1, 11))


def test_running_again_does_nothing(published_day: Published) -> None:
    folder, _ = published_day
    again = bring_up_to_date(folder, Wanted(), lambda _: None)
    assert again.cleaned == []
    assert again.manifest is None


def test_what_nobody_foresaw_is_tried_again_with_the_locks_it_needs(
    published_day: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = published_day
    tries: list[str] = []

    def fails_once(*_: object, **__: object) -> None:
        tries.append("try")
        if len(tries) == 1:
            raise RuntimeError("nobody foresaw this")

    at_once = lock.build_lock
    monkeypatch.setattr(version, "prepare_version", fails_once)
    monkeypatch.setattr(lock, "build_lock", lambda folder: at_once(folder, wait_s=0))
    journal = Journal()
    retry = RetryPolicy(max_retries=1)
    with open_instance(folder) as instance:
        definitions = river_definitions(load_campus(folder), parsed_project(), journal, retry)
        run = definitions.resolve_job_def("publish_job").execute_in_process(instance=instance)
    assert run.success
    assert (len(tries), journal.postponed) == (2, [])

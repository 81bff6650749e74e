"""The code location: keys are table names, partitions are UTC days, everything is on from the start."""

from datetime import UTC, date, datetime

import pytest
from dagster import (
    AssetCheckKey,
    AssetKey,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    PartitionKeyRange,
)

from pipelines.assets.assembly import parsed_project, river_definitions
from pipelines.assets.days import (
    RANGE_END,
    RANGE_START,
    days_of,
    kinds_of_feed,
    kinds_of_sites,
    range_tags,
    utc_days,
)
from pipelines.assets.demand import Call, DaysCall, Demand
from pipelines.assets.journal import ONE_MORE_TRY, Journal
from pipelines.assets.marts import TableNames, selection
from pipelines.assets.published import accounting_verdict
from pipelines.assets.schedule import yesterday_call
from pipelines.assets.sensor import run_requests
from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.kinds import KINDS


@pytest.fixture(scope="module")
def campus() -> Campus:
    return load_campus(DataFolder(PROJECT / "data"))


@pytest.fixture(scope="module")
def definitions(campus: Campus) -> Definitions:
    return river_definitions(campus, parsed_project(), Journal(), ONE_MORE_TRY)


def names(definitions: Definitions) -> set[str]:
    return {key.to_user_string() for key in definitions.resolve_asset_graph().executable_asset_keys}


def test_asset_keys_are_table_names(definitions: Definitions) -> None:
    wanted = {"intake", "published_version", "marts/site_power_5min", "marts/energy_balance_daily"}
    assert wanted | {f"readings/{kind}" for kind in KINDS} <= names(definitions)


def test_the_way_of_a_datum_is_one_graph(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    upstream = graph.get_ancestor_asset_keys(AssetKey("published_version"))
    assert AssetKey("intake") in upstream
    assert {AssetKey(["readings", kind]) for kind in ("grid", "turbines", "batteries")} <= upstream


def test_every_asset_has_a_group_an_owner_and_a_description(definitions: Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        assert spec.group_name not in (None, "default"), spec.key
        assert list(spec.owners) == ["team:data-engineering"], spec.key
        assert spec.description, spec.key
        assert spec.kinds, spec.key


@pytest.mark.parametrize("check", ["accounting", "coverage", "feeds_cleaned", "rejected_share"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_readings_table_is_checked(definitions: Definitions, kind: str, check: str) -> None:
    assert (
        AssetCheckKey(AssetKey(["readings", kind]), check)
        in definitions.resolve_asset_graph().asset_check_keys
    )


def test_the_published_version_is_checked_for_files_that_do_not_add_up(definitions: Definitions) -> None:
    check = AssetCheckKey(AssetKey("published_version"), "accounting")
    assert check in definitions.resolve_asset_graph().asset_check_keys
    verdict = accounting_verdict([("m1_cems", "day.csv", "4 records came in, 3 are accounted for")])
    assert not verdict.passed
    assert "day.csv" in str(verdict.metadata["files"])
    assert accounting_verdict([]).passed


def test_sensor_and_schedule_are_on_by_default(definitions: Definitions) -> None:
    sensor = definitions.resolve_sensor_def("landing_sensor")
    schedule = definitions.resolve_schedule_def("daily_schedule")
    assert sensor.default_status is DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == 20
    assert schedule.default_status is DefaultScheduleStatus.RUNNING


def test_a_range_of_days_is_one_run(definitions: Definitions) -> None:
    policy = definitions.resolve_job_def("readings_job").backfill_policy
    assert policy is not None
    assert policy.max_partitions_per_run is None


def test_each_job_does_its_part_only(definitions: Definitions) -> None:
    nodes = {
        job: {node.name for node in definitions.resolve_job_def(job).nodes}
        for job in ("intake_job", "readings_job", "publish_job")
    }
    assert nodes == {
        "intake_job": {"intake"},
        "readings_job": {"readings"},
        "publish_job": {"marts", "published_version", "published_data"},
    }


def test_partitions_are_utc_days_from_the_first_site_to_today(campus: Campus) -> None:
    days = utc_days(campus)
    assert days.get_first_partition_key() == "2025-05-01"
    assert days.get_last_partition_key() == datetime.now(UTC).date().isoformat()


def test_a_run_names_only_the_kinds_its_sites_can_give(campus: Campus) -> None:
    assert kinds_of_sites(campus, frozenset({"tva"})) == ["system_demand"]
    assert set(kinds_of_sites(campus, frozenset({"m1"}))) == {"grid", "campus_load", "turbines", "batteries"}


def test_a_feed_belongs_to_the_kinds_of_its_columns(campus: Campus) -> None:
    assert kinds_of_feed(campus.contracts["tva_demand"]) == {"system_demand"}


def test_what_is_called_for_becomes_runs(campus: Campus) -> None:
    block = DaysCall("k", date(2025, 10, 29), date(2025, 11, 5), frozenset({"tva"}))
    intake, days, publish = run_requests(Demand(Call("i"), (block,), Call("p")), campus)
    assert (intake.job_name, days.job_name, publish.job_name) == ("intake_job", "readings_job", "publish_job")
    assert (days.tags[RANGE_START], days.tags[RANGE_END]) == ("2025-10-29", "2025-11-05")
    assert days.asset_selection == [AssetKey(["readings", "system_demand"])]
    assert len({intake.run_key, days.run_key, publish.run_key}) == 3


def test_days_before_the_first_partition_belong_to_it(campus: Campus) -> None:
    """The lake has some where a site's first day was corrected to a later one."""
    first = utc_days(campus).start.date()
    tags = range_tags(date(2024, 1, 1), date(2024, 1, 3), campus)
    assert {tags[RANGE_START], tags[RANGE_END]} == {first.isoformat()}
    key_range = PartitionKeyRange(tags[RANGE_START], tags[RANGE_END])
    assert days_of(key_range, campus) == (date.min, first)
    later = PartitionKeyRange("2025-10-29", "2025-10-30")
    assert days_of(later, campus) == (date(2025, 10, 29), date(2025, 10, 30))


def test_the_schedule_expects_yesterday_at_every_campus(campus: Campus) -> None:
    call = yesterday_call(datetime(2025, 11, 6, 6, 20, tzinfo=UTC), campus)
    assert call is not None
    assert (call.start, call.end, call.sites) == (date(2025, 11, 5), date(2025, 11, 5), {"m1", "m2"})
    assert yesterday_call(datetime(2025, 5, 1, 6, 20, tzinfo=UTC), campus) is None


def test_a_selection_of_assets_is_a_selection_of_models(definitions: Definitions) -> None:
    project, table_names = parsed_project(), TableNames()
    marts = definitions.resolve_job_def("publish_job").asset_layer.selected_asset_keys
    assert selection(project, table_names, set(marts), set()) is None
    chosen = selection(project, table_names, {AssetKey(["marts", "site_power_5min"])}, set())
    assert chosen == "fqn:headroom.marts.operations.site_power_5min"


def test_a_check_alone_brings_what_it_stands_on(definitions: Definitions) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    (check,) = (each for each in checks if each.name == "assert_blocks_add_up_to_their_site")
    chosen = selection(parsed_project(), TableNames(), set(), {check})
    assert chosen == "+fqn:headroom.assert_blocks_add_up_to_their_site"

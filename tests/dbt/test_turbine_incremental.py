"""A build of the day that changed equals a build of everything, with a run that crosses midnight."""

from itertools import pairwise

import pytest

from tests.dbt.conftest import SmallWarehouse
from tests.dbt.small_campus import SmallCampus

MODELS = ("run", "--select", "+emissions_monthly", "+turbine_starts")


def campus(path, *, is_mended):
    """A unit that runs from 22:00 to 02:00; mended, it stood still on the second day."""
    warehouse = SmallWarehouse(path)
    campus = SmallCampus(warehouse, "2025-06-01", "2025-06-03")
    campus.site("m1", zone="UTC")
    warehouse.put("reference.factors", [{"factor_id": "lb_per_short_ton", "value": 2000}])
    campus.meter("m1", "gt", "turbine", 16)
    days = ("2025-06-01 00:00:00", "2025-06-02 00:00:00", "2025-06-03 00:00:00", "2025-06-04 00:00:00")
    for first, last in pairwise(days):
        runs = "false" if is_mended and first == days[1] else "hour(ts) >= 22 or hour(ts) < 2"
        campus.steady(
            "m1", "gt", "turbine", f"case when {runs} then 12 else 0 end", first, last, nox_lb="0.1"
        )
    return warehouse


@pytest.fixture(scope="module")
def mended_and_whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turbines")
    step = campus(folder / "step" / "headroom.duckdb", is_mended=False)
    step.dbt(*MODELS)
    before = step.rows("select started_at from marts.turbine_starts where kind = 'start' order by 1")
    whole = campus(folder / "whole" / "headroom.duckdb", is_mended=True)
    whole.dbt(*MODELS)
    step.run(
        f"""
        attach '{whole.path}' as whole (read_only);
        create or replace table affected.turbines as
        from whole.affected.turbines where utc_date = '2025-06-02';
        delete from affected.days where utc_date <> '2025-06-02';
        """
    )
    step.dbt(*MODELS)
    return before, step, whole


@pytest.mark.parametrize("mart", ["turbine_hourly", "turbine_starts", "emissions_monthly"])
def test_one_mended_day_gives_what_a_whole_build_gives(mended_and_whole, mart):
    _, step, whole = mended_and_whole
    assert step.rows(f"from marts.{mart} order by all") == whole.rows(f"from marts.{mart} order by all")


def test_a_run_over_midnight_is_one_start(mended_and_whole):
    before, step, _ = mended_and_whole
    assert [start.isoformat(" ") for (start,) in before] == [f"2025-06-0{day} 22:00:00" for day in (1, 2, 3)]
    after = step.rows("select started_at from marts.turbine_starts where kind = 'start' order by 1")
    assert [start.isoformat(" ") for (start,) in after] == [
        "2025-06-01 22:00:00",
        "2025-06-03 00:00:00",
        "2025-06-03 22:00:00",
    ]

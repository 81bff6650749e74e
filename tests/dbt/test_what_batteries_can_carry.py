"""How long the batteries last is not guessed: absent blocks and silent meters leave it unknown."""

from tests.dbt.small_campus import SmallCampus

DAY, NOON, NEXT = "2025-06-02 00:00:00", "2025-06-02 12:00:00", "2025-06-03 00:00:00"


def campus_of_two_blocks(warehouse, *, second_block, grid_until=NEXT):
    campus = SmallCampus(warehouse, "2025-06-02", "2025-06-02")
    campus.site("m1", zone="UTC")
    campus.meter("m1", "grid-01", "grid")
    campus.meter("m1", "load-01", "load")
    campus.meter("m1", "gt-01", "turbine", 16.47)
    for block in ("b1", "b2"):
        campus.meter("m1", block, "battery", 50, energy_mwh=200)
    warehouse.put(
        "reference.contingencies",
        [
            {
                "contingency_id": "unit-lost",
                "site_id": "m1",
                "loses": "largest_unit",
                "duration_min": 20,
                "soc_floor_pct": 10,
                "discharge_efficiency": 0.96,
            }
        ],
    )
    campus.steady("m1", "load-01", "load", 60, DAY, NEXT)
    campus.steady("m1", "gt-01", "turbine", 8, DAY, NEXT)
    campus.steady("m1", "grid-01", "grid", 52, DAY, grid_until)
    full = {"soc_pct": 80, "available_discharge_mw": 50, "status": "'available'"}
    campus.steady("m1", "b1", "battery", 0, DAY, NEXT, **full)
    campus.steady("m1", "b2", "battery", 0, DAY, NEXT, **(full if second_block else {}))
    warehouse.dbt("run", "--select", "+battery_daily", "+site_power_5min")


def site_row(warehouse):
    return warehouse.rows(
        "select autonomy_min_p05, autonomy_reason, availability_capacity_pct, is_bound "
        "from marts.battery_daily where device_id is null"
    )


def test_two_blocks_carry_what_the_lost_unit_gave(warehouse):
    campus_of_two_blocks(warehouse, second_block=True)
    minutes = 60 * 0.70 * 400 * 0.96 / 8

    assert site_row(warehouse) == [(minutes, None, 100, False)]


def test_a_block_without_a_state_of_charge_leaves_the_site_without_one(warehouse):
    campus_of_two_blocks(warehouse, second_block=False)

    assert site_row(warehouse) == [(None, "missing_source", None, True)]
    assert warehouse.rows("select distinct soc_pct from marts.site_power_5min") == [(None,)]


def test_half_a_day_is_no_percentile_of_a_day(warehouse):
    campus_of_two_blocks(warehouse, second_block=True, grid_until=NOON)

    assert site_row(warehouse) == [(None, "missing_source", 100, True)]

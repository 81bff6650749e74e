"""What a missing hour costs over a year, by the rules of the sample campus.

The windows of Part 75 (8,760 operating hours, 2,160 quality-assured ones) are too long for rows in a YAML.
"""

from decimal import Decimal
from itertools import product

import pytest

from pipelines.campus.paths import PROJECT
from pipelines.campus.reference import read_table
from pipelines.campus.tables import TABLES

RATE = Decimal("0.007367951390")
"""A unit at 2 ppm [lb/mmBtu]."""
MODELS = ("run", "--select", "int_monitor_hours", "int_substitutes")


@pytest.fixture(scope="module")
def rules():
    rows, mistakes = read_table(
        PROJECT / "data/reference/substitution_rules.csv", TABLES["substitution_rules"]
    )
    assert mistakes == []
    return rows


@pytest.fixture(scope="module")
def year(module_warehouse, rules):
    """Units at constant load: `o13` without 350 of 8,760 hours, `o38` (SCR unproven) without 88 of 8,800."""
    module_warehouse.put("reference.substitution_rules", [row.model_dump() for row in rules])
    module_warehouse.run(
        f"""
        create schema intermediate;
        create table intermediate.int_monitored_parameters as
        select unnest(['o13', 'o38']) as unit_id, 'nox' as parameter;
        create table intermediate.int_unit_maxima as
        select unit_id, 'nox' as parameter, cast(null as date) as valid_from, cast(null as date) as valid_to,
            cast(null as date) as certified_on, if(unit_id = 'o38', 'scr', null) as control, 10 as load_bins,
            cast(1.715957100000 as decimal(24, 12)) as maximum_value
        from intermediate.int_monitored_parameters;
        create table intermediate.int_turbine_masses as
        select 'm1' as site_id, device_id, timestamp '2025-01-01' + to_hours(i) as hour_start_utc,
            cast(hour_start_utc as date) as local_date, 3600 as running_s, 16 as nameplate_mw,
            12 * 3600 as gross_mw_s, 150e0 as burnt_mmbtu, false as has_other_base,
            (i + 1) % step > 0 as is_quality_assured, is_quality_assured as is_nsps_valid,
            if(is_quality_assured, {RATE}, null) as mass_rate,
            if(is_quality_assured, cast(0.007 as decimal(18, 3)), null) as p75_rate,
            if(is_quality_assured, cast(1.1 as decimal(18, 6)), null) as total_nox_lb,
            cast(null as double) as scr_inlet_temperature_c, cast(null as double) as nh3_flow_lb_h,
            cast(null as decimal(24, 12)) as co_mass_rate, cast(null as decimal(24, 12)) as co_lb_per_mmbtu,
            cast(null as decimal(18, 1)) as p75_mmbtu_h, '1 measured' as heat_method,
            cast(null as varchar) as co_method
        from (values ('o13', 8760, 25), ('o38', 8800, 100)) as units (device_id, hours, step),
            range(hours) as steps (i)
        """
    )
    module_warehouse.dbt(*MODELS)
    return module_warehouse


def substitutes(year, unit, chain):
    return year.rows(
        "select substitute_value, modc, pma_pct, basis from intermediate.int_substitutes"
        f" where unit_id = '{unit}' and chain = '{chain}' order by hour_start_utc"
    )


def test_o13_availability_over_a_year_of_operation(year):
    assert len(substitutes(year, "o13", "part75")) == 350
    [(pma,)] = year.rows(
        "select pma_pct from intermediate.int_monitor_hours where unit_id = 'o13'"
        " qualify row_number() over (order by hour_start_utc desc) = 1"
    )
    assert pma == 96
    assert 8760 * (1 - pma / 100) + 5 >= 350


def test_single_hours_of_a_good_monitor_are_filled_with_the_mean_of_their_load(year):
    filled = substitutes(year, "o13", "part75")
    assert {(value, basis) for value, _, _, basis in filled} == {(RATE, "load_range")}
    codes = [modc for _, modc, _, _ in filled]
    assert codes == ["07"] * 89 + ["11"] * 261


def test_o38_one_percent_without_proof_of_the_catalyst_triples_the_tons(year):
    filled = substitutes(year, "o38", "part75")
    assert len(filled) == 88
    assert {(modc, basis) for _, modc, _, basis in filled} == {("12", "maximum_potential")}
    by_rule = 8712 * RATE + sum(value for value, *_ in filled)
    estimated = 8712 * RATE + sum(value for value, *_ in substitutes(year, "o38", "load_bin"))
    assert float(by_rule / estimated) == pytest.approx(3.31894737, abs=1e-8)


def test_a_corrected_hour_changes_the_fills_whose_lookback_holds_it_and_no_other(year):
    before = substitutes(year, "o13", "load_bin")
    corrected = f"{RATE} + 2.16"
    year.run(
        f"update intermediate.int_turbine_masses set mass_rate = {corrected}"
        " where device_id = 'o13' and hour_start_utc = timestamp '2025-01-01 00:00:00' + to_hours(6000)"
    )
    year.dbt(*MODELS)
    changed = [
        (index, now[0] - was[0])
        for index, (was, now) in enumerate(zip(before, substitutes(year, "o13", "load_bin"), strict=True))
        if now != was
    ]
    assert changed == [(index, Decimal("0.001")) for index in range(240, 330)]


def test_exactly_one_rule_of_a_chain_fits_each_gap(rules):
    cases = product(
        (0, 2159, 2160, 9000), (0, 79.9, 80, 89.9, 90, 94.9, 95, 100), (1, 8, 9, 24, 25), (True, False)
    )
    for prior, pma, gap, is_proven in cases:
        fitting = [
            (rule.parameter, rule.chain)
            for rule in rules
            if prior >= (rule.prior_from_h or 0)
            and (rule.prior_below_h is None or prior < rule.prior_below_h)
            and pma >= (rule.pma_from_pct or 0)
            and (rule.pma_below_pct is None or pma < rule.pma_below_pct)
            and gap > (rule.gap_above_h or 0)
            and (rule.gap_up_to_h is None or gap <= rule.gap_up_to_h)
            and rule.control in (None, "proven" if is_proven else "unproven")
        ]
        assert sorted(fitting) == sorted(
            product(("nox", "co", "heat_input"), ("load_bin", "part75", "maximum_potential"))
        ), (prior, pma, gap, is_proven)

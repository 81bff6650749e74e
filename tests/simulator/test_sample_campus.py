"""The sample campus loads without a mistake and says what the story says."""

from decimal import Decimal

from pipelines.campus.campus import Campus


def test_every_contract_of_the_sample_campus_loads(campus: Campus) -> None:
    assert campus.broken == {}
    assert {"m1_scada", "m1_turbines", "m1_cems", "m1_batteries", "m1_packs", "m1_packs_5s"} <= set(
        campus.contracts
    )
    assert {"m2_site", "m2_cems", "m2_batteries", "m2_packs", "tva_demand", "memphis_weather"} <= set(
        campus.contracts
    )


def test_156_packs_make_150_mw_and_15_turbines_247_mw(campus: Campus) -> None:
    def nameplate(site: str, kind: str) -> list[Decimal]:
        return [
            device.nameplate_mw or Decimal(0)
            for device in campus.devices.values()
            if (device.site_id, device.kind) == (site, kind)
        ]

    assert len(nameplate("m1", "pack")) == 156
    assert round(sum(nameplate("m1", "pack"))) == 150
    assert sum(nameplate("m1", "block")) == 150
    assert len(nameplate("m1", "unit")) == 15
    assert round(sum(nameplate("m1", "unit"))) == 247
    assert len(nameplate("m2", "pack")) == 168


def test_check_meters_and_packs_never_enter_a_sum(campus: Campus) -> None:
    counted = {row.meter_id for row in campus.tables["meters"] if row.counts_in_balance}
    assert "m1-grid-a" in counted
    assert "m1-grid-check" not in counted
    assert not any("pack" in meter for meter in counted)


def test_no_permit_limit_claims_to_be_verified(campus: Campus) -> None:
    assert all(row.verified_by is None for row in campus.tables["permit_limits"])


def test_every_row_of_the_sample_campus_names_its_source(campus: Campus) -> None:
    assert all(row.source for rows in campus.tables.values() for row in rows)

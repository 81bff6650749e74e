"""What a person sees who writes claims.csv: a claim is a row, and a mistake names the row and the remedy."""

from collections.abc import Callable

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.claimable import kpis
from pipelines.campus.paths import DBT_PROJECT, PROJECT, DataFolder
from pipelines.campus.refusal import CampusError

COLUMNS = (
    "claim_id",
    "boundary",
    "part",
    "statement",
    "kpi",
    "stated_value",
    "denominator",
    "slice",
    "aggregation",
    "period_rule",
    "confirmed_from",
    "confirmed_to",
    "refuted_below",
    "refuted_above",
    "source",
)
GOOD = {
    "claim_id": "C1",
    "boundary": "m1",
    "statement": "It is efficient",
    "kpi": "battery_daily.rte_pct",
    "aggregation": "mean",
    "confirmed_from": "85",
    "source": "test",
}
AVOIDED = "turbine_hours_avoided_daily."


@pytest.fixture
def claims(folder: DataFolder) -> Callable[..., DataFolder]:
    """Writes claims.csv: the good claim with some cells changed, one row a change."""

    def write(*changes: dict[str, str]) -> DataFolder:
        rows = [GOOD | change for change in changes]
        lines = [",".join(row.get(column, "") for column in COLUMNS) for row in rows]
        (folder.reference / "claims.csv").write_text("\n".join([",".join(COLUMNS), *lines]))
        return folder

    return write


def said(folder: DataFolder) -> str:
    with pytest.raises(CampusError) as caught:
        load_campus(folder)
    return str(caught.value)


def test_a_claim_is_a_row(claims: Callable[..., DataFolder]) -> None:
    campus = load_campus(
        claims(
            {},
            {"claim_id": "C2", "kpi": "", "aggregation": "", "confirmed_from": ""},
            {
                "claim_id": "C3",
                "kpi": f"{AVOIDED}avoided_h",
                "denominator": f"{AVOIDED}without_battery_h",
                "slice": "scenario=as planned",
                "aggregation": "ratio_pct",
            },
            {
                "claim_id": "C4",
                "kpi": "",
                "stated_value": "1000",
                "denominator": "system_peaks.exclusive_mw",
                "slice": "system_id=tva",
                "aggregation": "ratio_pct",
            },
            {
                "claim_id": "C5",
                "kpi": "peak_grid_share.share_pct",
                "slice": "system_id=tva definition=noncoincident",
                "aggregation": "max",
            },
        )
    )
    assert len(campus.tables["claims"]) == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kpi": "battery_daily.rte"},
            "claims.csv, line 2, kpi: no KPI that a claim may name; did you mean battery_daily.rte_pct? "
            "docs/methods/claims.md lists all of them (given: 'battery_daily.rte'). Correct the cell",
        ),
        ({"kpi": "x); drop table y; --"}, "kpi: no KPI that a claim may name; docs/methods"),
        ({"aggregation": "median"}, "aggregation: Input should be 'sum', 'mean', 'min', 'max'"),
        (
            {"aggregation": ""},
            "line 2: no aggregation of battery_daily.rte_pct, which does not add up: write",
        ),
        (
            {"aggregation": "sum"},
            "sum of battery_daily.rte_pct, which does not add up: write mean, min, max,",
        ),
        (
            {"kpi": "delivery_funnel.delivered", "slice": "kind=pack", "aggregation": "sum"},
            "sum of delivery_funnel.delivered, which adds up over sites, not over time: write mean,",
        ),
        ({"kpi": "delivery_funnel.delivered"}, "slice '' of delivery_funnel.delivered: write kind=…"),
        (
            {"kpi": "delivery_funnel.delivered", "slice": "kind=rack"},
            "delivery_funnel.delivered has no kind 'rack': write unit, block, pack",
        ),
        ({"slice": "kind=pack"}, "battery_daily.rte_pct has no slices: leave the cell empty"),
        ({"aggregation": "ratio_pct"}, "ratio_pct needs a denominator"),
        (
            {
                "kpi": "battery_daily.discharged_mwh",
                "denominator": "energy_balance_daily.load_mwh",
                "aggregation": "ratio_pct",
            },
            "energy_balance_daily.load_mwh is no column of the mart of battery_daily.discharged_mwh",
        ),
        ({"stated_value": "5"}, "give a kpi or a stated_value, not both"),
        ({"kpi": "", "stated_value": "5"}, "a stated_value is divided by published peaks"),
        ({"kpi": ""}, "an aggregation needs a kpi or a stated_value"),
        ({"confirmed_from": ""}, "no threshold: give confirmed_from, confirmed_to, refuted_below or"),
        ({"confirmed_to": "80"}, "confirmed_from is above confirmed_to"),
        ({"refuted_below": "90"}, "some value below refuted_below would confirm, too"),
        ({"refuted_above": "90"}, "some value above refuted_above would confirm, too"),
        ({"boundary": "m7"}, "row 1 (C1, m7), boundary: 'm7' is no boundary. Write campus, m1"),
        ({"boundary": "tva"}, "'tva' is no boundary"),
        (
            {"boundary": "campus", "kpi": "grid_limits_daily.import_max_mw", "aggregation": "max"},
            "max of grid_limits_daily.import_max_mw over several sites, whose extremes need not coincide",
        ),
    ],
)
def test_a_claim_that_cannot_be_tested_is_refused(
    claims: Callable[..., DataFolder], change: dict[str, str], message: str
) -> None:
    assert message in said(claims(change))


def test_the_tests_of_a_part_share_their_period(claims: Callable[..., DataFolder]) -> None:
    other = {"kpi": "battery_daily.availability_pct", "period_rule": "month"}
    assert "row 2 (C1, m1), period_rule: the tests of one part have different periods. Write all" in said(
        claims({}, other)
    )


def test_every_kpi_of_the_list_is_a_column_of_its_mart_with_its_unit_in_the_methods() -> None:
    page = (PROJECT / "docs" / "methods" / "claims.md").read_text()
    for kpi in kpis().values():
        mart, column = kpi.name.split(".")
        [described] = DBT_PROJECT.glob(f"models/marts/*/{mart}.yml")
        assert f"{{name: {column}," in described.read_text()
        assert f"| `{kpi.name}` | {kpi.unit} | {kpi.nature} |" in page

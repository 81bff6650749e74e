"""The project on nothing: it builds, with the columns its YAML describes, and its worked examples hold."""

import pytest

from tests.dbt.models_yaml import MODELS, yaml_models


@pytest.fixture(scope="module")
def built(module_warehouse):
    module_warehouse.dbt("build")
    return module_warehouse


def test_an_empty_warehouse_builds(built):
    assert built.rows("select count(*) from marts.site_power_5min") == [(0,)]


def test_every_built_column_is_described_in_order(built):
    found = built.rows(
        "select table_name, list(column_name order by ordinal_position) from information_schema.columns "
        "where table_schema in ('staging', 'intermediate', 'marts', 'quality') group by table_name"
    )
    declared = {
        name: [column["name"] for column in model["columns"]] for name, model in yaml_models().items()
    }

    assert {name: columns for name, columns in found if name in declared and declared[name] != columns} == {}
    assert {path.stem for path in MODELS.rglob("*.sql")} - set(declared) == set()


def test_descriptions_stand_in_the_catalogue_of_the_warehouse(built):
    assert built.rows(
        "select comment from duckdb_columns() "
        "where table_name = 'battery_daily' and column_name = 'charged_mwh'"
    ) == [("energy charged, by registers where they exist [MWh]",)]


def test_every_worked_example_holds(built):
    statuses = built.dbt("test", "--select", "test_type:unit")

    examples = {name: status for name, status in statuses.items() if not name.startswith("headroom-on-run")}
    assert set(examples.values()) == {"pass"}
    assert {"o15", "o16", "o17", "o18", "o19", "o21", "o31"} <= {name.split("_")[0] for name in examples}

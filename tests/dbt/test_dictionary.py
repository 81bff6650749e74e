"""The YAML beside the models against what really is there: sources, columns, units."""

from typing import get_args

import pytest
import yaml

from pipelines.campus.paths import DBT_PROJECT
from pipelines.campus.tables import Chain
from pipelines.kinds import KINDS
from pipelines.kinds.dictionary import Meaning
from pipelines.warehouse.catalogue import SQL_TYPES
from tests.dbt.models_yaml import MODELS, yaml_models
from tests.dbt.source_tables import description, source_tables

UNITS = {
    "_mw_per_min": "MW/min",
    "_mw_s": "MW s",
    "_mw": "MW",
    "_mwh": "MWh",
    "_pct": "%",
    "_min": "min",
    "_s": "s",
}
"""Ending of a column's name → unit its description must end with; the first that fits counts."""


def ending_of(name):
    return next((f"[{unit}]" for ending, unit in UNITS.items() if name.endswith(ending)), "")


@pytest.mark.parametrize("schema", ["affected", "reference", "quality"])
def test_sources_have_the_columns_types_and_words_of_the_dictionary(schema):
    declared = yaml.safe_load((MODELS / "sources" / f"{schema}.yml").read_text())["sources"][0]
    found = {
        table["name"]: [(c["name"], c["data_type"], c["description"]) for c in table["columns"]]
        for table in declared["tables"]
    }

    assert found == {
        name: [(c.name, SQL_TYPES[c.dtype], description(c)) for c in columns]
        for name, columns in source_tables()[schema].items()
    }


def test_affected_readings_hang_on_the_asset_of_their_kind():
    tables = yaml.safe_load((MODELS / "sources" / "affected.yml").read_text())["sources"][0]["tables"]
    keys = {t["name"]: t["config"]["meta"]["dagster"]["asset_key"] for t in tables if t["name"] in KINDS}

    assert keys == {kind: ["readings", kind] for kind in KINDS}


def test_what_only_a_burning_unit_gives_is_the_list_of_the_dictionary():
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())
    hot = [c.name for c in KINDS["turbines"].columns if c.meaning is Meaning.COMBUSTING_MEAN]

    assert project["vars"]["combusting_columns"] == hot


def test_the_ways_to_fill_missing_hours_are_those_that_a_limit_may_name():
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())

    assert tuple(project["vars"]["filled_masses"]) == get_args(Chain)


def test_every_need_of_a_mart_is_a_column_of_a_kind():
    needs = {
        need for m in yaml_models().values() for need in m.get("config", {}).get("meta", {}).get("needs", [])
    }

    assert {need for need in needs if need.split(".")[1] not in KINDS[need.split(".")[0]].by_name} == set()


def test_every_table_that_people_ask_has_a_key_of_its_columns():
    asked = {path.stem for folder in ("marts", "quality") for path in (MODELS / folder).rglob("*.sql")}
    keys = {
        name: set(model["config"]["meta"]["key"]) - {column["name"] for column in model["columns"]}
        for name, model in yaml_models().items()
        if name in asked
    }

    assert set(keys) == asked
    assert set().union(*keys.values()) == set()


def test_every_described_column_says_its_unit():
    silent = [
        f"{name}.{column['name']}"
        for name, model in yaml_models().items()
        for column in model["columns"]
        if not column["description"].endswith(ending_of(column["name"]))
    ]

    assert silent == []

"""docs/kpis.md: every mart with its grain, columns, units, formula, needs and tests.

Made from the YAML beside each model of the dbt project. Here must not live: what a KPI is (dbt/).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.answers.markdown import page, table
from pipelines.campus.paths import DBT_PROJECT

MODELS = DBT_PROJECT / "models"
SHOWN = (
    "marts/operations",
    "marts/compliance",
    "marts/sustainability",
    "marts/claims",
    "marts/quality",
    "quality",
)
"""Folders of the models that people ask, in the order of the page."""


def kpis_page(models: Path = MODELS) -> str:
    """The text of docs/kpis.md."""
    return page(
        "KPIs",
        "One section a table that answers a question. A KPI that cannot be known is NULL, and `reason` says "
        "why. `§` and `O…` of a formula are explained and worked by hand in [methods](methods/README.md); "
        "the worked examples are unit tests of dbt, rows in, rows out.",
        *[part for folder in SHOWN for part in _folder(models / folder, folder)],
    )


def _folder(path: Path, name: str) -> Iterator[str]:
    found = [model for file in sorted(path.glob("*.yml")) for model in _models(file)]
    if not found:
        return
    yield f"## {name}"
    schema = name.split("/")[0]
    for model, tests in found:
        yield from _model(model, tests, schema)


def _models(file: Path) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Each model of a YAML file with its unit tests."""
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    tests = content.get("unit_tests", [])
    for model in content.get("models", []):
        yield model, [test for test in tests if test["model"] == model["name"]]


def _model(model: Mapping[str, Any], tests: list[Mapping[str, Any]], schema: str) -> Iterator[str]:
    meta = model.get("config", {}).get("meta", {})
    yield f"### {schema}.{model['name']}"
    yield model["description"]
    facts = {
        "Grain": str(meta.get("grain", "")),
        "Key": ", ".join(f"`{column}`" for column in meta.get("key", [])),
        "Formula": str(meta.get("source", "")).replace("kpis.md ", ""),
        "Needs": ", ".join(f"`{need}`" for need in meta.get("needs", [])),
        "Checked by": ", ".join(_checks(model)),
        "Worked examples": ", ".join(f"`{test['name']}`" for test in tests),
    }
    yield "\n".join(f"- {name}: {value}" for name, value in facts.items() if value)
    rows = [
        (f"`{column['name']}`", str(column.get("config", {}).get("meta", {}).get("unit", "")), _plain(column))
        for column in model["columns"]
    ]
    yield table(("column", "unit", "description"), rows)


def _plain(column: Mapping[str, Any]) -> str:
    """The description without the unit, which has a column of its own."""
    unit = column.get("config", {}).get("meta", {}).get("unit")
    description = str(column.get("description", ""))
    return description.removesuffix(f" [{unit}]") if unit else description


def _checks(model: Mapping[str, Any]) -> Iterator[str]:
    """Data tests of every build, of the model and of its columns."""
    for test in model.get("data_tests", []):
        yield f"`{_spelled(test)}`"
    for column in model["columns"]:
        for test in column.get("data_tests", []):
            yield f"`{_spelled(test)}` of `{column['name']}`"


def _spelled(test: str | Mapping[str, Any]) -> str:
    if isinstance(test, str):
        return test
    [name] = test
    return name

"""The JSON Schema by which editors complete a contract."""

import json
from typing import Any

import jsonschema
import pytest
import yaml

from pipelines.campus.jsonschema import FILE, contract_schema, schema_text
from pipelines.campus.paths import PROJECT

FEEDS = sorted((PROJECT / "data" / "reference" / "feeds").glob("*.yaml"))


def test_the_published_schema_is_the_one_of_the_contract() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text(), "run python -m pipelines.campus.jsonschema"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(contract_schema())


def test_every_field_is_described() -> None:
    schema = contract_schema()
    classes = {"Contract": schema} | schema["$defs"]
    bare = [
        f"{name}.{field}"
        for name, each in classes.items()
        for field, content in each["properties"].items()
        if not content.get("description")
    ]
    assert bare == []


def test_durations_are_text_with_their_defaults() -> None:
    lateness = contract_schema()["properties"]["lateness"]
    assert (lateness["type"], lateness["default"]) == ("string", "1d")


def accepts(content: Any) -> bool:
    return jsonschema.Draft202012Validator(contract_schema()).is_valid(content)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_the_sample_campus_fulfils_it(path: Any) -> None:
    assert accepts(json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str)))


@pytest.mark.parametrize(
    ("old", "new"), [("format: ", "fromat: "), ("15min", "15 minutes"), ("unit: kW", "unit: furlong")]
)
def test_a_typing_error_does_not(old: str, new: str, folder: Any) -> None:
    text = (folder.feeds / "m1-grid.yaml").read_text()
    assert accepts(yaml.safe_load(text))
    assert not accepts(yaml.safe_load(text.replace(old, new)))

"""The JSON Schema of the feed contract, so that editors complete and check a contract while it is written.

Made from `contract`: `python -m pipelines.campus.jsonschema` writes docs/feed-contract.schema.json, and
a test fails when that file is stale. Here must not live: what a contract must fulfil.
"""

import json
from pathlib import Path
from typing import Any

from pipelines.campus.contract import Contract
from pipelines.campus.durations import write_duration
from pipelines.campus.paths import PROJECT

FILE = PROJECT / "docs" / "feed-contract.schema.json"


def contract_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a feed contract, every field described."""
    schema = Contract.model_json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Headroom feed contract"}
    written: dict[str, Any] = _written(head | {key: value for key, value in schema.items() if key != "title"})
    return written


def schema_text() -> str:
    """The text of docs/feed-contract.schema.json."""
    return json.dumps(contract_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema(path: Path = FILE) -> None:
    """Writes the schema."""
    path.write_text(schema_text(), encoding="utf-8")


def _written(node: Any) -> Any:
    """Durations are seconds inside and text in a contract: their defaults too. Descriptions on one line."""
    if isinstance(node, list):
        return [_written(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: _written(value) for key, value in node.items()}
    if node.get("type") == "string" and isinstance(node.get("default"), int):
        node["default"] = write_duration(node["default"])
    if isinstance(node.get("description"), str):
        node["description"] = " ".join(node["description"].split())
    return node


if __name__ == "__main__":
    write_schema()

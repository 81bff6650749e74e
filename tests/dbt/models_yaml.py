"""What the YAML beside the models says of them.

Here must not live: expectations.
"""

from functools import cache
from typing import Any

import yaml

from pipelines.campus.paths import DBT_PROJECT

MODELS = DBT_PROJECT / "models"


@cache
def yaml_models() -> dict[str, dict[str, Any]]:
    """Model → its YAML."""
    return {
        model["name"]: model
        for path in sorted(MODELS.rglob("*.yml"))
        for model in yaml.load(path.read_text(), yaml.CSafeLoader).get("models", [])
    }

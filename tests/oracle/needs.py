"""What each mart says it needs: `meta.needs` of the YAML beside it.

Here must not live: whether that is true.
"""

from functools import cache

import yaml

from pipelines.campus.paths import DBT_PROJECT


@cache
def needs() -> dict[str, frozenset[str]]:
    """Mart → columns, `kind.column`."""
    found = {}
    for path in sorted((DBT_PROJECT / "models" / "marts").rglob("*.yml")):
        for model in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["models"]:
            found[model["name"]] = frozenset(model["config"]["meta"].get("needs", ()))
    return found

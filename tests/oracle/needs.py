"""What each mart says it needs: `meta.needs` of the YAML beside it.

Here must not live: whether that is true.
"""

from functools import cache

from tests.dbt.models_yaml import MODELS, yaml_models


@cache
def needs() -> dict[str, frozenset[str]]:
    """Mart → columns, `kind.column`."""
    marts = {path.stem for path in (MODELS / "marts").rglob("*.yml")}
    return {
        name: frozenset(model["config"]["meta"].get("needs", ()))
        for name, model in yaml_models().items()
        if name in marts
    }

"""YAML as people write it, with every mistake told as one.

The library keeps the second value of a key written twice and says nothing, and lets Python's own errors
through for dates that do not exist and for nesting without end. Here must not live: what a contract means.
"""

from collections.abc import Hashable
from functools import lru_cache

import yaml


class _OneOfEach(yaml.SafeLoader):
    """Refuses a mapping that names a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"{key.value!r} is named twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        """A date that no calendar has, or any other text that only looks like a value, is a mistake."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value!r}: {error}", node.start_mark
            ) from error


@lru_cache(maxsize=1024)
def read_yaml(text: str) -> object:
    """The content of a YAML text; a run reads each several times, so do not change it.

    Raises:
        yaml.YAMLError: Not YAML, a key named twice in one mapping, or a value that cannot be what it looks.
    """
    try:
        return yaml.load(text, Loader=_OneOfEach)
    except RecursionError as error:
        raise yaml.YAMLError("lists or mappings lie too deep inside each other") from error

"""YAML as people write it, without the one silence of the YAML library: a key written twice.

The library keeps the second value and says nothing. Here must not live: what a contract means.
"""

from collections.abc import Hashable

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


def read_yaml(text: str) -> object:
    """The content of a YAML text.

    Raises:
        yaml.YAMLError: Not YAML, or a key is named twice in one mapping.
    """
    return yaml.load(text, Loader=_OneOfEach)

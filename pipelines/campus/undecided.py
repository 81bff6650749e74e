"""What a drafted contract leaves to a person: values that begin with TODO.

Here must not live: drafting (`inspection`).
"""

from collections.abc import Iterator

TODO = "TODO"


def undecided(content: object, place: tuple[str, ...] = ()) -> Iterator[str]:
    """Places of values in a YAML content that are still TODO, as `tags.0.device`."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from undecided(value, (*place, str(key)))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from undecided(value, (*place, str(index)))
    elif isinstance(content, str) and content.startswith(TODO):
        yield ".".join(place)

"""Lines of YAML with a comment each: behind the value, or above it where that gets too long.

Here must not live: which lines.
"""

import textwrap
from collections.abc import Iterator

import yaml

WIDTH = 110
MOST = 3
"""Lines of one comment."""


def line(key: str, value: object, comment: str) -> Iterator[str]:
    """`key: value  # comment`; blanks before the key are its indent."""
    text = f"{key}: {flow(value)}"
    comment = " ".join(comment.split())
    if len(text) + len(comment) + 4 <= WIDTH:
        yield f"{text}  # {comment}"
        return
    yield from above(comment, len(key) - len(key.lstrip()))
    yield text


def above(comment: str, indent: int) -> Iterator[str]:
    """A comment on lines of its own."""
    lines = textwrap.wrap(
        " ".join(comment.split()),
        WIDTH - indent - 2,
        max_lines=MOST,
        placeholder=" …",
        break_on_hyphens=False,
    )
    yield from (f"{' ' * indent}# {part}" for part in lines)


def flow(value: object) -> str:
    """A value as YAML in one line; a text without letters is quoted."""
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, str) and not any(sign.isalpha() for sign in value):
        style = "'" if value.isprintable() else '"'
        return yaml.safe_dump(value, default_style=style, width=10**9).removesuffix("\n")
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**9, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")

"""Contracts of docs/feeds.md, so that what the page shows is what the tests read with.

Here must not live: contracts of its own.
"""

from typing import Any

from pipelines.campus.contract import Contract
from pipelines.campus.yaml_text import read_yaml
from tests.house.pages import DOCS, blocks


def documented_keys(feed: str) -> dict[str, Any]:
    """The keys of a whole contract of the page about feeds."""
    whole = [block for block in blocks(DOCS / "feeds.md", "yaml") if "part" not in block.words]
    [found] = [read for block in whole if (read := read_yaml(block.text))["feed"] == feed]
    return found


def documented(feed: str, **changes: Any) -> Contract:
    """A whole contract of the page about feeds, with some of its keys replaced."""
    return Contract.model_validate(documented_keys(feed) | changes)

"""The alphabet of identifiers: what may name a site, a device, a feed.

Only identifiers that match ever become a path or a partition; everything else stays bound data.
"""

import re
from typing import Annotated

from pydantic import StringConstraints

PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
Identifier = Annotated[str, StringConstraints(pattern=PATTERN)]
"""Lower-case letters, digits, `_` and `-`, at most 63."""


def is_identifier(text: str) -> bool:
    """Whether `text` may name a site, a device or a feed."""
    return re.fullmatch(PATTERN, text) is not None

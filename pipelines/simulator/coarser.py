"""Feeds of a data folder at a longer interval, for simulations of months and years.

Edits the text of the contracts, so that their comments stay. Here must not live: the simulation.
"""

import re

from pipelines.campus.durations import parse_duration
from pipelines.campus.paths import DataFolder

_INTERVAL = re.compile(r"^(\s+interval:\s*)(\d+\s*(?:s|min|h|d))\s*$", re.MULTILINE)
_LARGEST = re.compile(r"(max_increment:\s*)([\d.eE+]+)")


def coarsen_feeds(folder: DataFolder, interval_s: int) -> list[str]:
    """Lets every feed that delivers more often deliver every `interval_s` seconds.

    Largest increments of registers grow alike.

    Args:
        folder: Data folder whose `reference/feeds` may be changed.
        interval_s: Shortest interval wanted [s].

    Returns:
        The feeds that were changed.
    """
    changed = []
    for path in sorted(folder.feeds.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        found = _INTERVAL.search(text)
        if found is None or (old := parse_duration(found[2])) >= interval_s:
            continue
        text = _INTERVAL.sub(rf"\g<1>{interval_s}s", text, count=1)
        path.write_text(_with_larger_increments(text, interval_s / old), encoding="utf-8")
        changed.append(path.stem)
    return changed


def _with_larger_increments(text: str, ratio: float) -> str:
    return _LARGEST.sub(lambda match: f"{match[1]}{float(match[2]) * ratio}", text)

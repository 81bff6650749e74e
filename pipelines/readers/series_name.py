"""The canonical name of a series that labels tell apart: the same for every order of its labels.

Labels that the contract leaves out are left out: series which then share a name are deliveries of one
value. Here must not live: how a file writes names and labels.
"""

from collections.abc import Mapping

from pipelines.campus.contract import Contract


def prometheus_name(name: str, labels: Mapping[str, str], contract: Contract) -> str:
    r"""`name{a="x",b="y"}`, labels sorted; an empty label is none. Values are escaped: `\\`, `\"`, `\n`."""
    kept = sorted((key, text) for key, text in labels.items() if text and key not in contract.without_labels)
    pairs = ",".join(f'{key}="{_escaped(text)}"' for key, text in kept)
    return f"{name}{{{pairs}}}" if pairs or not name else name


def influx_name(measurement: str, tags: Mapping[str, str], contract: Contract) -> str:
    """`measurement,a=x,b=y`, tags sorted, escaped as they were written."""
    kept = sorted((key, text) for key, text in tags.items() if key not in contract.without_labels)
    return ",".join([measurement, *(f"{key}={text}" for key, text in kept)])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

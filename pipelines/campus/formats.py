"""The formats a feed may have; each is a reader in `pipelines.readers`.

Here must not live: how a format is read.
"""

from typing import Literal

Format = Literal[
    "delimited",
    "parquet",
    "jsonl",
    "nem12",
    "aemo",
    "espi",
    "xlsx",
]

STAMPED = ("nem12", "aemo", "espi")
"""Formats of which each record has a time of its own, in no order that could stand for it."""

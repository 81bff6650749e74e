"""The formats a feed may have; each is a reader in `pipelines.readers`.

Here must not live: how a format is read.
"""

from typing import Literal, get_args

Format = Literal[
    "delimited",
    "parquet",
    "jsonl",
    "eia_v2",
    "tesla_json",
    "prometheus_text",
    "prometheus_json",
    "influx_lines",
    "pi_web_api",
    "nem12",
    "aemo",
    "espi",
    "xlsx",
    "epa_hourly",
    "ecmps",
]

STAMPED = frozenset(get_args(Format)) - {"delimited", "parquet", "jsonl", "xlsx"}
"""Formats of which each record has a time of its own, in no order that could stand for it."""

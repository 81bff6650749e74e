"""The formats a feed may have; each is a reader in `pipelines.readers`.

Here must not live: how a format is read.
"""

from typing import Literal

Format = Literal[
    "delimited",
    "parquet",
    "jsonl",
    "epa_hourly",
    "ecmps",
]

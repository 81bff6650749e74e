"""Parts of one whole worked on abreast, on all processors.

How a whole is cut depends on it alone and never on the machine, and results come in the order of the
parts: what is cleaned is the same on any number of processors. Here must not live: what the work is.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import polars as pl

Part = TypeVar("Part")
Result = TypeVar("Result")

PARTS = 4
"""Into how many parts a whole is cut at most: enough to keep a few processors busy to the end."""
WORTH = 50_000
"""Fewest rows of a part: less work is done sooner than shared."""


def abreast(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """What the work gives for each part, in their order. polars leaves the interpreter free meanwhile."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return list(pool.map(work, parts))


def cuts(height: int) -> list[int]:
    """Where so many rows are cut: the first row of each part, then their number."""
    parts = max(1, min(PARTS, height // WORTH))
    return [height * part // parts for part in range(parts + 1)]


def in_parts(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Neighbouring rows that can be worked on abreast, none of them copied."""
    return [rows.slice(first, end - first) for first, end in pairwise(cuts(rows.height))]

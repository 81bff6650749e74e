"""Text rows become readings: accepted, rejected, findings, and accounts that add up.

Python owns every statement about one reading. Here live the named rules (`verdicts`), one module a
rule, and `feed`, which puts them in order. Here must not live: files, paths, SQL, sums over devices.
"""

from pipelines.cleaning.clock import plain_starts
from pipelines.cleaning.corrections import correct
from pipelines.cleaning.delivered import Cleaned, Delivered, Extent, Reach
from pipelines.cleaning.feed import Scope, clean_feed, survey
from pipelines.cleaning.in_order import reach
from pipelines.cleaning.ratings import Rating
from pipelines.cleaning.strangers import is_known, names_of

__all__ = [
    "Cleaned",
    "Delivered",
    "Extent",
    "Rating",
    "Reach",
    "Scope",
    "clean_feed",
    "correct",
    "is_known",
    "names_of",
    "plain_starts",
    "reach",
    "survey",
]

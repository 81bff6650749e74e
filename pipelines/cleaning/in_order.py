"""Whether a stretch of a file can be read alone, and where it begins and ends.

It can where the clock of the file runs evenly from its first record to its last: then no rule that looks at
a whole file's clock has anything to say, of all of it or of any stretch. Here must not live: reading.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import polars as pl

from pipelines.campus.contract import Contract, Corrections
from pipelines.cleaning.clock import AT
from pipelines.cleaning.clock_jumps import runs_evenly
from pipelines.cleaning.masses import is_asserted
from pipelines.cleaning.off_grid import off_grid


def is_in_order(stamped: pl.DataFrame, contract: Contract) -> bool:
    """Whether all records have a time, none is before the one above it, and no rule finds fault with any.

    Args:
        stamped: Every record of the file with `clock.AT`, none left out.
        contract: The feed's contract.
    """
    time, starts = contract.time, stamped.get_column(AT)
    is_plain = time.zone is None and time.declared_start is None and time.label != "instant"
    if not is_plain or isinstance(contract.layout, Corrections) or is_asserted(contract):
        return False
    is_even = starts.null_count() == 0 and starts.is_sorted() and runs_evenly(starts, contract.cadence_us)
    return is_even and not off_grid(stamped, contract)


def reach(days: Sequence[date], contract: Contract) -> tuple[datetime, datetime]:
    """The first instant that cleaning some days [UTC] looks at, and the first behind all that it looks at."""
    context = timedelta(seconds=contract.context_s)
    first, last = (datetime.combine(day, datetime.min.time()) for day in (days[0], days[-1]))
    return first - context, last + timedelta(days=1) + context

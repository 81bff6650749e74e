"""Files → days → version, as plain functions: what dirties what, and in which order.

Used by Dagster, by `headroom run` and by every test of the whole way. Each function takes the writer
lock itself and can be called again at any time: what is done already is skipped by fingerprint.
Here must not live: dagster, arithmetic on readings, SQL.
"""

from pipelines.river.accounts import file_accounts, unaccounted
from pipelines.river.arrival import Arrival, arrive
from pipelines.river.days import CleanReport, clean
from pipelines.river.lock import Busy, build_lock, writer_lock
from pipelines.river.plan import Block, Plan, plan
from pipelines.river.retention import Pruned, prune
from pipelines.river.surveys import not_read_yet
from pipelines.river.version import Prepared, is_published, prepare_version, publish_version
from pipelines.river.withdrawal import withdraw

__all__ = [
    "Arrival",
    "Block",
    "Busy",
    "CleanReport",
    "Plan",
    "Prepared",
    "Pruned",
    "arrive",
    "build_lock",
    "clean",
    "file_accounts",
    "is_published",
    "not_read_yet",
    "plan",
    "prepare_version",
    "prune",
    "publish_version",
    "unaccounted",
    "withdraw",
    "writer_lock",
]

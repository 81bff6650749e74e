"""The record: Delta tables of readings, findings, refused records and accounts.

Here lives everything that touches deltalake. Callers hold the writer lock. Here must not live: what
makes a day dirty (`river`), SQL, DuckDB.
"""

from pipelines.lake.commit import append, replace, replace_feeds
from pipelines.lake.contents import read, read_feeds, snapshot
from pipelines.lake.superseded import remove_superseded
from pipelines.lake.tables import TABLES, Table

__all__ = [
    "TABLES",
    "Table",
    "append",
    "read",
    "read_feeds",
    "remove_superseded",
    "replace",
    "replace_feeds",
    "snapshot",
]

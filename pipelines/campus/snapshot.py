"""What a version of the lake consists of, in plain words for the rooms that must not know each other.

`lake` makes it, `warehouse` reads it. Here must not live: deltalake, duckdb.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One Parquet file of a Delta table.

    Attributes:
        path: Absolute path.
        sha256: Hash recorded when it was committed.
        site_id: Partition, None in tables that are not cut by site.
        utc_date: Partition, None in tables that are not cut by day.
    """

    path: Path
    sha256: str
    site_id: str | None
    utc_date: date | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Exact versions and files of every table of the lake.

    Attributes:
        versions: Table name (`readings/grid`, `findings`, …) → Delta version, -1 where the table is absent.
        files: Table name → files of that version, ordered by path.
        fingerprints: (site_id, utc_date) → fingerprint of the day.
    """

    versions: dict[str, int]
    files: dict[str, tuple[LakeFile, ...]]
    fingerprints: dict[tuple[str, date], str]

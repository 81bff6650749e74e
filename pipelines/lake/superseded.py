"""Files of the lake that no table and no kept version names any more.

Here must not live: the policy (`river.retention`), what a version needs (`warehouse.retention`).
"""

from collections.abc import Collection
from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.lake.contents import paths_of
from pipelines.lake.tables import TABLES


def remove_superseded(folder: DataFolder, kept: Collection[Path]) -> tuple[int, int]:
    """Removes data files that neither a table as it is now nor `kept` names. Only under the writer lock.

    Args:
        folder: The data folder.
        kept: Files that kept versions name.

    Returns:
        How many files, and how many bytes.
    """
    files = size = 0
    for table in TABLES.values():
        named = {*paths_of(folder, table), *kept}
        for path in table.path(folder).rglob("v*.parquet"):
            if path not in named:
                files, size = files + 1, size + path.stat().st_size
                path.unlink()
    return files, size

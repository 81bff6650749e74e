"""An empty lake, and readings of one meter to fill it with."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.paths import DataFolder
from pipelines.lake import TABLES, read

GRID = TABLES["readings/grid"]
FRIDAY, SATURDAY, SUNDAY = date(2025, 10, 31), date(2025, 11, 1), date(2025, 11, 2)


def readings(*values: float, day: date = FRIDAY, site: str = "m1") -> pl.DataFrame:
    """Hourly readings of a site's grid meter from midnight on."""
    midnight = datetime(day.year, day.month, day.day)
    given = {
        "site_id": site,
        "device_id": f"{site}-grid-a",
        "feed_id": f"{site}_meters",
        "interval_s": 3600,
        "file_id": "f" * 64,
        "method": "measured",
        "utc_date": day,
    }
    return pl.DataFrame(
        [
            given | {"interval_start_utc": midnight + timedelta(hours=n), "row_number": n + 1, "grid_mw": mw}
            for n, mw in enumerate(values)
        ],
        schema=GRID.schema,
    )


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def held(folder: DataFolder) -> Callable[[], list[tuple[str, date, float]]]:
    """What the lake holds: (site, day, MW) in order."""

    def rows() -> list[tuple[str, date, float]]:
        return read(folder, GRID).sort(pl.all()).select("site_id", "utc_date", "grid_mw").rows()

    return rows

"""What a reading must be: the one dictionary everything else derives from.

pandera schemas, Delta schemas, DuckDB comments and docs/columns.md are all made from `KINDS`.
Here must not live: files, feeds, devices, rules.
"""

from pipelines.kinds.base import BASE_COLUMNS, KEY, METHODS
from pipelines.kinds.batteries import BATTERIES
from pipelines.kinds.campus_load import CAMPUS_LOAD
from pipelines.kinds.dictionary import Column, Kind, Meaning, TableColumn
from pipelines.kinds.grid import GRID
from pipelines.kinds.system_demand import SYSTEM_DEMAND
from pipelines.kinds.turbines import TURBINES
from pipelines.kinds.weather import WEATHER

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (GRID, CAMPUS_LOAD, TURBINES, BATTERIES, SYSTEM_DEMAND, WEATHER)
}

__all__ = ["BASE_COLUMNS", "KEY", "KINDS", "METHODS", "Column", "Kind", "Meaning", "TableColumn"]

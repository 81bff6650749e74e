"""The code location that `workspace.yaml` loads. Everything in it is put together in `assets.assembly`."""

from dagster import Definitions, definitions

from pipelines.assets.assembly import parsed_project, river_definitions
from pipelines.assets.journal import ONE_MORE_TRY, Journal
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder


@definitions
def defs() -> Definitions:
    """Reads the campus of HEADROOM_DATA and dbt's manifest; a mistake in either is shown in the UI."""
    campus = load_campus(DataFolder.from_environment())
    return river_definitions(campus, parsed_project(), Journal(), ONE_MORE_TRY)

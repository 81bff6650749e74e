"""`headroom prune`: retention of published versions, superseded lake files and Dagster's history.

The policy is `keep_versions`, `keep_daily_days` and `keep_runs_days` of reference/parameters.csv. Here must
not live: what a version needs (`pipelines.river.retention`).
"""

import typer

from pipelines.cli.options import Json
from pipelines.cli.printing import print_json


def prune(as_json: Json = False) -> None:
    """Removes published versions, lake files and records of runs that the policy no longer keeps.

    Example: headroom prune
    """
    from pipelines import river
    from pipelines.assets.instance import forget_runs, open_instance
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import DataFolder

    folder = DataFolder.from_environment()
    pruned = river.prune(folder)
    with open_instance(folder) as instance:
        runs = forget_runs(instance, int(load_campus(folder).parameter("keep_runs_days", 90)))
    if as_json:
        found = {
            "versions": pruned.versions,
            "lake_files": pruned.lake_files,
            "lake_bytes": pruned.lake_bytes,
        }
        print_json(found | {"runs": runs})
        return
    numbers = ", ".join(map(str, pruned.versions)) or "none"
    typer.echo(
        f"Removed {len(pruned.versions)} versions ({numbers}), {pruned.lake_files} superseded lake files "
        f"({pruned.lake_bytes / 1e6:.1f} MB) and {runs} runs."
    )

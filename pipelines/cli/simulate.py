"""`headroom simulate`: landing files of a synthetic campus, and the truth about them.

Here must not live: physics (`pipelines.simulator`).
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import Json, day
from pipelines.cli.printing import print_json, tell

if TYPE_CHECKING:
    from pipelines.simulator.simulate import Simulation

START = date(2025, 10, 29)
"""The demo's week holds the end of daylight-saving time."""


def simulate(
    days: Annotated[int, typer.Option(help="Local days.", min=1)] = 7,
    start: Annotated[
        date, typer.Option("--from", parser=day, metavar="DATE", help="First local day.")
    ] = START,
    sites: Annotated[
        str | None, typer.Option(metavar="SITES", help="Sites, by comma; all by default.")
    ] = None,
    interval: Annotated[str, typer.Option(help="Simulated interval, such as 60s or 5min.")] = "60s",
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    faults: Annotated[
        str | None,
        typer.Option(
            metavar="FAULTS",
            help="Faults to inject, by comma: NAME[@WHERE][=RATE], or all; see docs/methods/faults.md.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Data folder to write to; HEADROOM_DATA by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Writes landing files of a synthetic campus and truth/: the KPIs and faults as they really are.

    Example: headroom simulate --days 2 --sites m1 --faults spike=0.001,stuck@m1-gt-*.nox_ppm
    """
    from pipelines.campus.campus import load_campus
    from pipelines.campus.durations import parse_duration
    from pipelines.campus.paths import DataFolder
    from pipelines.simulator.simulate import simulate as write

    target = DataFolder(out.expanduser().absolute()) if out else DataFolder.from_environment()
    try:
        made = write(
            target,
            load_campus(DataFolder.from_environment()),
            start=start,
            days=days,
            sites=listed(sites),
            interval_s=parse_duration(interval),
            seed=seed,
            faults=listed(faults) or (),
        )
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake)) from None
    report(made, target, as_json)


def listed(text: str | None) -> list[str] | None:
    """Names separated by commas, None where nothing was given."""
    return [name.strip() for name in text.split(",") if name.strip()] if text else None


def report(made: "Simulation", target: object, as_json: bool = False) -> None:
    """Says what was written."""
    if as_json:
        files = {feed: [str(path) for path in paths] for feed, paths in made.files.items()}
        print_json({"files": files, "truth": made.truth, "faults": made.faults.to_dicts()})
        return
    count = sum(len(paths) for paths in made.files.values())
    tell(f"Simulated {made.span.start:%Y-%m-%d %H:%M} to {made.span.end:%Y-%m-%d %H:%M} UTC: {count} files")

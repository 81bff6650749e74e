"""`headroom demo`: simulates the sample campus, runs the river, prints the headline KPIs.

Here must not live: any of the three.
"""

import shutil
import time
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import Json
from pipelines.cli.printing import print_json, tell
from pipelines.cli.run import finish, print_accounts
from pipelines.cli.simulate import START, listed, report

if TYPE_CHECKING:
    from pipelines.campus.paths import DataFolder

INTERVAL_S = 60


def demo(
    days: Annotated[int, typer.Option(help="Local days from 2025-10-29.", min=1)] = 7,
    sites: Annotated[str, typer.Option(metavar="SITES", help="Sites, by comma.")] = "m1,m2",
    as_json: Json = False,
) -> None:
    """Simulates a week of the two sample sites at 60 s, runs everything, prints the headline KPIs.

    Example: headroom demo --days 2 --sites m1
    """
    from pipelines.assets.launch import Wanted, bring_up_to_date
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import PROJECT, DataFolder
    from pipelines.cli.headlines import headlines, print_headlines, print_verdicts
    from pipelines.simulator.simulate import simulate

    folder = DataFolder.from_environment()
    copy_sample(DataFolder(PROJECT / "data"), folder)
    campus = load_campus(folder)
    started = time.monotonic()
    try:
        made = simulate(folder, campus, start=START, days=days, sites=listed(sites), interval_s=INTERVAL_S)
    except ValueError as mistake:
        raise typer.BadParameter(str(mistake)) from None
    report(made, folder)
    simulated = time.monotonic()
    journal = bring_up_to_date(folder, Wanted(), tell)
    tell(f"Simulation {simulated - started:.0f} s, pipeline {time.monotonic() - simulated:.0f} s")
    if as_json:
        print_json(headlines(folder))
    else:
        print_accounts(folder, journal)
        print_headlines(folder)
        print_verdicts(folder)
        typer.echo(what_next(folder))
    finish(journal)


def copy_sample(sample: "DataFolder", folder: "DataFolder") -> None:
    """Gives a data folder without a campus the sample one; a campus that is there stays."""
    if not folder.reference.exists():
        shutil.copytree(sample.reference, folder.reference)


def what_next(folder: "DataFolder") -> str:
    """What to open next."""
    return f"""
Open next
  headroom ui                                       the asset graph, runs and checks: http://127.0.0.1:3000
  headroom sql "from marts.energy_balance_daily"    any SELECT, read-only
  duckdb -readonly {folder.published}
  {folder.truth}/                                   what really happened, to compare with"""

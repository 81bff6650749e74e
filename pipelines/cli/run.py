"""`headroom run`: takes in what has landed and brings every affected day and KPI up to date.

Here must not live: the river (`pipelines.assets.launch` runs it on the instance of the web UI).
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import Json, day
from pipelines.cli.printing import landed_as, print_json, print_table, tell

if TYPE_CHECKING:
    import polars as pl

    from pipelines.assets.journal import Journal
    from pipelines.campus.paths import DataFolder

COUNTS = ("rows_in", "rows_loaded", "rows_rejected", "rows_duplicate")
HEADER = ("in", "loaded", "rejected", "duplicate")
MOST_FILES = 40
"""More files than this are shown by feed; --json always has every file."""

FAILED, FILES_REFUSED = 1, 3


def run(
    start: Annotated[
        date | None, typer.Option("--from", parser=day, metavar="DATE", help="First UTC day.")
    ] = None,
    end: Annotated[
        date | None, typer.Option("--to", parser=day, metavar="DATE", help="Last UTC day.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Clean again even what did not change.")] = False,
    as_json: Json = False,
) -> None:
    """Takes in all files that have landed, brings every affected day up to date, publishes.

    Example: headroom run --from 2025-10-29 --to 2025-11-05 --site m1
    """
    from pipelines.assets.launch import Wanted, bring_up_to_date
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import DataFolder

    folder = DataFolder.from_environment()
    if site is not None and site not in load_campus(folder).sites:
        raise typer.BadParameter(f"there is no site {site!r} in reference/sites.csv", param_hint="--site")
    if start and end and end < start:
        raise typer.BadParameter(f"{end} is before --from {start}", param_hint="--to")
    journal = bring_up_to_date(folder, Wanted(start, end, site, rebuild), tell)
    print_accounts(folder, journal, as_json)
    finish(journal)


def finish(journal: "Journal") -> None:
    """Ends the command with the exit code that the run earned.

    Raises:
        typer.Exit: 1 if work was left to a later run, a feed could not be cleaned or a file does not add
            up, 3 if a whole file was refused.
    """
    undone = [
        *(f"Left to a later run: {reason}" for reason in journal.postponed),
        *(f"Feed {feed} could not be cleaned: {why}" for feed, why in journal.failed.items()),
        *(f"Does not add up: {file}" for file in journal.unaccounted),
    ]
    for reason in undone:
        tell(reason)
    if undone:
        raise typer.Exit(FAILED)
    if journal.refused:
        raise typer.Exit(FILES_REFUSED)


def print_accounts(folder: "DataFolder", journal: "Journal", as_json: bool = False) -> None:
    """The accounting table of this run's files, then what was left and refused, then the version."""
    files = files_of_run(folder, journal)
    if as_json:
        print_json(as_document(files, journal))
        return
    if files.is_empty():
        typer.echo(_without_files(journal))
    elif files.height <= MOST_FILES:
        rows = files.select("feed_id", "file_name", *COUNTS, "state").rows()
        print_table(("feed", "file", *HEADER, "state"), rows, "Files of this run")
    else:
        print_table(("feed", "files", *HEADER, "states"), by_feed(files), "Files of this run, by feed")
    _print_attention(journal)
    if journal.manifest:
        typer.echo(f"\nPublished version {journal.manifest.version_id}: {folder.published}")


def files_of_run(folder: "DataFolder", journal: "Journal") -> "pl.DataFrame":
    """Rows of `quality.files` for files that this run took in or read again."""
    import polars as pl

    from pipelines.river import file_accounts

    taken = [delivery.file_id for delivery in journal.arrival.intake.taken] if journal.arrival else []
    read = [file_id for report in journal.cleaned for file_id in report.accounts["file_id"].unique()]
    accounts = file_accounts(folder)
    return accounts.filter(pl.col("file_id").is_in([*taken, *read])).sort("feed_id", "received_seq")


def by_feed(files: "pl.DataFrame") -> list[tuple[Any, ...]]:
    """One row a feed: number of files, sums of the counts, how many files in which state."""
    import polars as pl

    sums = files.group_by("feed_id").agg(
        pl.len(), pl.col(*COUNTS).sum(), pl.col("state").value_counts(sort=True).alias("states")
    )
    return [
        (*row[:-1], ", ".join(f"{each['count']} {each['state']}" for each in row[-1]))
        for row in sums.sort("feed_id").rows()
    ]


def as_document(files: "pl.DataFrame", journal: "Journal") -> dict[str, object]:
    """The same as one JSON document."""
    arrival = journal.arrival
    return {
        "files": files.to_dicts(),
        "left": [_fields(left) for left in arrival.intake.left] if arrival else [],
        "refused": [_fields(file) for file in journal.refused],
        "repeated": len(arrival.intake.repeated) if arrival else 0,
        "days_cleaned": journal.days,
        "failed": {feed: str(why) for feed, why in journal.failed.items()},
        "unaccounted": journal.unaccounted,
        "postponed": journal.postponed,
        "version_id": journal.manifest.version_id if journal.manifest else None,
    }


def _fields(record: Any) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}


def _without_files(journal: "Journal") -> str:
    """What a run did in which no file landed and none is left on the days that were cleaned."""
    if journal.days:
        return f"{journal.days} days cleaned: no file has a record on them any more."
    if journal.manifest:
        return "No file landed and no day was dirty: the marts are built anew."
    if journal.postponed:
        return "Nothing was done."
    return "Nothing new: no file landed and no day is dirty."


def _print_attention(journal: "Journal") -> None:
    intake = journal.arrival.intake if journal.arrival else None
    if intake and intake.repeated:
        typer.echo(f"\n{len(intake.repeated)} files were delivered before, byte for byte: nothing to do.")
    for left in intake.left if intake else ():
        typer.echo(f"\nLeft in landing: {landed_as(left.feed_id, left.file_name)}: {left.reason}")
    for file in journal.refused:
        place = landed_as(file.feed_id, file.file_name)
        typer.echo(f"\nRefused: {place}\n  {file.rule}: {file.reason}\n  {file.remedy}")

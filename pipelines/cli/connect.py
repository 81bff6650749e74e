"""`headroom connect …`: fetches from public services into landing, one command a service.

Here must not live: fetching (`pipelines.connectors`).
"""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import Json, day
from pipelines.cli.printing import print_json, print_table, tell

if TYPE_CHECKING:
    from pipelines.connectors.fetching import Report

FAILED = 1

connect = typer.Typer(
    name="connect",
    help="Fetches from public services into landing: what connections.csv asks for, or what the options say.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Feed = Annotated[str | None, typer.Option(help="Feed in whose landing folder the answers land.")]
First = Annotated[date | None, typer.Option("--from", parser=day, metavar="DATE", help="First day.")]
Last = Annotated[date | None, typer.Option("--to", parser=day, metavar="DATE", help="Last day; today.")]
Url = Annotated[str | None, typer.Option(help="Another address of the service: a mirror.")]


@connect.command()
def eia930(
    respondent: Annotated[str | None, typer.Option(help="Balancing authority, such as TVA.")] = None,
    feed: Feed = None,
    start: First = None,
    end: Last = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Hourly demand of US balancing authorities, API v2; needs EIA_API_KEY in the environment.

    Example: headroom connect eia930 --respondent TVA --feed tva_eia930 --from 2025-10-01
    """
    _fetch("eia930", respondent, feed, (start, end), url, as_json)


@connect.command()
def campd(
    state: Annotated[str | None, typer.Option(help="State, such as TN.")] = None,
    feed: Feed = None,
    start: First = None,
    end: Last = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Hourly emissions of the units of a US state, whole years; sends CAMPD_API_KEY where it is set.

    Example: headroom connect campd --state TN --feed tn_campd --from 2024-01-01 --to 2024-12-31
    """
    _fetch("campd", state, feed, (start, end), url, as_json)


@connect.command()
def weather(
    station: Annotated[str | None, typer.Option(help="Airport station, such as MEM.")] = None,
    feed: Feed = None,
    start: First = None,
    end: Last = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Hourly temperature and humidity of an airport station; needs no key.

    Example: headroom connect weather --station MEM --feed memphis_metar --from 2025-10-01
    """
    _fetch("weather", station, feed, (start, end), url, as_json)


def _fetch(
    name: str,
    subject: str | None,
    feed: str | None,
    days: tuple[date | None, date | None],
    url: str | None,
    as_json: bool,
) -> None:
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import DataFolder
    from pipelines.connectors import SERVICES
    from pipelines.connectors.fetching import connect as fetch
    from pipelines.connectors.tasks import Wanted, tasks

    service = SERVICES[name]
    first, last = days
    if first and last and last < first:
        raise typer.BadParameter(f"{last} is before --from {first}", param_hint="--to")
    if subject is not None and not re.fullmatch(service.subject_pattern, subject):
        hint = f"--{service.subject}"
        raise typer.BadParameter(f"{subject!r} is no {service.subject} of {service.title}", param_hint=hint)
    folder = DataFolder.from_environment()
    todo = tasks(load_campus(folder), service, Wanted(subject, feed, first, last), datetime.now(UTC).date())
    _print(name, fetch(folder, service, todo, tell, base=url), as_json)


def _print(name: str, reports: "list[Report]", as_json: bool) -> None:
    """The summary; ends the command with 1 where a task ended early."""
    if as_json:
        print_json({"service": name, "connections": [_row(report) for report in reports]})
    else:
        header = ("subject", "feed", "files landed", "bytes", "nothing new", "final", "not yet published")
        rows = [list(_row(report).values())[:2] + _counts(report) for report in reports]
        print_table(header, rows, f"Fetched from {name}")
    if any(report.refusal for report in reports):
        raise typer.Exit(FAILED)


def _counts(report: "Report") -> list[int]:
    return [len(report.landed), report.size, report.unchanged, report.settled, len(report.unpublished)]


def _row(report: "Report") -> dict[str, object]:
    return {
        "subject": report.task.subject,
        "feed": report.task.feed,
        "from": report.task.first,
        "to": report.task.last,
        "files": report.landed,
        "bytes": report.size,
        "answers_without_news": report.unchanged,
        "windows_final": report.settled,
        "windows_unpublished": report.unpublished,
        "failed": str(report.refusal) if report.refusal else None,
    }

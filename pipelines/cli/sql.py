"""`headroom sql`: read-only SQL on the published warehouse.

Here must not live: what a query may do (`pipelines.warehouse.door`).
"""

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipelines.cli.options import Json, version_or_day
from pipelines.cli.printing import tell

if TYPE_CHECKING:
    from pipelines.campus.paths import DataFolder

Format = Literal["table", "csv", "json", "parquet"]


def sql(
    query: Annotated[str | None, typer.Argument(help="One SELECT; a prompt if none is given.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the answer.")] = "table",
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION|DATE",
            help="Ask an older version: its number, or the one published at the end of a UTC day.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Answers one SELECT from the published version; nothing else is let through.

    Example: headroom sql "select * from marts.battery_daily" --format csv --as-of 12
    """
    from pipelines.campus.paths import DataFolder
    from pipelines.warehouse.door import ask

    folder = DataFolder.from_environment()
    version = None if as_of is None else version_or_day(as_of)
    chosen: Format = "json" if as_json else form
    if chosen == "parquet" and sys.stdout.isatty():
        raise typer.BadParameter(
            "Parquet is not for a terminal: redirect it to a file.", param_hint="--format"
        )
    if query is None:
        prompt(folder, chosen, version)
    else:
        ask(folder, query, sys.stdout.buffer, form=chosen, version=version)


def prompt(folder: "DataFolder", form: Format, version: int | date | None) -> None:
    """Reads one statement a line until the end of input; a wrong one is answered by its mistake."""
    from pipelines.warehouse.door import QueryRefused, ask

    tell("One SELECT a line; Ctrl-D ends. Try: show all tables")
    while True:
        try:
            query = input("headroom> " if sys.stdin.isatty() else "").strip().removesuffix(";")
        except EOFError:
            return
        if not query:
            continue
        try:
            ask(folder, query, sys.stdout.buffer, form=form, version=version)
        except QueryRefused as mistake:
            tell(f"headroom: {mistake}")
        sys.stdout.flush()

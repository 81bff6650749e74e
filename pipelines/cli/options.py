"""Options that several commands share.

Here must not live: options of one command.
"""

from datetime import date
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def day(text: str | date) -> date:
    """A day as YYYY-MM-DD (an option's default comes as a day); anything else is wrong usage."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day. Write it as 2025-10-29.") from None


def version_or_day(text: str) -> int | date:
    """The number of a published version, or a day as YYYY-MM-DD."""
    return int(text) if text.isdecimal() else day(text)

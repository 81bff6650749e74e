"""All commands, and the one place where errors become messages and exit codes.

0 done · 1 failed · 2 wrong usage · 3 done, but at least one whole file was refused.
"""

import errno
from collections.abc import Sequence

import typer
from typer.exceptions import Abort, TyperException

from pipelines.cli.connect import connect
from pipelines.cli.demo import demo
from pipelines.cli.feed import feed
from pipelines.cli.init import init
from pipelines.cli.printing import tell
from pipelines.cli.prune import prune
from pipelines.cli.run import run
from pipelines.cli.simulate import simulate
from pipelines.cli.sql import sql
from pipelines.cli.status import status
from pipelines.cli.ui import ui
from pipelines.cli.withdraw import withdraw

MAKE_ROOM = "Free space on the disk of the data folder and run again; nothing that was taken in is lost"

DONE, FAILED, WRONG_USAGE, FILES_REFUSED = 0, 1, 2, 3

app = typer.Typer(
    name="headroom",
    help="How much headroom is left: on the grid connection, in the batteries, under the permit.\n\n"
    "The data folder is HEADROOM_DATA, ./data of the checkout by default.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
for command in (init, simulate, run, status, withdraw, demo, ui, sql, prune):
    app.command()(command)
app.add_typer(connect)
app.add_typer(feed)


def run_command(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code."""
    try:
        result = typer.main.get_command(app).main(
            list(arguments), prog_name="headroom", standalone_mode=False
        )
    except TyperException as mistake:
        tell(f"{mistake.format_message()}\nSee: headroom --help")
        return WRONG_USAGE if mistake.exit_code == WRONG_USAGE else FAILED
    except (Abort, KeyboardInterrupt):
        tell("Interrupted. What was done stays; run again to go on.")
        return FAILED
    except foreseen() as error:
        tell(f"headroom: {in_words(error)}")
        return FAILED
    return result if isinstance(result, int) else DONE


def foreseen() -> tuple[type[Exception], ...]:
    """Errors that a user can mend, each with a message that says how. Anything else is a bug.

    Asked only when an exception has already been raised, so the heavy imports cost nothing otherwise.
    """
    from sqlalchemy.exc import OperationalError

    from pipelines.campus.refusal import CampusError, Refusal
    from pipelines.intake.durable import DiskFull
    from pipelines.river.lock import Busy
    from pipelines.warehouse.door import QueryRefused
    from pipelines.warehouse.publish import PublicationRefused

    return CampusError, Refusal, Busy, PublicationRefused, QueryRefused, DiskFull, OperationalError, OSError


def in_words(error: Exception) -> str:
    """The message for people; a full disk is named as such wherever it was met."""
    from sqlalchemy.exc import OperationalError

    from pipelines.campus.barrier import NO_ROOM
    from pipelines.intake.durable import limit_in_words

    if isinstance(error, OperationalError):
        is_full = "full" in str(error.orig)
        remedy = MAKE_ROOM if is_full else "Give this user the right to write into HEADROOM_DATA/dagster"
        return f"the records of runs cannot be written: {error.orig}. {remedy}"
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return f"file too large: {error}: {limit_in_words()} and run again"
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return f"disk full: {error}. {MAKE_ROOM}"
    return str(error)

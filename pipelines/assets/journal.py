"""What came of a run, kept for whoever launched it, and how a run says no.

`headroom run` hands its own journal to the assets and prints it at the end; in the web UI the journal is
empty at every start and only the run's metadata remain. Here must not live: the work itself.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dagster import (
    AssetCheckExecutionContext,
    AssetExecutionContext,
    Failure,
    ResourceDefinition,
    RetryPolicy,
    resource,
)

from pipelines.campus.refusal import CampusError, Refusal

if TYPE_CHECKING:
    from pipelines.intake.delivery import RefusedFile
    from pipelines.river.arrival import Arrival
    from pipelines.river.days import CleanReport
    from pipelines.river.version import Prepared
    from pipelines.warehouse.dbt import DbtReport
    from pipelines.warehouse.versions import Manifest

ONE_MORE_TRY = RetryPolicy(max_retries=1, delay=15)
"""For what nobody foresaw. Foreseen refusals fail at once: the same data would be refused again."""


@dataclass
class Journal:
    """What the assets of one `headroom run` did.

    Attributes:
        arrival: What intake found.
        cleaned: One report a block of days.
        built: The private build of a run and what dbt said, for `published_version` of the same run.
        manifest: The version that was published.
        postponed: Why work was left to a later run: another run held the writer lock.
        refusal: The foreseen error that ended a run, as it was raised.
        unaccounted: Files that do not add up, one sentence each.
        held: Locks that are kept until the run ends.
        may_build: Whoever launched the run already holds the right to a private build.
    """

    arrival: "Arrival | None" = None
    cleaned: list["CleanReport"] = field(default_factory=list)
    built: "tuple[Prepared, DbtReport] | None" = None
    manifest: "Manifest | None" = None
    postponed: list[str] = field(default_factory=list)
    refusal: Exception | None = None
    unaccounted: list[str] = field(default_factory=list)
    held: ExitStack = field(default_factory=ExitStack)
    may_build: bool = False

    @property
    def refused(self) -> list["RefusedFile"]:
        """Whole files that were refused."""
        found = list(self.arrival.refused) if self.arrival else []
        return found + [file for report in self.cleaned for file in report.refused]

    @property
    def failed(self) -> dict[str, "Refusal"]:
        """Feeds that could not be cleaned → why."""
        return {feed: why for report in self.cleaned for feed, why in report.failed.items()}

    @property
    def days(self) -> int:
        """Days that were cleaned."""
        return sum(report.days for report in self.cleaned)


def journal_resource(journal: Journal) -> ResourceDefinition:
    """The journal as a Dagster resource; locks that a run took are let go when the run ends."""

    @resource(description="What the assets of this run did, for whoever launched it.")
    def kept(_: object) -> Iterator[Journal]:
        with ExitStack() as stack:
            journal.held = stack
            yield journal

    return kept


@contextmanager
def told_plainly(
    context: AssetExecutionContext | AssetCheckExecutionContext, journal: Journal
) -> Iterator[None]:
    """Turns foreseen errors into one message without a stack trace.

    A held writer lock postpones the work: the run ends well, materializes nothing and says why. Refusals
    and errors of the disk fail the run at once: after a failed write nothing is tried again in the same
    process, the next run starts from what is durable.

    Whatever ends the work early lets go of the locks it held, so that a second try can take them again.

    Raises:
        Failure: The work was refused; the reason is its description.
    """
    from pipelines.intake.durable import DiskFull
    from pipelines.river.lock import Busy
    from pipelines.warehouse.door import QueryRefused
    from pipelines.warehouse.publish import PublicationRefused

    try:
        yield
    except Busy as busy:
        journal.postponed.append(str(busy))
        context.log.warning(f"Left to a later run: {busy}")
    except (CampusError, Refusal, PublicationRefused, QueryRefused, DiskFull, OSError) as error:
        journal.held.close()
        journal.refusal = error
        raise Failure(description=str(error), allow_retries=False) from error
    except Exception:
        journal.held.close()
        raise

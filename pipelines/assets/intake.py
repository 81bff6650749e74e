"""Asset `intake`: what has landed goes into the vault.

Here must not live: how a file is taken (`pipelines.intake`).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    RetryPolicy,
    asset,
)

from pipelines.assets.journal import Journal, told_plainly
from pipelines.assets.tables import OWNERS, markdown_table
from pipelines.campus.paths import DataFolder

if TYPE_CHECKING:
    from pipelines.river.arrival import Arrival

RawMetadata = dict[str, MetadataValue[Any] | int | float | str]


def intake_asset(retry: RetryPolicy | None) -> AssetsDefinition:
    """The unpartitioned asset `intake`."""

    @asset(
        key=["intake"],
        group_name="intake",
        owners=OWNERS,
        kinds={"python"},
        description="Files of `landing/`, hashed and copied into the vault, for ever; whole files that "
        "cannot be taken go to `refused/` with a reason and a remedy.",
        retry_policy=retry,
        output_required=False,
        required_resource_keys={"journal"},
    )
    def intake(context: AssetExecutionContext) -> Iterator[MaterializeResult[None]]:
        from pipelines.river.arrival import arrive

        journal: Journal = context.resources.journal
        with told_plainly(context, journal):
            journal.arrival = arrive(DataFolder.from_environment())
            yield MaterializeResult(metadata=arrival_metadata(journal.arrival))

    return intake


def arrival_metadata(arrival: "Arrival") -> RawMetadata:
    """Counts and a table of the files that need a person."""
    intake = arrival.intake
    refused = arrival.refused
    rows = [
        (file.feed_id, file.file_name, f"refused: {file.rule}", file.reason, file.remedy) for file in refused
    ]
    rows += [(file.feed_id, file.file_name, "left", file.reason, "") for file in intake.left]
    return {
        "files_taken": len(intake.taken),
        "files_repeated": len(intake.repeated),
        "files_refused": len(refused),
        "files_left": len(intake.left),
        "attention": MetadataValue.md(
            markdown_table(("feed", "file", "state", "reason", "remedy"), rows) or "Nothing needs attention."
        ),
    }

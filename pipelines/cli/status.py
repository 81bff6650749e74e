"""`headroom status`: what waits, what was refused, what is published, who is running.

Here must not live: any of these facts.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from pipelines.cli.options import Json
from pipelines.cli.printing import print_json

if TYPE_CHECKING:
    from pipelines.campus.paths import DataFolder

MOST_REFUSED = 5
"""Refused files that are shown; `refused/` has them all."""


def status(as_json: Json = False) -> None:
    """Shows landed and refused files, dirty days, the published version, daemon and schedule.

    Example: headroom status
    """
    from pipelines.campus.paths import DataFolder

    folder = DataFolder.from_environment()
    facts, refused = dict(facts_of(folder)), newest_refusals(folder)
    if as_json:
        print_json(facts | {"newest_refused": refused})
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):{width}}  {value}")
    for file in refused:
        typer.echo("\nRefused {at}: {feed_id}/{file_name}\n  {rule}: {reason}\n  {remedy}".format_map(file))


def newest_refusals(folder: "DataFolder") -> list[dict[str, object]]:
    """The newest files of the refused folder, those that belong to no feed included."""
    from dataclasses import asdict

    from pipelines.intake.refused import NO_FEED, refusals

    return [
        {"at": at} | asdict(file) | {"feed_id": file.feed_id or NO_FEED}
        for at, file in refusals(folder)[:MOST_REFUSED]
    ]


def facts_of(folder: "DataFolder") -> Iterator[tuple[str, object]]:
    """Name and value of each fact, in the order of the river."""
    from pipelines.assets.demand import landed
    from pipelines.campus.campus import load_campus
    from pipelines.intake.refused import refusals
    from pipelines.intake.vault import Vault
    from pipelines.river import not_read_yet, plan
    from pipelines.warehouse.versions import current

    campus = load_campus(folder)
    dirty = plan(folder)
    failed = dirty.failed
    manifest = current(folder)
    yield "data_folder", str(folder.root)
    yield "sites", len(campus.sites)
    yield "feeds", len(campus.contracts)
    yield "broken_feed_contracts", ", ".join(sorted(campus.broken)) or "none"
    yield "files_in_landing", len(landed(folder))
    yield "files_in_vault", len(Vault(folder).deliveries())
    yield "files_not_read_yet", len(not_read_yet(folder))
    yield "files_refused", len(refusals(folder))
    yield "feeds_that_failed", ", ".join(f"{x} ({len(days)} days)" for x, days in failed.items()) or "none"
    yield "dirty_days", len(dirty.dirty)
    yield "blocks_of_dirty_days", ", ".join(f"{b.start} to {b.end}" for b in dirty.blocks) or "none"
    yield "published_version", manifest.version_id if manifest else "none"
    yield "published_at", manifest.published_at if manifest else "never"
    yield from _automation(folder)


def _automation(folder: "DataFolder") -> Iterator[tuple[str, object]]:
    from pipelines.assets.instance import automation, is_daemon_running, open_instance

    if not folder.dagster_home.is_dir():
        yield "daemon", "never started: headroom ui"
        return
    yield "daemon", "running" if is_daemon_running(folder) else "not running: headroom ui"
    with open_instance(folder) as instance:
        yield from automation(instance)

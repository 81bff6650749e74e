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


def status(as_json: Json = False) -> None:
    """Shows landed and refused files, dirty days, the published version, daemon and schedule.

    Example: headroom status
    """
    from pipelines.campus.paths import DataFolder

    facts = dict(facts_of(DataFolder.from_environment()))
    if as_json:
        print_json(facts)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):{width}}  {value}")


def facts_of(folder: "DataFolder") -> Iterator[tuple[str, object]]:
    """Name and value of each fact, in the order of the river."""
    from pipelines.assets.demand import landed
    from pipelines.campus.campus import load_campus
    from pipelines.river import plan
    from pipelines.warehouse.versions import current

    campus = load_campus(folder)
    dirty = plan(folder)
    manifest = current(folder)
    yield "data_folder", str(folder.root)
    yield "sites", len(campus.sites)
    yield "feeds", len(campus.contracts)
    yield "broken_feed_contracts", ", ".join(sorted(campus.broken)) or "none"
    yield "files_in_landing", len(landed(folder))
    yield "files_refused", len(list(folder.refused.rglob("*.reason.json")))
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

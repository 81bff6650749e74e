"""`headroom feed check`: what is in this file, and a draft of its contract.

Here must not live: findings, words about them, drafts (`pipelines.inspection`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import Json
from pipelines.cli.printing import print_json, print_table, tell

if TYPE_CHECKING:
    from pipelines.campus.campus import Campus
    from pipelines.inspection.compare import Compared
    from pipelines.inspection.report import Report

FAILED = 1

feed = typer.Typer(
    name="feed", help="Feeds and their contracts.", no_args_is_help=True, rich_markup_mode=None
)


@feed.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Files of one feed.", exists=True, dir_okay=False, readable=True)
    ],
    feed_id: Annotated[
        str | None, typer.Option("--feed", help="Compare with this feed's contract instead.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the draft contract here; must not exist yet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Says what files of one feed are, how sure that is and why, and drafts their contract.

    Example: headroom feed check export.csv --out data/reference/feeds/meter.yaml
    """
    from pipelines.inspection.draft import draft
    from pipelines.inspection.report import inspect

    campus = _campus(needed=feed_id is not None)
    if feed_id is not None and (campus is None or feed_id not in campus.contracts):
        raise typer.BadParameter(_no_contract(feed_id, campus), param_hint="--feed")
    if out is not None and out.exists():
        raise typer.BadParameter(f"{out} exists: name another file.", param_hint="--out")
    zones = [site.time_zone for site in campus.sites.values()] if campus else []
    report = inspect(files, tuple(dict.fromkeys(zones)))
    if feed_id is not None and campus is not None:
        _compare(report, campus, feed_id, as_json=as_json)
    else:
        devices = campus.devices if campus else {}
        text = draft(report, devices, out.stem if out else None) if report.table is not None else None
        _tell(report, text, out, as_json=as_json)


def _campus(*, needed: bool) -> "Campus | None":
    """The campus of the data folder; without one a file can be looked at all the same."""
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import DataFolder
    from pipelines.campus.refusal import CampusError

    try:
        return load_campus(DataFolder.from_environment())
    except CampusError:
        if needed:
            raise
        return None


def _no_contract(feed_id: str, campus: "Campus | None") -> str:
    broken = campus.broken.get(feed_id, []) if campus else []
    if broken:
        return "\n".join(str(mistake) for mistake in broken)
    known = ", ".join(sorted(campus.contracts)) if campus else ""
    return f"there is no contract {feed_id!r}. Known are: {known or 'none'}."


def _tell(report: "Report", text: str | None, out: Path | None, *, as_json: bool) -> None:
    """Prints the findings, and the draft where it does not go into a file."""
    from pipelines.inspection.words import as_data, in_words

    if as_json:
        print_json(as_data(report) | {"draft": text})
    else:
        for line in in_words(report):
            typer.echo(line)
    if text is None:
        tell("No draft: the files cannot be read.")
    elif out is not None:
        out.write_text(text, encoding="utf-8")
        tell(f"Wrote {out}. Fill in what is TODO; until then a run leaves the feed alone and says so.")
    elif not as_json:
        typer.echo(f"\nDraft of the contract\n\n{text}", nl=False)
    if text is None:
        raise typer.Exit(FAILED)


def _compare(report: "Report", campus: "Campus", feed_id: str, *, as_json: bool) -> None:
    from pipelines.inspection.compare import compare

    found = list(compare(campus.contracts[feed_id], report, campus.devices))
    if as_json:
        print_json([_row(each) for each in found])
    else:
        rows = [[each.verdict, each.key, each.says, each.found.value, each.found.evidence] for each in found]
        print_table(("", "key", "contract", "file", "why"), rows)
    wrong = sum(each.verdict == "differs" for each in found)
    tell(f"{feed_id}: {wrong} of {len(found)} differ." if wrong else f"{feed_id}: nothing differs.")
    if wrong:
        raise typer.Exit(FAILED)


def _row(each: "Compared") -> dict[str, object]:
    return {
        "key": each.key, "verdict": each.verdict, "contract": each.says, "file": each.found.value,
        "confidence": each.found.confidence, "evidence": each.found.evidence,
    }  # fmt: skip

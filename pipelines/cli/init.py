"""`headroom init DIR`: the folders and reference files of a new campus.

Every file is made from the row classes of `campus.tables`, so that it cannot be out of date. Here must
not live: what a row means.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.campus.refusal import Refusal

if TYPE_CHECKING:
    from pipelines.campus.paths import DataFolder
    from pipelines.campus.tables import Row


def init(
    directory: Annotated[Path, typer.Argument(help="Data folder to make; must be empty or absent.")],
) -> None:
    """Makes a new, empty campus: reference files with commented examples, landing folders.

    Example: headroom init ~/campus && export HEADROOM_DATA=~/campus
    """
    from pipelines.campus.paths import PROJECT, DataFolder

    make_campus(DataFolder(directory.expanduser().absolute()), DataFolder(PROJECT / "data"))
    typer.echo(
        f"Made {directory}. Next:\n"
        f"  export HEADROOM_DATA={directory}\n"
        "  fill reference/sites.csv, devices.csv and meters.csv; the comments in them say how\n"
        "  write reference/feeds/<feed>.yaml for each source, then drop files into landing/<feed>/\n"
        "  headroom run"
    )


def make_campus(folder: "DataFolder", sample: "DataFolder") -> None:
    """Writes the reference files of a new campus; examples are rows of the sample campus, commented out.

    Raises:
        Refusal: The folder is not empty.
    """
    from pipelines.campus.tables import TABLES

    if folder.root.is_dir() and any(folder.root.iterdir()):
        raise Refusal(
            "folder_not_empty", f"{folder.root} is not empty", "Name a folder that does not exist yet"
        )
    for path in (folder.feeds, folder.landing):
        path.mkdir(parents=True)
    for table, model in TABLES.items():
        lines = [*described(table, model), *_rows(sample.reference / f"{table}.csv", table)]
        (folder.reference / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for example in sorted(sample.feeds.glob("*.yaml"))[:1]:
        shutil.copyfile(example, folder.feeds / "example.yaml.sample")


def described(table: str, model: "type[Row]") -> Iterator[str]:
    """Comments about the columns, then the header."""
    yield f"# {table}: {(model.__doc__ or '').strip()}"
    for name in columns(model):
        field = model.model_fields[name]
        need = "needed" if field.is_required() else "may be empty"
        description = f": {field.description}" if field.description else ""
        yield f"#   {name} ({need}){description}"
    yield ",".join(columns(model))


def columns(model: "type[Row]") -> list[str]:
    """The columns as people read them: the subject first, validity and source last."""
    from pipelines.campus.tables import Row

    own = [name for name in model.model_fields if name not in Row.model_fields]
    return [*own, *Row.model_fields]


FOR_EVERY_CAMPUS = ("factors", "parameters", "substitution_rules")
"""Tables that a new campus starts with as they are: physics, rules, and gates to be decided anew."""


def _rows(sample: Path, table: str) -> Iterator[str]:
    """Rows of the sample campus in the order of the new header: two as comments, or all of them."""
    import csv

    from pipelines.campus.tables import TABLES

    if not sample.is_file():
        return
    text = [line for line in sample.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    records = list(csv.DictReader(text))
    keeps = table in FOR_EVERY_CAMPUS
    for record in records if keeps else records[:2]:
        cells = [_cell(record.get(name) or "") for name in columns(TABLES[table])]
        yield ",".join(cells) if keeps else f"# {','.join(cells)}"


def _cell(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(sign in text for sign in ',"\n') else text

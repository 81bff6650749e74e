"""The generated pages of docs/: `python -m pipelines.cli.handbook` writes them, a test tells a stale one.

Here lives the page about the command line, since it is made from the commands themselves; the others are
made in `pipelines.answers`. Not a command. Here must not live: prose.
"""

from collections.abc import Iterator

import typer
from typer.core import TyperCommand

from pipelines.answers.columns_page import columns_page
from pipelines.answers.kpis_page import kpis_page
from pipelines.answers.markdown import page, passage, table
from pipelines.answers.rules_page import file_rules, record_rules, value_rules
from pipelines.campus.jsonschema import schema_text
from pipelines.campus.paths import PROJECT
from pipelines.cli.commands import app

DOCS = PROJECT / "docs"


def pages() -> dict[str, str]:
    """Path below docs/ → the text it must have."""
    cleaning = (DOCS / "methods" / "cleaning.md").read_text(encoding="utf-8")
    for name, content in (
        ("value rules", value_rules()),
        ("record rules", record_rules()),
        ("file rules", file_rules()),
    ):
        cleaning = passage(cleaning, name, content)
    return {
        "columns.md": columns_page(),
        "kpis.md": kpis_page(),
        "cli.md": cli_page(),
        "methods/cleaning.md": cleaning,
        "feed-contract.schema.json": schema_text(),
    }


def cli_page() -> str:
    """The text of docs/cli.md: every command with its help, options and example."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return page(
        "Command line",
        "Data go to stdout, progress and messages to stderr. The data folder is `HEADROOM_DATA`, `data/` of "
        "the checkout by default.",
        table(
            ("exit code", "means"),
            [
                ("0", "done"),
                ("1", "failed, or work was left to a later run"),
                ("2", "wrong usage"),
                ("3", "done, but in this run at least one whole file was refused"),
            ],
        ),
        *[part for name, command in commands.items() for part in _command(name, command)],
    )


def _command(name: str, command: TyperCommand) -> Iterator[str]:
    for inner, each in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {inner}", each)
    if hasattr(command, "commands"):
        return
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    summary, example = paragraphs[0], paragraphs[-1].removeprefix("Example: ")
    yield f"## headroom {name}"
    yield summary
    yield f"```sh\n{example}\n```"
    rows = [_parameter(each) for each in command.params if each.name != "help"]
    if rows:
        yield table(("argument or option", "default", ""), rows)


def _parameter(each: object) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in getattr(each, "opts", ()))
    is_argument = getattr(each, "param_type_name", "") == "argument"
    shown = f"`{str(getattr(each, 'name', '')).upper()}`" if is_argument else names
    default = getattr(each, "default", None)
    needed = "needed" if getattr(each, "required", False) else ""
    is_plain = default is not None and not isinstance(default, bool) and not callable(default)
    return shown, needed or (f"`{default}`" if is_plain else ""), str(getattr(each, "help", "") or "")


def write_pages() -> None:
    """Writes every generated page."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages()

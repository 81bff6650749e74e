"""A draft of the feed contract: valid YAML with every guess marked, and TODO where the file does not say.

The loader refuses a contract as long as a value is TODO (`campus.undecided`). Here must not live: guesses,
the rows of tags and devices (`draft_rows`).
"""

from collections.abc import Iterator, Mapping

from pipelines.campus.identifiers import is_identifier
from pipelines.campus.tables import Device
from pipelines.campus.undecided import TODO
from pipelines.inspection.draft_rows import check_rows, device_rows, ignored_rows, tag_rows
from pipelines.inspection.guess import MEANS, Guess
from pipelines.inspection.report import Report
from pipelines.inspection.yaml_lines import line

DEFAULTS: dict[str, object] = {
    "dialect.delimiter": ",",
    "dialect.quote": '"',
    "dialect.header": True,
    "dialect.encoding": "utf-8",
    "dialect.decimal": ".",
    "dialect.thousands": None,
    "dialect.verify_rows": False,
    "nulls": ("",),
}
"""Keys that a draft leaves out where they have this value and that is sure."""
WHATEVER = ("dialect.quote", "dialect.decimal", "dialect.thousands", "time.order")
"""Keys that a draft leaves out where the file cannot tell: their default serves every such file."""
FOR_EVERY_FORMAT = ("dialect.decimal", "dialect.thousands", "dialect.table")
TOP = ("nulls", "states", "quality")


def draft(report: Report, devices: Mapping[str, Device], feed: str | None = None) -> str:
    """The draft as YAML text.

    Args:
        report: What was found out about files that were read (`report.table`).
        devices: Devices of the campus, to be suggested where a name sounds like one.
        feed: Name of the feed, if it is known.
    """
    names = ", ".join(name for name, _, _ in report.files[:3]) + (" …" if len(report.files) > 3 else "")
    lines = [f"# Drafted by `headroom feed check` from {names}.", "# What the words of the comments promise:"]
    lines += [f"#   {word:9}{meaning}" for word, meaning in MEANS.items()]
    known = feed is not None and is_identifier(feed)
    lines += line("feed", feed if known else TODO, "the name of this YAML and of its folder below landing/")
    lines += line("site", TODO, "unknown: a row of sites.csv")
    lines += line("description", TODO, "unknown: one sentence for people")
    lines += _guessed("format", report.fields["format"])
    lines += [*_dialect(report), *_time(report), *_section("layout", report.fields)]
    for key in TOP:
        guess = report.fields.get(key)
        if guess is not None and not _goes_without_saying(key, guess):
            lines += _guessed(key, guess)
    lines += device_rows(report)
    lines += tag_rows(report, devices)
    lines += ignored_rows(report)
    lines += check_rows(report.columns)
    return "\n".join(lines) + "\n"


def _dialect(report: Report) -> Iterator[str]:
    is_text = report.fields["format"].value == "delimited"
    for_all = {key: guess for key, guess in report.fields.items() if is_text or key in FOR_EVERY_FORMAT}
    yield from _section("dialect", for_all)


def _time(report: Report) -> Iterator[str]:
    if report.stamp is not None:
        yield from _section("time", report.fields)
        return
    yield "time:"
    yield from line("  declared_start", TODO, f"unknown: {report.fields['time.columns'].evidence}")
    yield from line("  clock", TODO, "unknown")
    yield from line("  interval", TODO, "unknown")


def _section(name: str, fields: Mapping[str, Guess]) -> Iterator[str]:
    shown = {
        key.removeprefix(f"{name}."): guess
        for key, guess in fields.items()
        if key.startswith(f"{name}.") and not _goes_without_saying(key, guess)
    }
    if shown:
        yield f"{name}:"
    for key, guess in shown.items():
        yield from _guessed(f"  {key}", guess)


def _goes_without_saying(key: str, guess: Guess) -> bool:
    if key in WHATEVER and (guess.confidence == "unknown" or guess.value == DEFAULTS.get(key)):
        return True
    return key in DEFAULTS and guess.value == DEFAULTS[key] and guess.is_sure


def _guessed(key: str, guess: Guess) -> Iterator[str]:
    value = TODO if guess.confidence == "unknown" else guess.value
    yield from line(key, value, f"{guess.confidence}: {guess.evidence}")

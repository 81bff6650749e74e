"""How the drafts compare with what people wrote, field by field.

`python -m tests.inspection.agreement` writes the table of docs/methods/feed_check.md where the real exports
lie beside the repository. The comparison is the test's own, none of
`pipelines.inspection`. Here must not live: right answers.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.answers.markdown import passage, table
from pipelines.campus.durations import parse_duration
from pipelines.campus.paths import PROJECT
from pipelines.inspection.guess import Guess, sure
from pipelines.inspection.report import Report, inspect
from tests.inspection.expected import EXPORTS, Case, real_cases

PAGE = PROJECT / "docs" / "methods" / "feed_check.md"
ISO = ("iso8601", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S")
DEFAULTS = {"dialect.keep": None, "dialect.verify_rows": False, "dialect.skip_records": 0}
RIGHT, DOUBTED, WRONG, OPEN, BUG = (
    "sure and right",
    "unsure, right",
    "unsure, wrong",
    "unknown",
    "SURE AND WRONG",
)


@cache
def _inspected(files: tuple[Path, ...]) -> Report:
    return inspect(files)


def report_of(case: Case) -> Report:
    """What is said of the files of a case, looked at once."""
    return _inspected(case.files)


def verdicts(case: Case, report: Report) -> dict[str, str]:
    """Field → verdict, for every field that has a right answer."""
    return {key: verdict(key, answers, found(key, report)) for key, answers in case.right.items()}


def verdict(key: str, answers: list[Any], guess: Guess | None) -> str:
    """What to think of one statement. A field the report leaves out is unknown; None is right for that."""
    if guess is None or guess.confidence == "unknown":
        return RIGHT if answers == [None] and guess is not None else OPEN
    is_right = any(same(key, answer, guess.value) for answer in answers)
    if guess.is_sure:
        return RIGHT if is_right else BUG
    return DOUBTED if is_right else WRONG


def same(key: str, answer: Any, value: Any) -> bool:
    """Whether two spellings say the same."""
    if key == "time.interval":
        return parse_duration(value) == answer
    if key == "time.format" and answer in ISO:
        return value in ISO
    if key == "nulls":
        return set(value) <= answer
    return value == answer


def found(key: str, report: Report) -> Guess | None:
    """The statement about a field; about a column's unit, counter or null numbers by its name or pattern.

    A key of the dialect that a draft leaves out is at its default, as a run would take it: surely.
    """
    for what, attribute in (
        ("unit of ", "unit"),
        ("counter ", "counter"),
        ("null numbers of ", "null_numbers"),
    ):
        if key.startswith(what):
            name = key.removeprefix(what)
            columns = [c for c in report.columns if c.name == name or re.fullmatch(name, c.name)]
            return getattr(columns[0], attribute) if columns else None
    if key in DEFAULTS and key not in report.fields and report.fields["format"].value == "delimited":
        return sure(DEFAULTS[key], "the default")
    return report.fields.get(key)


def rows(cases: Iterable[Case]) -> list[tuple[str, ...]]:
    """One row a case: its name, and how many fields have each verdict."""
    lines = []
    for case in cases:
        told = verdicts(case, report_of(case))
        counts = Counter(told.values())
        wrong = ", ".join(key for key, word in told.items() if word == WRONG)
        lines.append(
            (
                case.name,
                *(str(counts[word]) for word in (RIGHT, DOUBTED)),
                wrong or "–",
                str(counts[OPEN]),
                str(counts[BUG]),
            )
        )
    return lines


def agreement_table() -> str:
    """The table of the page."""
    return table(("file or feed", RIGHT, DOUBTED, WRONG, OPEN, "sure and wrong"), rows(real_cases()))


def page() -> str:
    """The page with the table as it is now."""
    return passage(PAGE.read_text(encoding="utf-8"), "agreement", agreement_table())


if __name__ == "__main__":
    if EXPORTS.is_dir():
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stderr.write(f"no real exports at {EXPORTS}: the table of agreement stays as it is\n")

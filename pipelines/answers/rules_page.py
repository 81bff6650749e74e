"""The table of cleaning rules in docs/methods/cleaning.md.

Here must not live: a rule (`pipelines.cleaning`).
"""

from pipelines.answers.markdown import table
from pipelines.cleaning.verdicts import FILE_RULES, RECORD_RULES, VERDICTS


def value_rules() -> str:
    """Rules that judge one value: what it counts as, and what a finding says was done."""
    rows = [
        (f"`{verdict.rule}`", verdict.fate, verdict.action or "no finding", verdict.says)
        for verdict in VERDICTS.values()
    ]
    return table(("rule", "the value counts as", "finding", "when"), rows)


def record_rules() -> str:
    """Rules that refuse a whole record."""
    return table(("rule", "when"), [(f"`{rule}`", says) for rule, says in RECORD_RULES.items()])


def file_rules() -> str:
    """Findings about a whole file."""
    return table(("rule", "when"), [(f"`{rule}`", says) for rule, says in FILE_RULES.items()])

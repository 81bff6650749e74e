"""Prometheus' text exposition: one sample a line, `name{label="text"} value time`.

Columns: `tag` (`series_name`), `time` (as written: milliseconds of 1970, in OpenMetrics seconds), `value`.
A line without a time is rejected, a file of such lines refused: the time of a scrape is known to the one
who scrapes. Comments, types and help are not data. Here must not live: sentinels, units.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.lines import filled_lines, first_flaw, table_of, with_series
from pipelines.readers.series_name import prometheus_name
from pipelines.readers.table import TextTable, Unfit

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = r'\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}'
SAMPLE = (
    rf"^[ \t]*(?:(?P<name>(?:{NAME})?)[ \t]*(?P<labels>{LABELS})[ \t]*|(?P<bare>{NAME})[ \t]+)"
    r"(?P<value>[^ \t{}\"]+)(?:[ \t]+(?P<time>[^ \t]+))?[ \t]*$"
)
QUOTED = r'"((?:[^"\\]++|\\[\\"n])*+)"'
LABEL = re.compile(rf"[ \t]*(?:(?:([a-zA-Z_][a-zA-Z0-9_]*)|{QUOTED})[ \t]*=[ \t]*)?{QUOTED}[ \t]*(?:,|$)")
ESCAPE = re.compile(r'\\([\\"n])')
NO_TIME = "the line has no time: when it was scraped is known only to the one who scraped"


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed exposition as text; see `pipelines.readers.read`."""
    lines, skipped, remarks = filled_lines(path, contract, comment="#")
    found = pl.col("raw").str.extract_groups(SAMPLE).alias("sample")
    lines = lines.with_columns(found).unnest("sample")
    lines = lines.with_columns(pl.coalesce(pl.concat_str("name", "labels"), "bare").alias("head"))
    not_one = (pl.col("value").is_null(), "bad_line", 'the line is not `name{label="text"} value time`')
    lines = with_series(first_flaw(lines, not_one), partial(_tag, contract=contract))
    lines = first_flaw(lines, (pl.col("time").is_null(), "no_time", NO_TIME))
    if lines["rule"].eq_missing("no_time").all():
        raise Refusal(
            "no_time",
            f"none of the {lines.height} samples has a time: {NO_TIME}",
            "Have the exporter write times, or land an answer of query_range (format: prometheus_json)",
        )
    table = table_of(lines.rename({"series": "tag"}), ("tag", "time", "value"), contract, columns)
    return replace(table, skipped=skipped, remarks=remarks)


def _tag(head: str, contract: Contract) -> str:
    """Raises `Unfit` for labels that do not parse; a name may stand quoted among them."""
    name, _, labels = head.partition("{")
    labels = labels.removesuffix("}").rstrip(" \t")
    told: dict[str, str] = {"__name__": name} if name else {}
    at = 0
    while at < len(labels):
        match = LABEL.match(labels, at)
        if match is None:
            raise Unfit("bad_line", f"what stands at {labels[at : at + 40]!r} is no label")
        bare, quoted, text = match.groups()
        key = bare or _unescaped(quoted or "") or "__name__"
        if key in told:
            raise Unfit("duplicate_key", f"the label {key!r} stands twice")
        told[key], at = _unescaped(text), match.end()
    if not told.get("__name__"):
        raise Unfit("no_tag", "the line names no metric")
    return prometheus_name(told.pop("__name__"), told, contract)


def _unescaped(text: str) -> str:
    return ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text)

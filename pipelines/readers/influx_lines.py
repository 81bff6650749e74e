"""InfluxDB's line protocol: `measurement,tag=text field=1.5,other=2i time`.

One record is one field, in the order of the file; a line that cannot be read is one record. Columns: `tag`
(`series_name`, a blank, the field), `time` (as written), `value` (integers without `i` and `u`, truth values
as true and false, texts without quotes), `line` (its number). Escapes of names stay as they are written. A
line without a time is rejected: the server would have stamped it. Here must not live: precision of times.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.readers.lines import filled_lines, first_flaw, table_of, with_series
from pipelines.readers.series_name import influx_name
from pipelines.readers.table import ROW_NUMBER, TextTable, Unfit

WORD = r"(?:[^\\,= ]|\\.)+"
QUOTED = r'"(?:[^"\\]|\\.)*"'
FIELDS = rf'(?:[^\\ "]|\\.|{QUOTED})+'
LINE = rf"^ *(?P<head>(?:[^\\ ]|\\.)+) +(?P<fields>{FIELDS})(?: +(?P<time>[^ ]+))? *$"
FIELD = rf'{WORD}=(?:{QUOTED}|[^", ]+)(?:,|$)'
NAME_AND_VALUE = rf"^(?P<field>{WORD})=(?P<said>.+?),?$"
NUMBER = r"^(?:([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([+-]?\d+)i|(\d+)u)$"
TRUTH = {
    **dict.fromkeys(("t", "T", "true", "True", "TRUE"), "true"),
    **dict.fromkeys(("f", "F", "false", "False", "FALSE"), "false"),
}
MEASUREMENT = re.compile(r"(?:[^\\, ]|\\.)+")
TAG = re.compile(rf",({WORD})=({WORD})")


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read decompressed line protocol as text; see `pipelines.readers.read`."""
    lines, skipped, remarks = filled_lines(path, contract, comment="#")
    lines = lines.with_columns(pl.col("raw").str.extract_groups(LINE).alias("parts")).unnest("parts")
    lines = lines.with_columns(pl.col("fields").str.extract_all(FIELD).alias("field"))
    whole = pl.col("field").list.join("") == pl.col("fields")
    lines = first_flaw(
        lines,
        (pl.col("head").is_null(), "bad_line", "the line is not `measurement,tag=text field=value time`"),
        (~whole | pl.col("fields").str.ends_with(","), "bad_line", "its fields are not `field=value,…`"),
        (pl.col("time").is_null(), "no_time", "the line has no time: the server would have stamped it"),
    )
    fields = _values(_one_each(with_series(lines, partial(_series, contract=contract))))
    table = table_of(fields, ("tag", "time", "value", "line"), contract, columns)
    return replace(table, skipped=skipped, remarks=remarks)


def _one_each(lines: pl.DataFrame) -> pl.DataFrame:
    """One row a field, or a line that cannot be read, numbered in the order of the file."""
    is_read = pl.col("rule").is_null()
    lines = lines.with_columns(
        pl.col(ROW_NUMBER).cast(pl.String).alias("line"),
        pl.when(is_read).then("field").otherwise(pl.lit([None], pl.List(pl.String))).alias("field"),
    ).drop(ROW_NUMBER, "fields")
    numbered = lines.explode("field").with_row_index(ROW_NUMBER, 1)
    return numbered.with_columns(
        pl.col(ROW_NUMBER).cast(pl.Int64), pl.format("line {}: {}", "line", "raw").alias("raw")
    )


def _values(fields: pl.DataFrame) -> pl.DataFrame:
    parts = pl.col("field").str.extract_groups(NAME_AND_VALUE).alias("parts")
    fields = fields.with_columns(parts).drop("field").unnest("parts")
    said = pl.col("said")
    text = said.str.slice(1).str.strip_suffix('"').str.replace_all(r'\\(["\\])', "$1")
    number = pl.coalesce(said.str.extract(NUMBER, group) for group in (1, 2, 3))
    truth = said.replace_strict(TRUTH, default=None, return_dtype=pl.String)
    value = pl.when(said.str.starts_with('"')).then(text).otherwise(pl.coalesce(number, truth))
    fields = fields.with_columns(value.alias("value"), pl.format("{} {}", "series", "field").alias("tag"))
    what = pl.format("the value {} is neither number, truth value nor quoted text", "said")
    return first_flaw(fields, (pl.col("value").is_null(), "bad_value", what))


def _series(head: str, contract: Contract) -> str:
    measurement = MEASUREMENT.match(head)
    if measurement is None:
        raise Unfit("no_tag", "the line names no measurement")
    at, tags = measurement.end(), {}
    while at < len(head):
        found = TAG.match(head, at)
        if found is None:
            raise Unfit("bad_line", f"{head[at:]!r} is no tag with a text")
        key, text = found.groups()
        if key in tags:
            raise Unfit("duplicate_key", f"the tag {key!r} stands twice")
        tags[key], at = text, found.end()
    return influx_name(measurement[0], tags, contract)

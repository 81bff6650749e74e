"""Readings with corrections applied, and the book that says what was changed.

A correction changes one column of one interval; where its feed has no reading there, it makes one. An
empty value takes the reading of the column back. Here must not live: which corrections are sound.
"""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.cleaning.clock import START
from pipelines.cleaning.delivered import Cleaned
from pipelines.cleaning.gate import pass_gate
from pipelines.kinds import KINDS, Column, Kind
from pipelines.kinds.quality import CORRECTIONS, FINDINGS
from pipelines.kinds.schemas import polars_schema, reading_schema, worst_method
from pipelines.kinds.texts import spelt_out

DAY = pl.col(START).dt.date().alias("utc_date")


def apply(
    asked: pl.DataFrame, cleaned: Cleaned, target: Contract, kinds: Mapping[str, str], feed: str
) -> tuple[Cleaned, pl.DataFrame]:
    """Applies sound corrections to what cleaning gave for the feed they are about.

    Args:
        asked: `device_id, interval_start_utc, column_name, new_value, reason, person, file_id, row_number`,
            one row a corrected value.
        cleaned: The feed, cleaned.
        target: Its contract.
        kinds: Device id → kind.
        feed: The feed of the corrections.

    Returns:
        The feed with the corrections and a finding for each, and their rows of `kinds.quality.CORRECTIONS`.
    """
    readings = dict(cleaned.readings)
    changes = []
    of_kind = pl.col("device_id").replace_strict(kinds, return_dtype=pl.String).alias("kind")
    for (kind, name), rows in asked.group_by(of_kind, "column_name", maintain_order=True):
        about = KINDS[str(kind)]
        before = spelt_out(readings.get(about.name, pl.DataFrame(schema=reading_schema(about))))
        joined = _joined(before, rows, about.by_name[str(name)])
        changes.append(joined.filter("is_given").select(*rows.columns, "old_value", "used_value"))
        readings[about.name] = _readings(joined, about, str(name), target)
    told = pl.concat(changes).with_columns(pl.lit(target.site).alias("site_id"), DAY)
    findings = pl.concat([cleaned.findings, _findings(told, target)])
    return replace(cleaned, readings=readings, findings=findings), _book(told, target, feed)


def _joined(before: pl.DataFrame, rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Readings beside corrections of one column; `used_value` is the corrected one, typed."""
    new = pl.when(pl.col("new_value") != "").then(pl.col("new_value"))
    typed = new.cast(pl.Float64) if column.is_number else new
    given = rows.with_columns(typed.alias("used_value"), pl.lit(value=True).alias("is_given"))
    joined = before.rename({"file_id": "old_file_id", "row_number": "old_row_number"}).join(
        given.drop("feed_id"), on=["device_id", START], how="full", coalesce=True
    )
    return joined.with_columns(
        pl.col("is_given").fill_null(value=False), pl.col(column.name).alias("old_value")
    )


def _readings(joined: pl.DataFrame, kind: Kind, name: str, target: Contract) -> pl.DataFrame:
    """The corrected readings; one whose every value was taken back is none."""
    is_new = pl.col("is_given") & pl.col("used_value").is_not_null()
    corrected = pl.when(is_new).then(pl.lit("substituted"))
    own = kind.methods.get(name)
    told = (
        corrected.when(~pl.col("is_given")).then(own.name).alias(own.name)
        if own
        else corrected.otherwise("method").alias("method")
    )
    whole = joined.with_columns(
        pl.when("is_given").then("used_value").otherwise(name).alias(name),
        told,
        pl.col("site_id").fill_null(target.site),
        pl.col("feed_id").fill_null(target.feed),
        pl.col("interval_s").fill_null(target.time.interval),
        pl.coalesce("old_file_id", "file_id").alias("file_id"),
        pl.coalesce("old_row_number", "row_number").alias("row_number"),
    )
    whole = whole.with_columns(worst_method(kind).alias("method")) if own else whole
    has_value = pl.any_horizontal(pl.col(each).is_not_null() for each in kind.by_name)
    kept = whole.filter(has_value).select(list(reading_schema(kind)))
    return pass_gate(kind, kept.sort(DAY, "device_id", START)).with_columns(DAY)


def _findings(told: pl.DataFrame, target: Contract) -> pl.DataFrame:
    """`kinds.quality.FINDINGS`: what was read, what is used instead, and the record that says so."""
    action = pl.when(pl.col("used_value").is_null()).then(pl.lit("nulled")).otherwise(pl.lit("changed"))
    rows = told.with_columns(
        pl.lit("corrected").alias("rule"),
        action.alias("action"),
        pl.col("old_value").cast(pl.String).alias("raw_value"),
        pl.col("used_value").cast(pl.String),
        pl.lit(target.feed).alias("feed_id"),
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(FINDINGS).items())


def _book(told: pl.DataFrame, target: Contract, feed: str) -> pl.DataFrame:
    rows = told.with_columns(
        pl.col("old_value").cast(pl.String),
        pl.col("used_value").cast(pl.String).alias("new_value"),
        pl.lit(target.feed).alias("target_feed_id"),
        pl.lit(feed).alias("feed_id"),
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(CORRECTIONS).items())

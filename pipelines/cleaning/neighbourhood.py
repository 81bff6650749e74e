"""Rules that judge a value by its neighbourhood, each on the same values, and what becomes of them.

Every rule sees what single values, duplicates and registers left, none sees what another of its kind
did; of several that accuse a value the first in the order of `_Values.accused` counts. Here must not live:
a rule (one module each).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from pipelines.campus.contract import Check, Contract
from pipelines.cleaning.charge import COLUMN, soc_jump_rows
from pipelines.cleaning.clock import START
from pipelines.cleaning.contradictions import contradiction_rows
from pipelines.cleaning.interpolation import straight_rows
from pipelines.cleaning.joined import Joined
from pipelines.cleaning.overlaps import crowded_rows
from pipelines.cleaning.quality import METHOD
from pipelines.cleaning.ratings import Rating
from pipelines.cleaning.runs import ROW, VALUE, series_of
from pipelines.cleaning.sentinels import sentinel_rows, sentinels_among
from pipelines.cleaning.spikes import spike_rows
from pipelines.cleaning.stuck import stuck_rows
from pipelines.cleaning.units import REGISTERS, lone_suspects, off_nameplate, register_rows, unit_rows
from pipelines.cleaning.values import FINDING_KEYS, doubts
from pipelines.cleaning.verdicts import VERDICTS
from pipelines.cleaning.zeros import zero_rows
from pipelines.kinds import KINDS

_BESIDE = {START: pl.Datetime("us"), "beside": pl.Float64(), "is_stuck": pl.Boolean()}
"""What a rule sees of a column beside the judged one, with `device_id` in front."""


def judge_neighbourhoods(
    joined: Sequence[Joined], contract: Contract, ratings: Mapping[str, Rating]
) -> tuple[list[Joined], list[pl.DataFrame]]:
    """Judges the values of all columns.

    Args:
        joined: Values in order, duplicates and registers judged.
        contract: The feed's contract.
        ratings: Device id → nameplate.

    Returns:
        The values with their verdicts, and the findings.
    """
    values = _Values(joined, contract, ratings)
    judged, found = [], []
    for series in joined:
        frame, about = series.frame.with_row_index(ROW), series.findings
        crowded = crowded_rows(frame, contract.time.interval)
        for name in series.columns:
            frame, about = _single_out(frame, about, name, contract.time.interval)
            accused = list(values.accused(frame, series, name, crowded))
            frame, doubted = _with_verdicts(frame, name, accused)
            found += doubted
        judged.append(replace(series, frame=frame.drop(ROW), findings=about))
    return judged, found


@dataclass(frozen=True, slots=True)
class _Values:
    """All values of a feed, for rules that look at a column beside the judged one."""

    joined: Sequence[Joined]
    contract: Contract
    ratings: Mapping[str, Rating]

    def accused(
        self, frame: pl.DataFrame, joined: Joined, name: str, crowded: pl.Series
    ) -> Iterator[tuple[str, pl.Series]]:
        """(rule, rows it accuses) of a column, in the order in which rules count."""
        check, kind, interval_s = self.contract.check(name), joined.kind, self.contract.time.interval
        if crowded.len():
            yield "overlap", crowded_rows(series_of(frame, name), interval_s)
        column = KINDS[kind].by_name.get(name)
        if column is None or not column.is_number:
            return
        numbers = sentinels_among(frame.get_column(name), joined.manners[name], column, interval_s)
        if not (numbers or _looks_around(check) or name == COLUMN or name in REGISTERS):
            return
        series = series_of(frame, name)
        if numbers:
            yield "sentinel", sentinel_rows(series, numbers, interval_s)
        if name in REGISTERS:
            yield "unit_suspect", self._contradicted(series, kind, name)
        yield from self._refusals(series, kind, check)
        yield from self._doubts(series, kind, name, check)

    def _contradicted(self, series: pl.DataFrame, kind: str, name: str) -> pl.Series:
        """Powers that the device's own registers contradict by a factor of a thousand."""
        interval_s = self.contract.time.interval
        odd = off_nameplate(series, self.ratings, interval_s)
        if odd.is_empty():
            return odd.get_column(ROW)
        counted = [self._beside(odd, kind, register) for register in REGISTERS[name]]
        return register_rows(odd, counted, self.ratings, interval_s)

    def _refusals(self, series: pl.DataFrame, kind: str, check: Check) -> Iterator[tuple[str, pl.Series]]:
        """What rules find that leave no value."""
        interval_s = self.contract.time.interval
        if check.unit_suspect:
            yield "unit_suspect", unit_rows(series, check.unit_suspect, self.ratings)
        if check.zeros_are_missing:
            beside = self._beside(series, kind, check.zeros_are_missing.companion)
            yield "zero_run", zero_rows(series, check.zeros_are_missing, interval_s, beside)
        if check.stuck:
            beside = self._beside(series, kind, check.stuck.companion)
            yield "stuck", stuck_rows(series, check.stuck, interval_s, beside)
        if check.spike:
            yield "spike", spike_rows(series, check.spike, interval_s)

    def _doubts(
        self, series: pl.DataFrame, kind: str, name: str, check: Check
    ) -> Iterator[tuple[str, pl.Series]]:
        """What rules find that keep the value."""
        interval_s = self.contract.time.interval
        if name == COLUMN:
            yield "soc_jump", soc_jump_rows(series, self.ratings, interval_s)
        if check.needs:
            beside = self._beside(series, kind, check.needs.column)
            yield "contradiction", contradiction_rows(series, check.needs, beside)
        if check.interpolated:
            yield "interpolated", straight_rows(series, check.interpolated, interval_s)

    def _beside(self, judged: pl.DataFrame, kind: str, name: str | None) -> pl.DataFrame:
        """Loaded values of a column beside the judged ones: `_BESIDE`, with what its own check says.

        A sentinel says nothing about another column either.
        """
        keys, frames = ["device_id", START], []
        for each in self.joined:
            if each.kind != kind or name is None or name not in each.columns:
                continue
            series = series_of(each.frame.with_row_index(ROW), name)
            column, interval_s = KINDS[kind].by_name[name], self.contract.time.interval
            numbers = sentinels_among(series.get_column(VALUE), each.manners[name], column, interval_s)
            if numbers:
                none = sentinel_rows(series, numbers, interval_s)
                series = series.filter(~pl.col(ROW).is_in(none.implode()))
            check = self.contract.check(name).stuck
            stuck = series.get_column(ROW).clear()
            if check and check.companion is None:
                stuck = stuck_rows(series, check, interval_s, pl.DataFrame())
            is_stuck = pl.col(ROW).is_in(stuck.implode())
            beside = series.select(*keys, pl.col(VALUE).alias("beside"), is_stuck.alias("is_stuck"))
            # By one key of numbers first, which takes half the time and leaves few rows for both.
            frames.append(beside.join(judged, on=START, how="semi").join(judged, on=keys, how="semi"))
        if not frames:
            return pl.DataFrame(schema={"device_id": judged.schema["device_id"], **_BESIDE})
        return pl.concat(frames).unique(keys, keep="first", maintain_order=True)


def _looks_around(check: Check) -> bool:
    """Whether a check asks for any rule of this kind."""
    rules = (check.unit_suspect, check.zeros_are_missing, check.stuck, check.spike, check.needs)
    return any(rules) or check.interpolated is not None


def _with_verdicts(
    frame: pl.DataFrame, name: str, accused: Sequence[tuple[str, pl.Series]]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The frame with the verdicts of the rules, the first that accuses a row counting, and the findings."""
    parts = [
        rows.to_frame(ROW).with_columns(pl.lit(VERDICTS[rule].code, pl.UInt8).alias("_verdict"))
        for rule, rows in accused
        if rows.len()
    ]
    if not parts:
        return frame, []
    said = pl.concat(parts).unique(ROW, keep="first", maintain_order=True)
    before = frame
    frame = frame.join(said, on=ROW, how="left", maintain_order="left")
    accuses = pl.col("_verdict").is_not_null()
    kept = [verdict.code for verdict in VERDICTS.values() if verdict.action == "kept"]
    frame = frame.with_columns(
        pl.coalesce("_verdict", f"{name}#").alias(f"{name}#"),
        pl.when(~accuses | pl.col("_verdict").is_in(kept)).then(pl.col(name)).alias(name),
    )
    is_interpolated = pl.col("_verdict") == VERDICTS["interpolated"].code
    if frame.select(is_interpolated.any()).item():
        own = pl.col(f"{name}~") if f"{name}~" in frame.columns else pl.lit(None, pl.UInt8)
        substituted = pl.lit(METHOD["substituted"], pl.UInt8)
        frame = frame.with_columns(
            pl.when(is_interpolated).then(substituted).otherwise(own).alias(f"{name}~")
        )
    mask = frame.select(accuses).to_series()
    found = doubts(frame.filter(mask), name, before.filter(mask).get_column(name))
    return frame.drop("_verdict"), [found]


def _single_out(
    frame: pl.DataFrame, findings: pl.DataFrame, name: str, interval_s: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Names suspected units that stand alone what they are: spikes."""
    code = VERDICTS["unit_suspect"].code
    verdicts = frame.get_column(f"{name}#")
    if not (verdicts == code).any():
        return frame, findings
    lone = pl.col(ROW).is_in(lone_suspects(frame, name, interval_s).implode())
    keys = frame.filter(lone).select(*FINDING_KEYS).with_columns(pl.lit(True).alias("_is_lone"))
    spike = pl.lit(VERDICTS["spike"].code, pl.UInt8)
    verdict = pl.col(f"{name}#")
    frame = frame.with_columns(pl.when(lone).then(spike).otherwise(verdict).alias(f"{name}#"))
    findings = findings.join(keys, on=list(FINDING_KEYS), how="left", maintain_order="left")
    is_it = (pl.col("column_name") == name) & (pl.col("verdict") == code) & pl.col("_is_lone")
    named = pl.when(is_it.fill_null(False)).then(spike).otherwise(pl.col("verdict")).alias("verdict")
    return frame, findings.with_columns(named).drop("_is_lone")

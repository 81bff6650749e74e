"""Spans, caps and stamps around the days when clocks change."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.campus import Campus
from pipelines.campus.contract import Time
from pipelines.simulator.caps import caps, contract_cap_mw, foreseen_caps
from pipelines.simulator.days import local_days
from pipelines.simulator.load import demand
from pipelines.simulator.span import Span, generator, span_of
from pipelines.simulator.stamps import file_dates, stamp_columns

ZONE = "America/Chicago"


def _stamps(day: date, **contract: object) -> list[str]:
    span = span_of(day, 1, [ZONE], 1800)
    time = Time.model_validate({"columns": ["at"], "interval": "30min"} | contract)
    return stamp_columns(time, span.epochs, ZONE)["at"].cast(pl.String).to_list()


@pytest.mark.parametrize(("day", "hours"), [("2025-11-02", 25), ("2026-03-08", 23), ("2025-11-03", 24)])
def test_a_local_day_lasts_as_long_as_its_clock_says(day: str, hours: int) -> None:
    span = span_of(date.fromisoformat(day), 1, [ZONE], 60)
    assert span.steps == hours * 60
    assert local_days(span, ZONE).dates == (date.fromisoformat(day),)


def test_local_stamps_repeat_one_hour_in_autumn_and_skip_one_in_spring() -> None:
    autumn = _stamps(date(2025, 11, 2), clock=ZONE, fold="file_order", format="%Y-%m-%d %H:%M")
    assert autumn.count("2025-11-02 01:30") == 2
    spring = _stamps(date(2026, 3, 8), clock=ZONE, format="%Y-%m-%d %H:%M")
    assert "2026-03-08 02:30" not in spring
    assert len(spring) == 46


def test_end_labels_name_the_interval_before() -> None:
    assert _stamps(date(2025, 11, 3), label="end")[0] == "2025-11-03T06:30:00Z"
    assert _stamps(date(2025, 11, 3), label="start")[0] == "2025-11-03T06:00:00Z"
    assert _stamps(date(2025, 11, 3), label="end", clock="-06:00")[-1] == "2025-11-04 00:00:00"
    assert _stamps(date(2025, 11, 3), label="start", format="epoch_s")[0] == "1762149600"


def test_a_file_holds_the_day_of_its_source_whatever_the_label() -> None:
    span = span_of(date(2025, 11, 3), 1, [ZONE], 3600)
    time = Time(columns=("at",), interval="1h", clock=ZONE, label="end")
    assert file_dates(time, span.epochs, ZONE).unique().to_list() == [date(2025, 11, 3)]


def test_a_cap_holds_from_its_instant_until_the_next(campus: Campus) -> None:
    span = span_of(date(2025, 11, 1), 1, [ZONE], 60)
    cap = caps(campus, "m1", span)
    lost = datetime(2025, 11, 1, 8, 10, tzinfo=UTC)
    assert cap[span.index(lost) - 1] == 150
    assert (cap[span.index(lost) : span.index(lost) + 40] == 0).all()
    assert cap[span.index(lost) + 40] == 150
    assert contract_cap_mw(campus, "m1") == 150


def test_an_interval_with_a_change_takes_the_smaller_cap(campus: Campus) -> None:
    span = Span(datetime(2025, 11, 1, 8, tzinfo=UTC), 3, 1800)
    assert caps(campus, "m1", span).tolist() == [0, 0, 150]


def test_a_call_is_foreseen_by_half_an_hour_and_an_outage_is_not(campus: Campus) -> None:
    span = span_of(date(2025, 11, 1), 3, [ZONE], 60)
    foreseen = foreseen_caps(campus, "m1", span)
    call, outage = datetime(2025, 11, 3, 12, tzinfo=UTC), datetime(2025, 11, 1, 8, 10, tzinfo=UTC)
    assert foreseen[span.index(call - timedelta(minutes=30))] == 100
    assert foreseen[span.index(call - timedelta(minutes=31))] == 150
    assert foreseen[span.index(outage - timedelta(minutes=1))] == 150


@given(seed=st.integers(0, 2**31), halls=st.integers(1, 6))
def test_halls_never_draw_less_than_idle_nor_much_more_than_full(seed: int, halls: int) -> None:
    span = span_of(date(2025, 11, 1), 1, [ZONE], 300)
    total = demand("any", halls, 100.0, 200.0, span, seed).sum(axis=0)
    assert total.min() >= 100 - 1e-9
    assert total.max() <= 200 + 5 + 1e-9


def test_random_numbers_of_one_thing_do_not_depend_on_another() -> None:
    one = generator(1, "load", "m1").random(3)
    generator(1, "load", "m2").random(99)
    np.testing.assert_array_equal(generator(1, "load", "m1").random(3), one)
    assert generator(2, "load", "m1").random() != one[0]

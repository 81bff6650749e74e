"""A sensor that says the same for too long while its companion moves is not measuring."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cleaning.samples import cleaned, contract, delivered, rules, surveyed, values

HEAD = "tag,time,value\n"


def analyser(**stuck: object):
    """A feed whose NOx analyser may not stand still for three hours."""
    return contract(checks={"nox_ppm": {"stuck": {"after": "3h", **stuck}}})


def text(nox: list[float], power: list[float]) -> str:
    """Hourly values of one unit from midnight on."""
    start = datetime(2025, 6, 1)
    lines = []
    for hour, (ppm, mw) in enumerate(zip(nox, power, strict=True)):
        stamp = (start + timedelta(hours=hour)).strftime("%Y-%m-%d %H:%M")
        lines += [f"GT01.NOX,{stamp},{ppm}", f"GT01.MW,{stamp},{mw}"]
    return HEAD + "\n".join(lines)


def test_a_frozen_analyser_is_nulled_but_for_its_first_value():
    result = cleaned(
        analyser(companion="gross_mw"), text([2.0, 2.1, 2.1, 2.1, 2.1, 2.3], [5, 6, 7, 8, 9, 10])
    )
    assert values(result, "turbines", "nox_ppm") == {"00:00": 2.0, "01:00": 2.1, "05:00": 2.3}
    assert {rule for _, rule in rules(result)} == {"stuck"}


def test_a_steady_analyser_of_a_steady_turbine_is_believed():
    result = cleaned(analyser(companion="gross_mw"), text([2.1] * 6, [16.0] * 6))
    assert len(values(result, "turbines", "nox_ppm")) == 6


def test_without_a_companion_standing_still_is_enough():
    result = cleaned(analyser(), text([2.1] * 6, [16.0] * 6))
    assert values(result, "turbines", "nox_ppm") == {"00:00": 2.1}


def test_two_equal_values_are_not_a_run():
    result = cleaned(analyser(), text([2.1, 2.1, 2.2, 2.2], [5, 6, 7, 8]))
    assert len(values(result, "turbines", "nox_ppm")) == 4


def test_a_gap_ends_a_run():
    lines = [f"GT01.NOX,2025-06-01 {hour:02d}:00,2.1" for hour in (0, 1, 5, 6)]
    assert len(values(cleaned(analyser(), HEAD + "\n".join(lines)), "turbines", "nox_ppm")) == 4


@settings(max_examples=20)
@given(
    nox=st.lists(st.sampled_from([2.1, 2.1, 2.1, 2.2]), min_size=72, max_size=72),
    power=st.lists(st.sampled_from([5.0, 5.0, 6.0]), min_size=72, max_size=72),
)
def test_a_day_cleaned_alone_equals_the_day_cleaned_with_its_neighbours(nox, power):
    """The invariant that makes a day a function of the files that touch it and its context."""
    feed = analyser(companion="gross_mw")
    file = delivered(text(nox, power))
    days = list(surveyed(file, feed).dates)
    assert days == [date(2025, 6, 1), date(2025, 6, 2), date(2025, 6, 3)]
    together = cleaned(feed, file)
    for day in days:
        alone = cleaned(feed, file, days=[day])
        same = together.readings["turbines"].filter(together.readings["turbines"]["utc_date"] == day)
        assert alone.readings["turbines"].equals(same)

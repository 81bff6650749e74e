"""Every fault in every kind of instrument of the simulated campus, and the right name for it.

`tests.neighbours.study` does the same over many seeds; what it counts stands in docs/methods.
"""

import pytest

from tests.neighbours.simulated import sample_campus
from tests.neighbours.study import INSTRUMENTS, cases, simulated, sound_day

DAYS = [("m1", 7), ("m2", 3)]
"""1 November and 28 October 2025; site and seed."""

UNTOLD = {("turbine, NOx", "scale ×0.9")}
"""Units differ by more than that among themselves."""


@pytest.fixture(scope="module", params=DAYS, ids=lambda day: day[0])
def day(request):
    """Site, seed, devices."""
    return *request.param, simulated(sample_campus(), *request.param)


@pytest.fixture(scope="module")
def found(day):
    return list(cases(*day))


def test_every_instrument_was_struck_by_every_fault(day, found):
    """Site m2 has no check meter."""
    there = [one for one in INSTRUMENTS if day[0] == "m1" or one.name != "check meter"]
    assert {(case.instrument.name, case.fault) for case in found} == {
        (instrument.name, fault) for instrument in there for fault in instrument.faults
    }


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda instrument: instrument.name)
def test_a_fault_that_leaves_a_trace_is_named_for_what_it_is(found, instrument):
    struck = [case for case in found if case.instrument == instrument and case.leaves_a_trace]
    untold = {(fault, "nobody") for name, fault in UNTOLD if name == instrument.name and struck}
    assert {
        (case.fault, case.outcome): case.suspect for case in struck if case.outcome != "right"
    }.keys() == untold


def test_a_fault_that_changes_nothing_names_nobody_else(found):
    silent = [case.outcome for case in found if not case.leaves_a_trace]
    assert set(silent) <= {"nobody", "right"}


def test_nobody_is_named_on_a_sound_day(day):
    suspect = sound_day(day[2])
    assert (suspect.device_id, suspect.reason) == (None, None)

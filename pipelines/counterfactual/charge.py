"""The charge a window borrows from its future, and turbine hours once it is given back.

A battery creates no energy: hours avoided by leaving it emptier than it was are owed.
Here must not live: the state of charge as metered (dbt), round-trip efficiency from a day's energy.
"""

from math import sqrt


def recharge_need_mwh(discharged_mwh: float, round_trip_efficiency: float) -> float:
    """AC energy that puts back what was discharged [MWh].

    Args:
        discharged_mwh: Energy discharged at the AC side [MWh].
        round_trip_efficiency: AC to AC [fraction].
    """
    return discharged_mwh / round_trip_efficiency


def borrowed_mwh(need_mwh: float, headroom_mwh: float) -> float:
    """AC energy still owed once the grid's headroom of the window has charged what it can [MWh].

    Args:
        need_mwh: Energy to recharge [MWh].
        headroom_mwh: Σ max(0, G − L)·Δt of the window [MWh].
    """
    return max(0.0, need_mwh - headroom_mwh)


def borrowed_by_soc_mwh(
    soc_start: float, soc_end: float, rated_mwh: float, round_trip_efficiency: float
) -> float:
    """The same from the states of charge: max(0, (SOC_start − SOC_end)·E_rated) / √RTE [MWh].

    Args:
        soc_start: State of charge at the start of the window [fraction].
        soc_end: State of charge at its end [fraction].
        rated_mwh: Rated energy on the storage side [MWh].
        round_trip_efficiency: AC to AC [fraction]; half of the losses (√RTE) falls to charging.
    """
    return max(0.0, soc_start - soc_end) * rated_mwh / sqrt(round_trip_efficiency)


def neutral_by_turbines_h(avoided_h: float, owed_mwh: float, unit_mw: float) -> float:
    """Hours avoided if units at full load pay the charge back [h].

    Args:
        avoided_h: Hours avoided before the charge is given back [h].
        owed_mwh: AC energy owed [MWh].
        unit_mw: Capability of a unit [MW].
    """
    return avoided_h - owed_mwh / unit_mw


def neutral_by_grid(avoided_h: float, owed_mwh: float) -> tuple[float, float]:
    """Hours avoided if later grid headroom pays the charge back [h], and the import that day owes [MWh]."""
    return avoided_h, owed_mwh

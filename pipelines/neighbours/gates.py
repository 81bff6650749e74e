"""Thresholds by which meters are compared with their neighbours.

Here must not live: their values (reference.parameters).
"""

from collections.abc import Mapping
from dataclasses import dataclass

_SHARES = {
    "explained": "suspect_explained_pct",
    "tells": "suspect_tells_pct",
    "overload": "suspect_overload_pct",
    "flat": "suspect_flat_pct",
    "witness": "witness_meter_pct",
    "floor": "witness_floor_pct",
    "charge": "witness_charge_pct",
    "fuel": "witness_fuel_pct",
    "blocks": "like_blocks_pct",
    "blocks_floor": "like_blocks_floor_pct",
    "nox": "like_nox_pct",
    "like_load": "like_load_pct",
}
"""Attribute → gate in percent."""

_NUMBERS = {
    "least_min": "suspect_min_min",
    "lag_min": "suspect_max_lag_min",
    "misfit": "suspect_misfit",
    "distinct": "suspect_distinct",
    "fuel_settle_min": "witness_fuel_settle_min",
    "oxygen_pct": "like_oxygen_pct",
    "stack_settle_min": "like_settle_min",
    "round_trip": "rte_assumed",
}
"""Attribute → gate as it is."""

_PAIRS = ("heat_no_load", "heat_slope")
"""Attributes with a low and a high gate."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Thresholds, all from reference.parameters; shares are fractions.

    Attributes:
        step_min: Length of a step [min].
        least_min: Time outside its band from which a reading contradicts a witness [min].
        lag_min: Largest clock error looked for [min].
        explained: Share of the squared difference, and of the time outside the band, that a fault must
            explain.
        tells: Share of the residual's square by which undoing a fault must lower or raise it to say anything.
        overload: Power, of nameplate or full scale, up to which a device could have had it.
        misfit: A fault fits the balance if it leaves no more than so many times the noise.
        distinct: Two faults of which one leaves less than so many times the other cannot be told apart.
        flat: Change from step to step, of the witness's size, below which a reading does not move.
        witness: Band around a register or a second meter, of the witness.
        floor: Least band of a meter, of its full scale.
        charge: Band around what the state of charge says, of the energy moved.
        fuel: Band around what the fuel says, of the nameplate.
        heat_no_load: Least and most heat at no output, of the nameplate [mmBtu/h/MW].
        heat_slope: Least and most heat for each further MWh [mmBtu/MWh].
        fuel_settle_min: Time after light-off before fuel and output are compared [min].
        blocks: Band around what like blocks do, of the witness.
        blocks_floor: Least band around what like blocks do, of the full scale.
        nox: Band around the NOx of like units, of the witness.
        oxygen_pct: Band around the oxygen of like units [percentage points].
        stack_settle_min: Time after light-off before stacks are compared [min].
        like_load: Load difference, of the nameplate, up to which two units are alike.
        round_trip: Round-trip efficiency of batteries.
    """

    step_min: float
    least_min: float
    lag_min: float
    explained: float
    tells: float
    overload: float
    misfit: float
    distinct: float
    flat: float
    witness: float
    floor: float
    charge: float
    fuel: float
    heat_no_load: tuple[float, float]
    heat_slope: tuple[float, float]
    fuel_settle_min: float
    blocks: float
    blocks_floor: float
    nox: float
    oxygen_pct: float
    stack_settle_min: float
    like_load: float
    round_trip: float

    @property
    def least_steps(self) -> int:
        """Steps outside the band from which a reading contradicts."""
        return self.steps(self.least_min)

    def steps(self, minutes: float) -> int:
        """Steps that a time fills, at least one."""
        return max(1, round(minutes / self.step_min))

    @classmethod
    def of(cls, parameters: Mapping[str, float], step_min: float) -> "Gates":
        """Gates from rows of reference.parameters, by their ids.

        Raises:
            KeyError: A gate is missing.
        """
        shares = {name: parameters[gate] / 100 for name, gate in _SHARES.items()}
        numbers = {name: parameters[gate] for name, gate in _NUMBERS.items()}
        heat_no_load, heat_slope = (
            (parameters[f"{name}_low"], parameters[f"{name}_high"]) for name in _PAIRS
        )
        return cls(step_min=step_min, heat_no_load=heat_no_load, heat_slope=heat_slope, **shares, **numbers)

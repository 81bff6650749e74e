"""One site as it really was: load, dispatch, stacks, and the same site without batteries.

Here must not live: how meters see it (`meters`, `signals`).
"""

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.campus.tables import DispatchParameter, SiteStation
from pipelines.simulator.batteries import Blocks, blocks
from pipelines.simulator.caps import caps, contract_cap_mw, foreseen_caps
from pipelines.simulator.dispatch import Operation, Site, dispatch
from pipelines.simulator.inventory import devices_of
from pipelines.simulator.load import demand
from pipelines.simulator.span import Array, Span
from pipelines.simulator.turbines import Fleet, Stack, fleet, stack
from pipelines.simulator.weather import Air, air

_IDLE_SHARE_OF_CAP, _IDLE_SHARE_OF_FLEET, _WORK_SHARE_OF_FLEET = 0.9, 0.05, 0.4
"""Idle halls stay just below the grid cap; at work they need two fifths of the turbines on top of it."""


@dataclass(frozen=True, slots=True)
class SiteRun:
    """A simulated site; powers are means over the interval [MW].

    Attributes:
        site_id: The site.
        time_zone: Its prevailing time.
        hall_ids: Feeders, in the order of `hall_mw`.
        hall_mw: Load that was served, shape (halls, steps).
        cap_mw: Grid cap.
        fleet: Turbines.
        heat_mmbtu_h: Their heat input, shape (units, steps).
        stack: Their stack gas.
        blocks: Batteries.
        operation: What happened.
        without_batteries: What would have happened, by the same rules, without batteries.
    """

    site_id: str
    time_zone: str
    hall_ids: tuple[str, ...]
    hall_mw: Array
    cap_mw: Array
    fleet: Fleet
    heat_mmbtu_h: Array
    stack: Stack
    blocks: Blocks
    operation: Operation
    without_batteries: Operation


def run_site(campus: Campus, site_id: str, span: Span, seed: int) -> SiteRun:
    """Simulates a site, with and without its batteries."""
    units = fleet(campus, site_id, span, seed)
    halls = tuple(device.device_id for device in devices_of(campus, site_id, "feeder", span))
    contract, turbines = contract_cap_mw(campus, site_id), float(units.nameplate_mw.sum())
    wanted = demand(
        site_id,
        len(halls),
        _IDLE_SHARE_OF_CAP * contract + _IDLE_SHARE_OF_FLEET * turbines,
        contract + _WORK_SHARE_OF_FLEET * turbines,
        span,
        seed,
    )
    store = blocks(campus, site_id, span, seed)
    site = Site(
        units=units,
        capability_mw=units.capability_mw(site_air(campus, site_id, span, seed).ambient_c),
        blocks=store,
        demand_mw=wanted.sum(axis=0),
        cap_mw=caps(campus, site_id, span),
        foreseen_cap_mw=foreseen_caps(campus, site_id, span),
        reserve=_reserve(campus, site_id),
    )
    observed = dispatch(site, span)
    served = 1 - observed.unserved_mw / np.maximum(site.demand_mw, 1e-9)
    return SiteRun(
        site_id=site_id,
        time_zone=campus.sites[site_id].time_zone,
        hall_ids=halls,
        hall_mw=wanted * served,
        cap_mw=site.cap_mw,
        fleet=units,
        heat_mmbtu_h=units.heat_input_mmbtu_h(observed.gross_mw, observed.fired),
        stack=stack(units, observed.gross_mw, observed.fired, span, seed, site_id),
        blocks=store,
        operation=observed,
        without_batteries=dispatch(replace(site, blocks=None), span),
    )


def site_air(campus: Campus, site_id: str, span: Span, seed: int) -> Air:
    """The air of the station that stands for a site."""
    links = cast("list[SiteStation]", campus.tables["site_stations"])
    station = next((link.station_id for link in links if link.site_id == site_id), site_id)
    return air(station, span, seed)


def _reserve(campus: Campus, site_id: str) -> int:
    rows = cast("list[DispatchParameter]", campus.tables["dispatch_parameters"])
    return next((row.k for row in rows if row.site_id == site_id and row.scenario == "base"), 1)

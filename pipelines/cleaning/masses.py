"""Assertion about a file: NOx mass = NOx rate × heat input, with operating time as its contract says.

Whether masses and heat inputs of a channel already include the operating time is a setting (`over` of a
tag) that no file states. In hours operated in part the settings differ by the operating time, so that
the file itself tells which one it follows; where both columns are set wrong alike it cannot tell.
Here must not live: rules that change a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from pipelines.campus.contract import COLUMNS, OPERATING_TIME, Contract
from pipelines.cleaning.layout import Batch
from pipelines.cleaning.tags import Manner
from pipelines.cleaning.values import judge, scaling

MASS, RATE, HEAT = "nox_lb", "nox_lb_per_mmbtu", "heat_input_mmbtu_h"
ASSERTED = (MASS, RATE, HEAT, OPERATING_TIME)
FIT_PCT = 90
"""Where fewer hours fit, the file contradicts its contract [%]: single hours may be odd, a setting is not."""


def is_asserted(contract: Contract) -> bool:
    """Whether the feed has everything the assertion needs, side by side in one record."""
    return contract.layout.kind == "per_device" and set(ASSERTED) <= {tag.column for tag in contract.tags}


def contradiction(batches: Sequence[Batch], contract: Contract) -> str | None:
    """What a file says against the contract's setting of operating time.

    Args:
        batches: The whole file, laid out; only records with mass, rate, heat input and operating time tell.
        contract: The feed's contract.

    Returns:
        The shares of hours that fit each reading, None where the contract fits or nothing can be told.
    """
    told = [_fits(batch, contract) for batch in batches if set(ASSERTED) <= batch.manners.keys()]
    hours = pl.concat(told) if told else pl.DataFrame()
    parts = hours.partition_by("is_whole", maintain_order=True) if hours.height else []
    if all(100 * part["declared"].sum() >= FIT_PCT * part.height for part in parts):
        return None
    said = [_said(part) for part in sorted(parts, key=lambda part: bool(part.item(0, "is_whole")))]
    return "; ".join(said)


def _said(part: pl.DataFrame) -> str:
    def share(reading: str) -> str:
        return f"{100 * int(part[reading].sum()) / part.height:.0f} %"

    if part.item(0, "is_whole"):
        return f"of {part.height} whole hours {share('declared')} fit"
    return (
        f"of {part.height} hours operated in part {share('declared')} fit the contract, {share(MASS)} if "
        f"`over` of {MASS} were the other way, {share(HEAT)} if that of {HEAT} were"
    )


def _fits(batch: Batch, contract: Contract) -> pl.DataFrame:
    """For each record with all four values: `is_whole`, and whether it fits each reading.

    The readings are the contract's (`declared`), and those with the operating time of the mass or of the
    heat input the other way round.
    """
    manners = {name: batch.manners[name] for name in ASSERTED}
    hours = contract.time.interval / 3600
    values = judge(replace(batch, manners=manners), contract, ratings={}).frame.drop_nulls(list(ASSERTED))
    values = values.with_columns((pl.col(OPERATING_TIME) / hours).alias("share"), pl.col(HEAT) * hours)
    factors = {False: pl.lit(1.0), True: pl.col("share")}
    mass, heat = (manners[name].is_over for name in (MASS, HEAT))
    stated = values.filter(pl.col("share") > 0).with_columns(
        pl.col(MASS) / factors[mass], pl.col(HEAT) / factors[heat]
    )
    readings = {"declared": (mass, heat), MASS: (not mass, heat), HEAT: (mass, not heat)}
    steps = _rounding(batch, manners, contract)
    return stated.select(
        (pl.col("share") == 1).alias("is_whole"),
        *(_fit(steps, factors[m], factors[h]).alias(name) for name, (m, h) in readings.items()),
    )


def _fit(steps: Mapping[str, float], of_mass: pl.Expr, of_heat: pl.Expr) -> pl.Expr:
    """Whether mass is rate × heat input, as far as three rounded numbers can tell."""
    mass, rate, heat = pl.col(MASS) * of_mass, pl.col(RATE), pl.col(HEAT) * of_heat
    heat_step = steps[HEAT] * of_heat
    rounded = steps[MASS] * of_mass + rate * heat_step + (heat + heat_step) * steps[RATE]
    return (mass - rate * heat).abs() <= rounded + 1e-9 * mass


def _rounding(batch: Batch, manners: Mapping[str, Manner], contract: Contract) -> dict[str, float]:
    """Half of the last digit a column is written with anywhere in the file [canonical unit]."""
    found = {}
    for name in (MASS, RATE, HEAT):
        decimals = batch.frame[name].str.extract(r"\.(\d+)").str.len_chars().max() or 0
        multiplier, divisor, _ = scaling(manners[name], COLUMNS[name][1], contract.time.interval)
        found[name] = abs(0.5 * 10.0 ** -int(str(decimals)) * multiplier / divisor)
    return found

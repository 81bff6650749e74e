"""What a claim may name: the KPIs, their slices and their aggregations.

The list is `claimable` in dbt/dbt_project.yml, which the models are made from as well: a name that a
file gives is compared with it and never becomes part of a statement. Here must not live: claims
(`tables`), figures and verdicts (dbt/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

import yaml

from pipelines.campus.paths import DBT_PROJECT

PEAKS = ("system_peaks.exclusive_mw", "system_peaks.inclusive_mw")
"""Denominators that are no KPI: published peaks of a system, without and with the campus."""

_AGGREGATIONS: Mapping[str, tuple[str, Sequence[str]]] = MappingProxyType(
    {
        "amount": ("adds up over time and sites", ("sum", "ratio_pct", "mean", "min", "max", "last")),
        "level": ("adds up over sites, not over time", ("mean", "min", "max", "last")),
        "share": ("does not add up", ("mean", "min", "max", "last")),
    }
)
"""Nature of a KPI → what that means, and the aggregations that make sense of it."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A column of a mart that a claim may name.

    Attributes:
        name: Mart and column, `battery_daily.discharged_mwh`.
        unit: Unit of the column.
        nature: amount, level or share.
        slices: Key columns of which a claim picks one value each → the values there are; none: any.
    """

    name: str
    unit: str
    nature: str
    slices: Mapping[str, Sequence[str]]


@lru_cache
def kpis() -> Mapping[str, Kpi]:
    """Name → KPI, of all that a claim may name."""
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    found = [
        Kpi(f"{table['mart']}.{column['name']}", column["unit"], column["nature"], table.get("slices", {}))
        for table in project["vars"]["claimable"]
        for column in table["columns"]
    ]
    return MappingProxyType({kpi.name: kpi for kpi in found})


def known_kpi(name: str) -> str:
    """The name, if a claim may name it.

    Raises:
        ValueError: It is none of the list.
    """
    return _known(name, list(kpis()), "KPI")


def known_denominator(name: str) -> str:
    """The name, if a claim may divide by it.

    Raises:
        ValueError: It is none of the list.
    """
    return _known(name, [*PEAKS, *kpis()], "denominator")


def adds_up(name: str) -> bool:
    """Whether figures of several sites add up."""
    return kpis()[name].nature != "share"


def _known(name: str, known: Sequence[str], what: str) -> str:
    if name in known:
        return name
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    raise ValueError(f"no {what} that a claim may name; {hint}docs/methods/claims.md lists all of them")


def fit_numbers(
    kpi: str | None, stated: Decimal | None, denominator: str | None, aggregation: str | None
) -> None:
    """Raises ValueError where a KPI, a stated amount, an aggregation and a denominator do not go together."""
    if kpi and stated:
        raise ValueError("give a kpi or a stated_value, not both")
    if (denominator is None) != (aggregation != "ratio_pct"):
        raise ValueError("ratio_pct needs a denominator, and a denominator needs ratio_pct")
    if stated and denominator not in PEAKS:
        raise ValueError(f"a stated_value is divided by published peaks: {' or '.join(PEAKS)}")
    if kpi is None:
        return
    if denominator and kpi.split(".")[0] != denominator.split(".")[0]:
        raise ValueError(f"{denominator} is no column of the mart of {kpi}")
    meaning, sensible = _AGGREGATIONS[kpis()[kpi].nature]
    if aggregation not in sensible:
        given = aggregation or "no aggregation"
        raise ValueError(f"{given} of {kpi}, which {meaning}: write {', '.join(sensible)}")


def fit_thresholds(
    is_tested: bool,
    confirmed_from: Decimal | None,
    confirmed_to: Decimal | None,
    refuted_below: Decimal | None,
    refuted_above: Decimal | None,
) -> None:
    """Raises ValueError where nothing is decided, or a value would confirm and refute."""
    confirms = confirmed_from is not None or confirmed_to is not None
    if is_tested and not confirms and refuted_below is None and refuted_above is None:
        raise ValueError("no threshold: give confirmed_from, confirmed_to, refuted_below or refuted_above")
    low = Decimal("-Infinity") if confirmed_from is None else confirmed_from
    high = Decimal("Infinity") if confirmed_to is None else confirmed_to
    if low > high:
        raise ValueError("confirmed_from is above confirmed_to")
    if confirms and refuted_below is not None and refuted_below > low:
        raise ValueError("some value below refuted_below would confirm, too")
    if confirms and refuted_above is not None and refuted_above < high:
        raise ValueError("some value above refuted_above would confirm, too")


def fit_slice(name: str, given: str) -> None:
    """Raises ValueError unless a slice picks one value of each key column of a KPI, in their order."""
    slices = {"system_id": ()} if name in PEAKS else kpis()[name].slices
    wanted = " ".join(f"{column}=…" for column in slices)
    if not slices:
        if given:
            raise ValueError(f"{name} has no slices: leave the cell empty")
        return
    rest = given
    for column, values in reversed(list(slices.items())):
        rest, sign, value = rest.rpartition(f"{column}=")
        rest = rest.rstrip()
        if not sign or not value.strip():
            raise ValueError(f"slice {given!r} of {name}: write {wanted}")
        if values and value.strip() not in values:
            raise ValueError(f"{name} has no {column} {value.strip()!r}: write {', '.join(values)}")
    if rest:
        raise ValueError(f"slice {given!r} of {name}: write {wanted}")

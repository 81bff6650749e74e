"""`make study`: twenty campuses whose operators follow other rules than the model, against their truth.

With `--write` the tables go to docs/methods/turbine_hours_avoided.md. Here must not live: the model.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from pipelines.answers.markdown import passage
from pipelines.campus.paths import PROJECT
from tests.avoided_study.campus import DAYS, FIT_DAYS, observed
from tests.avoided_study.judged import Judged, judged

PAGE = PROJECT / "docs" / "methods" / "turbine_hours_avoided.md"
SEEDS = range(1, 21)
QUANTITIES = {
    "h": ("`avoided_h`", "h"),
    "mwh": ("`avoided_turbine_mwh`", "MWh"),
    "fuel_mmbtu": ("`fuel_mmbtu`", "mmBtu"),
    "nox_lb": ("`nox_net_lb`", "lb"),
}
"""Quantity → KPI and unit."""


def main() -> None:
    """Simulates, judges and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write the tables to {PAGE.name}")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="other campuses")
    chosen = parser.parse_args()
    fitted, declared = [], []
    for seed in chosen.seeds:
        seen = observed(seed)
        fitted.append(judged(seen))
        declared.append(judged(seen, knows_days_without=False))
        sys.stderr.write(f"{line(fitted[-1])}\n")
    text = "\n\n".join([summary(fitted, declared), campuses(fitted)])
    sys.stdout.write(text + "\n")
    if chosen.write:
        PAGE.write_text(passage(PAGE.read_text("utf-8"), "measured", text), "utf-8")


def summary(fitted: Sequence[Judged], declared: Sequence[Judged]) -> str:
    """Bias, error and coverage of all campuses together, for both ways to know the reserve."""
    columns = [figures(fitted), figures(declared)]
    rows = [f"| {name} | " + " | ".join(column[name] for column in columns) + " |" for name in columns[0]]
    head = [
        f"{len(fitted)} campuses, {DAYS - FIT_DAYS} days each",
        f"k fitted on {FIT_DAYS} days without batteries",
        "k declared, no such days",
    ]
    return "\n".join([f"| {' | '.join(head)} |", "| --- | --: | --: |", *rows])


def figures(found: Sequence[Judged]) -> dict[str, str]:
    """Name → value of one way."""
    of_all = {
        "k as the operators hold it": f"{sum(one.k == one.true_k for one in found)} of {len(found)}",
        "largest \\|calibration\\|": f"{max(abs(one.calibration_pct) for one in found):.1f} %",
    }
    for whose, name in (("in truth", "true_starts_delta"), ("by the model", "starts_delta")):
        of_all[f"`starts_delta` {whose}, mean"] = f"{np.mean([getattr(one, name) for one in found]):+,.0f}"
    return of_all | {
        name: value for quantity in QUANTITIES for name, value in figures_of(found, quantity).items()
    }


def figures_of(found: Sequence[Judged], quantity: str) -> dict[str, str]:
    """Name → value of one quantity."""
    kpi, unit = QUANTITIES[quantity]
    true, avoided = (
        np.array([getattr(one, name)[quantity] for one in found]) for name in ("true", "avoided")
    )
    held = [held_days(one, quantity) for one in found]
    ends = np.array([one.total[quantity] for one in found])
    totals = true.sum(axis=1)
    bias = avoided.sum(axis=1) - totals
    held_sums = int(((ends[:, 0] <= totals) & (totals <= ends[:, 1])).sum())
    return {
        f"**{kpi}**: truth of the sum, mean": f"{totals.mean():,.0f} {unit}",
        f"{kpi}: bias of the sum": f"{bias.mean():+,.0f} {unit} ({100 * bias.sum() / totals.sum():+.1f} %)",
        f"{kpi}: bias of the middle of the interval": f"{(ends.mean(axis=1) - totals).mean():+,.0f} {unit}",
        f"{kpi}: mean error of a day": f"{np.abs(avoided - true).mean():.1f} {unit}",
        f"{kpi}: interval of a day holds the truth": f"{100 * np.mean(held):.0f} % of {true.size:,} days",
        f"{kpi}: interval of the sum holds it": f"{held_sums} of {len(found)} campuses",
        f"{kpi}: mean width of the interval of the sum": f"{(ends[:, 1] - ends[:, 0]).mean():,.0f} {unit}",
    }


def held_days(one: Judged, quantity: str) -> float:
    """Share of the days whose interval holds the truth."""
    true = one.true[quantity]
    return float(((one.low[quantity] <= true) & (true <= one.high[quantity])).mean())


def campuses(found: Sequence[Judged]) -> str:
    """One row a campus, k fitted."""
    names = ["seed", "reserve, true / fitted", "release", "calibration"]
    names += ["true", "`avoided_h`", "interval of the sum", "days held"]
    return "\n".join([f"| {' | '.join(names)} |", f"|{' --: |' * len(names)}", *map(line, found)])


def line(one: Judged) -> str:
    """A campus as a row."""
    low, high = one.total["h"]
    cells = [
        f"{one.seed}",
        f"{one.true_k} / {one.k}",
        f"{one.release_min} min",
        f"{one.calibration_pct:+.1f} %",
        f"{one.true['h'].sum():,.0f} h",
        f"{one.avoided['h'].sum():,.0f} h",
        f"{low:,.0f} … {high:,.0f} h",
        f"{100 * held_days(one, 'h'):.0f} %",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

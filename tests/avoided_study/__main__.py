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
    totals = np.array([[one.true_h.sum(), one.avoided_h.sum()] for one in found])
    days = np.concatenate([one.avoided_h - one.true_h for one in found])
    held = np.concatenate([(one.low_h <= one.true_h) & (one.true_h <= one.high_h) for one in found])
    held_sums = [one.total_low_h <= one.true_h.sum() <= one.total_high_h for one in found]
    bias = totals[:, 1] - totals[:, 0]
    bias_pct = 100 * bias.sum() / totals[:, 0].sum()
    middle = np.array([(one.total_low_h + one.total_high_h) / 2 - one.true_h.sum() for one in found])
    width = np.mean([one.total_high_h - one.total_low_h for one in found])
    return {
        "k as the operators hold it": f"{sum(one.k == one.true_k for one in found)} of {len(found)}",
        "largest \\|calibration\\|": f"{max(abs(one.calibration_pct) for one in found):.1f} %",
        "true hours avoided, mean": f"{totals[:, 0].mean():,.0f} h",
        "bias of the sum of `avoided_h`": f"{bias.mean():+,.0f} h ({bias_pct:+.1f} %)",
        "bias of the middle of the interval": f"{middle.mean():+,.0f} h",
        "mean error of a day": f"{np.abs(days).mean():.1f} h",
        "90 % interval of a day holds the truth": f"{100 * held.mean():.0f} % of {held.size:,} days",
        "90 % interval of the sum holds the truth": f"{sum(held_sums)} of {len(found)} campuses",
        "mean width of the interval of the sum": f"{width:,.0f} h",
    }


def campuses(found: Sequence[Judged]) -> str:
    """One row a campus, k fitted."""
    names = (
        "seed | reserve, true / fitted | calibration | true | `avoided_h` | interval of the sum | days held"
    )
    return "\n".join([f"| {names} |", "| --: | --: | --: | --: | --: | --: | --: |", *map(line, found)])


def line(one: Judged) -> str:
    """A campus as a row."""
    held = (one.low_h <= one.true_h) & (one.true_h <= one.high_h)
    cells = [
        f"{one.seed}",
        f"{one.true_k} / {one.k}",
        f"{one.calibration_pct:+.1f} %",
        f"{one.true_h.sum():,.0f} h",
        f"{one.avoided_h.sum():,.0f} h",
        f"{one.total_low_h:,.0f} … {one.total_high_h:,.0f} h",
        f"{100 * held.mean():.0f} %",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

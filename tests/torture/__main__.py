"""`make torture`: the torture campus clean and faulty, the river on both, and what was found.

With `--write` the tables go to docs/methods/faults.md as well. Here must not live: matching, key figures.
"""

import argparse
import contextlib
import sys
import tempfile
from collections import Counter
from pathlib import Path

import polars as pl

from pipelines.answers.markdown import passage
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from tests.journey.whole_way import flow
from tests.torture import report
from tests.torture.campus import SEASONS, Season, season, torture_campus
from tests.torture.evidence import Evidence, evidence
from tests.torture.figures import Figure, figures
from tests.torture.matching import Judge
from tests.torture.naive import naive_readings

PAGE = PROJECT / "docs" / "methods" / "faults.md"


def main() -> None:
    """Measures both seasons and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables to docs/methods/faults.md")
    parser.add_argument("--keep", type=Path, help="keep the data folders, and labels with outcomes, here")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        scratch = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headroom-")))
        text = measured(scratch.absolute())
    sys.stdout.write(text + "\n")
    if chosen.write:
        PAGE.write_text(passage(PAGE.read_text("utf-8"), "measured", text), "utf-8")


def measured(scratch: Path) -> str:
    """The tables of both seasons, as Markdown."""
    judged, alarms, rows_in = [], Counter[str](), 0
    shown: dict[str, list[Figure]] = {}
    for which in SEASONS:
        runs = {
            kind: _went(scratch / f"{which.name}-{kind}", which, *faults)
            for kind, faults in (("clean", ()), ("faulty", ("all",)))
        }
        (folder, clean, before), (_, faulty, after) = runs["clean"], runs["faulty"]
        judged.append(_judged(scratch, which, folder, clean, faulty))
        for rules in (clean.findings, clean.rejected):
            alarms.update(rules.get_column("rule").to_list())
        rows_in += int(clean.files.get_column("rows_in").sum())
        shown.setdefault("clean", before)
        shown.setdefault("faulty", after)
    labels = pl.concat(judged)
    return "\n\n".join(
        [
            report.outcomes(labels),
            report.by_class(labels, alarms),
            report.by_fault(labels),
            report.false_alarms(alarms, rows_in),
            report.key_figures(shown["clean"], shown["faulty"]),
        ]
    )


def _went(root: Path, which: Season, *faults: str) -> tuple[DataFolder, Evidence, list[Figure]]:
    """Simulates and publishes one season; the naive reader takes the files before the river does."""
    folder = torture_campus(root)
    made = season(folder, which, *faults)
    naive = naive_readings(load_campus(folder), made.files)
    flow(folder)
    return folder, evidence(folder), figures(folder, naive)


def _judged(
    scratch: Path, which: Season, folder: DataFolder, clean: Evidence, faulty: Evidence
) -> pl.DataFrame:
    """The labels of a season with an outcome each."""
    truth = scratch / f"{which.name}-faulty" / "truth" / "faults.csv"
    labels = pl.read_csv(truth, try_parse_dates=True, schema_overrides={"row_number": pl.Int64})
    labels = labels.with_columns(pl.col(pl.String()).fill_null(""))
    campus = load_campus(folder)
    intervals = {feed: contract.time.interval for feed, contract in campus.contracts.items()}
    judge = Judge(labels.to_dicts(), faulty, clean, intervals)
    outcomes = [judge.outcome(label) for label in judge.labels]
    found = labels.with_columns(pl.Series("outcome", outcomes))
    found.write_csv(scratch / f"{which.name}-outcomes.csv")
    judge.unexplained.write_parquet(scratch / f"{which.name}-unexplained.parquet")
    return found.with_columns(pl.col("classes", "inputs").cast(pl.String()))


if __name__ == "__main__":
    main()

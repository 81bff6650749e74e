"""One local day of 156 packs at 5 s, landing → lake, against DuckDB's plain COPY of the same file.

Each measurement runs in a process of its own, so that its peak memory is its own. The neighbouring
day is loaded before the clock starts, as it would be on any day but the first.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

DAYS = (date(2026, 1, 13), date(2026, 1, 14))
FEED = "m1_packs_5s"
CLOCKS = ("seconds", "processor_seconds")


def main() -> None:
    """Prints both times, in seconds and in seconds of the processors, their ratios and both peaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="headroom-bench-") as scratch:
        files = _write_days(Path(scratch))
        size = files[1].stat().st_size
        results: dict[str, list[dict[str, float]]] = {"copy": [], "river": []}
        for _ in range(rounds):
            with tempfile.TemporaryDirectory(dir=scratch) as round_:
                results["copy"].append(_child("copy", files[1], Path(round_) / "day.parquet"))
                results["river"].append(_child("river", *files, Path(round_) / "data"))
    times = {
        name: [statistics.median(run[clock] for run in runs) for clock in CLOCKS]
        for name, runs in results.items()
    }
    peaks = {name: max(run["peak_gb"] for run in runs) for name, runs in results.items()}
    rows = int(results["river"][0]["rows"])
    print(f"{size / 1e6:,.0f} MB landed, {rows:,} readings of its days written; median of {rounds} rounds")
    for name, what in (("copy", "DuckDB COPY"), ("river", "Headroom landing to lake")):
        wall, processors = times[name]
        print(f"{what:26}{wall:6.2f} s{processors:6.2f} s of processors  peak {peaks[name]:.2f} GB")
    wall, processors = (ours / theirs for ours, theirs in zip(times["river"], times["copy"], strict=True))
    print(f"{'ratio':26}{wall:6.2f}  {processors:6.2f}")


def copy(source: str, target: str) -> dict[str, float]:
    """DuckDB's own way of turning the file into Parquet."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    start = _clocks()
    connection.execute(
        "copy (from read_csv(?)) to '" + target.replace("'", "''") + "' (format parquet)", [source]
    )
    return _since(start)


def river(neighbour: str, day: str, data: str) -> dict[str, float]:
    """The whole path: intake, survey, cleaning, lake; the neighbour is loaded first."""
    from pipelines.campus.paths import PROJECT, DataFolder
    from pipelines.river import arrive, clean, plan

    folder = DataFolder(Path(data))
    shutil.copytree(PROJECT / "data" / "reference", folder.reference)
    landing = folder.landing / FEED
    landing.mkdir(parents=True)
    rows = 0
    for source in (neighbour, day):
        shutil.copy(source, landing)
        start = _clocks()
        arrival = arrive(folder, settle_s=0)
        if arrival.refused or arrival.intake.left:
            raise SystemExit(str(arrival))
        rows = sum(clean(folder, block).rows["batteries"] for block in plan(folder).blocks)
    return _since(start) | {"rows": rows}


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> dict[str, float]:
    """Seconds, and seconds of the processors, which other work on the machine stretches less."""
    return {clock: now - then for clock, now, then in zip(CLOCKS, _clocks(), start, strict=True)}


def _write_days(scratch: Path) -> list[Path]:
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import PROJECT, DataFolder
    from pipelines.simulator.pack_day import write_pack_day

    campus = load_campus(DataFolder(PROJECT / "data"))
    packs = [device for device in campus.devices.values() if device.kind == "pack" and device.site_id == "m1"]
    files = [scratch / f"packs_{day.isoformat()}.csv" for day in DAYS]
    for seed, (file, day) in enumerate(zip(files, DAYS, strict=True)):
        write_pack_day(file, packs, day, seed=seed)
    return files


def _child(name: str, *paths: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.__main__", "--child", name, *map(str, paths)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _answer() -> None:
    """A child: measures one thing and says so as JSON."""
    measured = {"copy": copy, "river": river}[sys.argv[2]](*sys.argv[3:])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps(measured | {"peak_gb": peak}))


if __name__ == "__main__":
    _answer() if sys.argv[1:2] == ["--child"] else main()

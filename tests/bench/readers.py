"""Each reader against the raw parse of the same bytes: json, or polars with every field as text.

A format is one line of `CASES`. The reader gives text columns, numbered records and the rejected ones; the
raw parse gives what its library makes of the bytes. `python -m tests.bench.readers`
"""

import argparse
import csv
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from defusedxml.ElementTree import fromstring
from openpyxl import Workbook, load_workbook

from pipelines.campus.contract import Contract
from pipelines.readers import read
from tests.house.feeds import documented_keys
from tests.readers import test_aemo, test_espi, test_nem12

VALUES = 200_000
CONTRACT: dict[str, Any] = {
    "feed": "bench",
    "site": "m1",
    "description": "a file of one format",
    "time": {"columns": ["time"], "interval": "5s"},
    "layout": {"kind": "long", "tag": "tag", "value": "value"},
    "tags": [{"tag": "kw", "device": "m1-pack-001", "column": "battery_mw", "unit": "kW"}],
}
STAMP = "2025-11-02T00:00:00Z"
SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass(frozen=True)
class Case:
    """A format: how to make a file of about so many values, and what parses it raw."""

    form: str
    make: Callable[[int], bytes]
    parse: Callable[[bytes], object]
    parts: dict[str, Any] = field(default_factory=dict)
    """Parts of the contract that differ from `CONTRACT`."""


def main() -> None:
    """Prints size, times and ratio of each format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(f"{'format':16}{'MB':>6}{'values':>9}{'reader':>9}{'raw':>9}{'ratio':>7}{'MB/s':>7}")
    with tempfile.TemporaryDirectory(prefix="headroom-bench-") as scratch:
        for case in CASES:
            path = Path(scratch) / case.form
            content = case.make(VALUES)
            path.write_bytes(content)
            contract = Contract.model_validate(CONTRACT | {"format": case.form} | case.parts)
            rows = read(path, contract).frame.height
            tasks = (
                partial(read, path, contract),
                lambda case=case, path=path: case.parse(path.read_bytes()),
            )
            reader, raw = _medians(tasks, rounds)
            size = len(content) / 1e6
            figures = (
                f"{size:6.1f}{rows:9,}{reader:7.3f} s{raw:7.3f} s{reader / raw:7.1f}{size / reader:7.0f}"
            )
            print(f"{case.form:16}{figures}")


def _medians(tasks: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each task; they take turns, so that other work on the machine slows all alike."""
    turns = [[_seconds(task) for task in tasks] for _ in range(rounds)]
    return [statistics.median(times) for times in zip(*turns, strict=True)]


def _seconds(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def _fields(separator: str) -> Callable[[bytes], object]:
    """polars, every field as text."""
    return lambda content: pl.read_csv(content, has_header=False, separator=separator, infer_schema=False)


def _lines(line: str, values: int) -> bytes:
    """`values` lines with `{n}` and `{pack}` filled in."""
    return "".join(line.format(n=n, pack=n % 156) + "\n" for n in range(values)).encode()


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


def _parquet(values: int) -> bytes:
    buffer = io.BytesIO()
    cells = {"tag": "kw", "time": STAMP}
    frame = pl.DataFrame({"value": pl.int_range(values, eager=True) / 8})
    frame.with_columns(**{name: pl.lit(text) for name, text in cells.items()}).write_parquet(buffer)
    return buffer.getvalue()


def _eia(values: int) -> bytes:
    about = {"period": "2023-05-01T11", "respondent": "TVA", "respondent-name": "Tennessee Valley Authority"}
    about |= {"type": "D", "type-name": "Demand", "value-units": "megawatthours"}
    return _json({"response": {"total": values, "data": [about | {"value": str(n)} for n in range(values)]}})


def _tesla(values: int) -> bytes:
    keys = ("solar_power", "battery_power", "grid_power", "generator_power")
    moments = [{"timestamp": STAMP} | dict.fromkeys(keys, n / 8) for n in range(values // len(keys))]
    return _json({"response": {"time_series": moments}})


def _prometheus(values: int) -> bytes:
    samples = [[1762041600 + 15 * n, str(n / 8)] for n in range(values // 100)]
    result = [{"metric": {"__name__": "power", "gpu": str(gpu)}, "values": samples} for gpu in range(100)]
    return _json({"data": {"resultType": "matrix", "result": result}})


def _pi(values: int) -> bytes:
    flags = {"Good": True, "Questionable": False, "Substituted": False, "Annotated": False}
    items = [{"Timestamp": STAMP, "Value": n / 8, "UnitsAbbreviation": "kW"} | flags for n in range(values)]
    return _json({"Items": [{"Name": "kw", "Items": items}]})


def _gpus(values: int) -> bytes:
    line = 'DCGM_FI_DEV_POWER_USAGE{{gpu="{pack}",UUID="GPU-{pack}",Hostname="hall-1"}} {n}.25 1762041600000'
    return _lines(line, values)


def _packs(values: int) -> bytes:
    return _lines(
        "packs,pack={pack:03},site=m1 kw=-{n}.5,soc=61.5,temp=21i,volt=800 1762041600000000000", values // 4
    )


def _nem12(values: int) -> bytes:
    day = ",".join(f"{n / 8}" for n in range(288))
    days = [f"300,202511{number:02},{day},A,,,20251201000000," for number in range(1, 31)]
    streams = [[f"200,NX{n:08},E1,1,E1,N1,M{n},kWh,5,", *days] for n in range(values // (288 * 30))]
    lines = ["100,NEM12,202512010000,A,B", *(line for stream in streams for line in stream), "900"]
    return "\n".join([*lines, ""]).encode()


def _aemo(values: int) -> bytes:
    head = "C,REPORT\nI,DISPATCH,UNIT_SCADA,1,SETTLEMENTDATE,DUID,SCADAVALUE\n"
    row = 'D,DISPATCH,UNIT_SCADA,1,"2025/11/01 00:05:00",kw,{n}.25'
    return head.encode() + _lines(row, values) + f'C,"END OF REPORT",{values + 3}\n'.encode()


def _espi(values: int) -> bytes:
    reading = (
        "<IntervalReading><timePeriod><duration>5</duration><start>{n}</start></timePeriod>"
        "<value>{n}</value></IntervalReading>"
    )
    sample = (SAMPLES / "espi" / "good.xml").read_bytes()
    head, _, rest = sample.partition(b"<IntervalReading>")
    return head + _lines(reading, values) + rest[rest.rindex(b"</IntervalReading>") + 18 :]


def _epa(values: int) -> bytes:
    header, *records = (SAMPLES / "epa_hourly" / "bulk.csv").read_bytes().splitlines(keepends=True)
    return header + b"".join(records) * (values // 8 // len(records))


def _ecmps(values: int) -> bytes:
    document = json.loads((SAMPLES / "ecmps" / "good.json").read_bytes())
    hours = document["hourlyOperatingData"]
    return _json(document | {"hourlyOperatingData": hours * (values // 8 // len(hours))})


def _workbook(values: int) -> bytes:
    book, buffer = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    sheet.append(["time", *(f"kw{n}" for n in range(16))])
    for row in range(values // 16):
        sheet.append([STAMP, *(row / 8 + n for n in range(16))])
    book.save(buffer)
    return buffer.getvalue()


def _cells(content: bytes) -> object:
    """Openpyxl's own values."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return list(book.active.iter_rows(values_only=True))


def _records(content: bytes) -> object:
    """The csv module, record by record."""
    return list(csv.reader(io.StringIO(content.decode())))


WORKBOOK = {
    "layout": {"kind": "wide"},
    "tags": [CONTRACT["tags"][0] | {"tag": None, "pattern": r"kw\d+"}],
}
CASES = (
    Case("delimited", lambda n: b"tag,time,value\n" + _lines(f"kw,{STAMP},{{n}}.25", n), _fields(",")),
    Case("parquet", _parquet, lambda content: pl.read_parquet(content)),
    Case(
        "jsonl",
        lambda n: _lines(f'{{{{"tag": "kw", "time": "{STAMP}", "value": {{n}}.25}}}}', n),
        lambda content: [json.loads(line) for line in content.splitlines()],
    ),
    Case("eia_v2", _eia, json.loads),
    Case("tesla_json", _tesla, json.loads),
    Case("prometheus_json", _prometheus, json.loads),
    Case("pi_web_api", _pi, json.loads),
    Case("prometheus_text", _gpus, _fields(" ")),
    Case("influx_lines", _packs, _fields(" ")),
    Case(
        "nem12", _nem12, _records, test_nem12.FEED | {"time": test_nem12.FEED["time"] | {"interval": "5min"}}
    ),
    Case("aemo", _aemo, _records, test_aemo.FEED),
    Case("espi", _espi, fromstring, test_espi.FEED | {"time": test_espi.FEED["time"] | {"interval": "5s"}}),
    Case("epa_hourly", _epa, _fields(","), documented_keys("m1_campd_example")),
    Case("ecmps", _ecmps, json.loads, documented_keys("m1_ecmps_example")),
    Case("xlsx", _workbook, _cells, {"format": "xlsx"} | WORKBOOK),
)

if __name__ == "__main__":
    main()

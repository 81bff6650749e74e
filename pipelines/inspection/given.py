"""What a format itself settles: what its reader has to be told, and what no file of it needs to say.

Interval and table are taken from the first record that names them; the rest is the same for every file of
the format. Here must not live: what the records say.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.inspection.guess import Guess, sure, unsure

LONG = {"kind": "long", "tag": "tag", "value": "value"}
MARKET_TIME = "+10:00"
"""Any fixed offset serves to split records."""
STREAM = re.compile(r"^200,(?:[^,\n]*,){7}(\d+)", re.MULTILINE)
DURATION = re.compile(r"<(?:\w+:)?duration>\s*(\d+)")
HEADER = re.compile(r"^I,(\w+),(\w*),\d+,\"?([^,\"\n]+)", re.MULTILINE)


def given(form: str, text: str) -> Mapping[str, Any]:
    """Parts of a contract by which a file can be split, beside `format` and `dialect`.

    Args:
        form: The format.
        text: The text of the sample.
    """
    return GIVEN.get(form, _undeclared)(text)


def table_of(text: str) -> str | None:
    """The first table of a file of C, I and D records, as `dialect.table` names it."""
    found = HEADER.search(text)
    return None if found is None else f"{found[1]}.{found[2]}"


def _undeclared(text: str) -> Mapping[str, Any]:
    return {
        "time": {"declared_start": "2000-01-01T00:00:00", "interval": "1h"},
        "layout": {"kind": "wide"},
        "ignore": [".*"],
    }


def _long(text: str) -> Mapping[str, Any]:
    return {"time": {"columns": ["time"], "interval": "1h"}, "layout": LONG}


def _nem12(text: str) -> Mapping[str, Any]:
    minutes = STREAM.search(text)
    interval = f"{minutes[1]}min" if minutes and int(minutes[1]) else "30min"
    time = {"columns": ["stamp"], "clock": MARKET_TIME, "interval": interval}
    return {"time": time, "layout": LONG | {"tag": "stream"}}


def _espi(text: str) -> Mapping[str, Any]:
    seconds = DURATION.search(text)
    interval = f"{seconds[1]}s" if seconds and int(seconds[1]) else "1h"
    return {"time": {"columns": ["start"], "format": "epoch_s", "interval": interval}, "layout": LONG}


def _aemo(text: str) -> Mapping[str, Any]:
    found = HEADER.search(text)
    time = {"columns": [found[3] if found else "SETTLEMENTDATE"], "clock": MARKET_TIME, "interval": "5min"}
    return {"time": time, "layout": {"kind": "wide"}, "ignore": [".*"]}


def _hours(date: str, hour: str) -> Callable[[str], Mapping[str, Any]]:
    time = {"columns": [date, hour], "format": "%Y-%m-%d %H", "clock": "-06:00", "interval": "1h"}
    return lambda text: {"time": time, "layout": {"kind": "wide"}, "ignore": [".*"]}


GIVEN = {
    "eia_v2": _long,
    "tesla_json": _long,
    "prometheus_json": _long,
    "prometheus_text": _long,
    "influx_lines": _long,
    "pi_web_api": _long,
    "nem12": _nem12,
    "espi": _espi,
    "aemo": _aemo,
    "epa_hourly": _hours("Date", "Hour"),
    "ecmps": _hours("date", "hour"),
}
"""Format → what has to be said of its columns; every other reads whatever columns a file has."""

_START = {"time.label": sure("start", "the format names an interval by its start")}
_END = {"time.label": sure("end", "the format names an interval by its end")}
_MARKET = {"time.clock": unsure(MARKET_TIME, "market time without daylight saving, in the east of Australia")}
SETTLED: Mapping[str, Mapping[str, Guess]] = {
    "eia_v2": _END | {"time.clock": sure("UTC", "periods of the API are hours of UTC")},
    "nem12": _START | _MARKET,
    "aemo": _END | _MARKET,
    "espi": _START | {"time.clock": sure("UTC", "seconds since 1970")},
    "epa_hourly": _START,
}
"""Format → keys of a contract that are the same for every file of it."""

"""Which format a file is in, by the marks that only this format has.

One row of `RECOGNISERS` a format; the first that knows the file names it. What none of them knows is
delimited text, or nothing Headroom reads. Here must not live: delimiters, stamps, readers.
"""

import re
from collections.abc import Callable, Mapping

from pipelines.inspection.guess import Guess, sure, unknown, unsure
from pipelines.inspection.sample import PARQUET, Sample

Recogniser = Callable[[Sample, str], str | None]
"""The sample and its text → the mark by which the format is known, None if it is another."""

HEAD = 200_000
"""Characters in which a mark must stand."""
EPA_GENERATIONS: Mapping[str, tuple[str, ...]] = {
    "the header of EPA's hourly emissions (CAMPD)": (
        "facility id",
        "hour",
        "gross load (mw)",
        "nox mass (lbs)",
    ),
    "the header of EPA's hourly emissions (AMPD)": ("orispl_code", "op_date", "op_hour"),
}
SAMPLE_LINE = re.compile(r"^[a-zA-Z_:][\w:]*(\{[^}\n]*\})? [-+.\deE]+( \d+)?$", re.MULTILINE)
INFLUX_LINE = re.compile(
    r"^[^\s,{\"#][^\s,]*(,[^\s=,]+=[^\s,]+)* [^\s=,]+=(\"[^\"]*\"|[-+.\deEiutfals]+)"
    r"(,[^\s=]+=\S+)*( \d{10,19})?$",
    re.IGNORECASE,
)
PI_VALUE = re.compile(r'"Timestamp"\s*:\s*"[^"]+"\s*,[^{}]*?"Value"\s*:')


def _parquet(sample: Sample, text: str) -> str | None:
    return "the file begins with PAR1" if sample.head.startswith(PARQUET) else None


def _workbook(sample: Sample, text: str) -> str | None:
    return "a zip archive with an Excel workbook inside" if sample.head[:2] == b"PK" else None


def _jsonl(sample: Sample, text: str) -> str | None:
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    whole = lines if len(lines) < 2 or sample.is_cut else lines[:-1]
    flat = all(line.startswith("{") and line.rstrip().endswith("}") for line in whole)
    return "one JSON object a line" if flat and len(lines) > 1 else None


def _json_with(*keys: str, mark: str) -> Recogniser:
    def recognise(sample: Sample, text: str) -> str | None:
        is_json = text.lstrip()[:1] in ("{", "[")
        return mark if is_json and all(re.search(rf'"{key}"\s*:', text) for key in keys) else None

    return recognise


def _eia_api(sample: Sample, text: str) -> str | None:
    keys = r'^\s*\{\s*"response"\s*:\s*\{.*"data"\s*:\s*\['
    return "JSON with response.data, as EIA's API v2 answers" if re.search(keys, text, re.DOTALL) else None


def _tesla(sample: Sample, text: str) -> str | None:
    gateway = re.search(r'"instant_power"\s*:', text) and re.search(r'"last_communication_time"\s*:', text)
    fleet = re.search(r'"battery_power"\s*:', text) and re.search(r'"grid_power"\s*:|"time_series"\s*:', text)
    return "JSON of a battery site's gateway or of its fleet service" if gateway or fleet else None


def _pi_webapi(sample: Sample, text: str) -> str | None:
    is_json = text.lstrip()[:1] in ("{", "[")
    return (
        "JSON with Timestamp and Value, as PI Web API answers" if is_json and PI_VALUE.search(text) else None
    )


def _prometheus(sample: Sample, text: str) -> str | None:
    if re.search(r"^# (TYPE|HELP) \w+ ", text, re.MULTILINE) and SAMPLE_LINE.search(text):
        return "lines `# TYPE` and `# HELP`, then `name{labels} value`"
    return None


def _influx(sample: Sample, text: str) -> str | None:
    lines = [line for line in text.splitlines()[:20] if line.strip() and not line.startswith("#")]
    lines = lines[:-1] if len(lines) > 1 and sample.is_cut else lines
    is_influx = bool(lines) and all(INFLUX_LINE.match(line) for line in lines)
    return "lines `measurement,tags fields time`" if is_influx else None


def _nem12(sample: Sample, text: str) -> str | None:
    if re.match(r"\s*100,NEM12,", text):
        return "the record 100,NEM12"
    is_meter = re.match(r"\s*200,\w{10,11},", text) and re.search(r"^300,\d{8},", text, re.MULTILINE)
    return "records 200 and 300 without the record 100" if is_meter else None


def _aemo(sample: Sample, text: str) -> str | None:
    is_aemo = re.search(r"^I,\w+,\w*,\d+,", text, re.MULTILINE) and re.search(r"^D,\w+,", text, re.MULTILINE)
    return "records C, I and D, as AEMO publishes" if is_aemo else None


def _espi(sample: Sample, text: str) -> str | None:
    return "XML of http://naesb.org/espi" if "naesb.org/espi" in text and "<" in text[:200] else None


def _epa_hourly(sample: Sample, text: str) -> str | None:
    header = text.partition("\n")[0].lower()
    return next((mark for mark, words in EPA_GENERATIONS.items() if all(w in header for w in words)), None)


RECOGNISERS: Mapping[str, Recogniser] = {
    "parquet": _parquet,
    "xlsx": _workbook,
    "espi": _espi,
    "eia_v2": _eia_api,
    "ecmps": _json_with("hourlyOperatingData", mark="JSON with hourlyOperatingData, as plants report to EPA"),
    "prometheus_json": _json_with(
        "resultType", "result", mark="JSON with data.resultType, as Prometheus answers"
    ),
    "tesla_json": _tesla,
    "pi_web_api": _pi_webapi,
    "jsonl": _jsonl,
    "nem12": _nem12,
    "aemo": _aemo,
    "prometheus_text": _prometheus,
    "epa_hourly": _epa_hourly,
    "influx_lines": _influx,
}
"""`format` of a feed contract → how its files are known, the most telling first."""

AS_TEXT = ("aemo", "epa_hourly")
"""Formats that are delimited text with records of their own: readable as such, too."""

STRANGE = (
    (r"\s*100,NEM13,", "NEM13, meter reads without intervals"),
    (r"\s*[{\[]", "JSON, in no form that Headroom knows"),
    (r"\s*<", "XML or HTML, in no form that Headroom knows"),
)
"""Beginnings of texts that no reader of Headroom takes, and what they are."""


def recognise(sample: Sample, text: str, known: Mapping[str, object]) -> Guess:
    """The format of a file.

    Args:
        sample: What is looked at of the file.
        text: Its text.
        known: Formats that this release reads.

    Returns:
        The format; unknown where no reader and no recogniser knows it.
    """
    for name, recogniser in RECOGNISERS.items():
        mark = recogniser(sample, text[:HEAD])
        if mark is None:
            continue
        if name not in known and name in AS_TEXT:
            return unsure("delimited", f"{mark}; {name} has no reader in this release, delimited text fits")
        return sure(name, mark)
    if re.fullmatch(r"\s*\{[^{}\[\]]*\}\s*", text):
        return unsure("jsonl", "one flat JSON object: a single record of JSON Lines, or a document")
    strange = next((what for pattern, what in STRANGE if re.match(pattern, text)), None)
    return unsure("delimited", "text in lines") if strange is None else unknown(strange)

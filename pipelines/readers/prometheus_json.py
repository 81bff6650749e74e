"""Prometheus' answers to queries: a JSON document with a matrix or a vector of series.

One record is one sample, in the order of the document. Columns: `tag` (`series_name`), `time` (seconds of
1970), `value`. Histograms are rejected. Here must not live: sentinels, units.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.gathered import Gathered
from pipelines.readers.json_document import load, member, text_of, wrong_shape
from pipelines.readers.series_name import prometheus_name
from pipelines.readers.table import TextTable, Unfit

SAMPLES = {"matrix": ("values", "histograms"), "vector": ("value", "histogram")}
"""Type of the result → keys of a series with its samples: many, or one."""
NOT_A_SAMPLE = Unfit("bad_sample", "the sample is not a time and a value")


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a decompressed answer as text; see `pipelines.readers.read`."""
    document = load(path)
    if isinstance(document, dict) and document.get("status") == "error":
        raise Refusal(
            "source_error", f"the source answered: {document.get('error')}", "Mend the query, ask again"
        )
    data = member(document, "data", dict)
    kind = data.get("resultType")
    if kind not in SAMPLES:
        raise wrong_shape("`data.resultType` is neither matrix nor vector", document)
    gathered = Gathered("tag", "time", "value")
    for series in member(document, "data.result", list):
        try:
            tag = _tag(series, contract)
            samples = list(_samples(series, str(kind)))
        except Unfit as unfit:
            gathered.reject(unfit, series)
            continue
        for sample in samples:
            if isinstance(sample, list) and len(sample) == 2:
                gathered.take((tag, *sample))
            else:
                gathered.reject(NOT_A_SAMPLE, {tag: sample})
    return gathered.table(contract, columns)


def _tag(series: object, contract: Contract) -> str:
    metric = series.get("metric") if isinstance(series, dict) else None
    if not isinstance(metric, dict):
        raise Unfit("no_tag", "the series has no `metric` that names it")
    labels = {key: text_of(key, text) or "" for key, text in metric.items()}
    return prometheus_name(labels.pop("__name__", ""), labels, contract)


def _samples(series: object, kind: str) -> Iterator[object]:
    assert isinstance(series, dict)
    given = [series[key] for key in SAMPLES[kind] if key in series]
    if not given:
        raise Unfit("bad_sample", f"the series has no `{SAMPLES[kind][0]}`")
    for samples in given:
        if kind == "vector":
            yield samples
        elif isinstance(samples, list):
            yield from samples
        else:
            raise Unfit("bad_sample", "the samples of the series are not a list")

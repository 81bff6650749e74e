"""What the real exports are, written by hand: from their README, or from the contracts of the journeys.

A field with several right answers (two spellings of one thing, two columns with the same stamp) has a list.
Here must not live: how a file is looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.campus.contract import Contract
from pipelines.campus.paths import PROJECT
from pipelines.campus.yaml_text import read_yaml

EXPORTS = PROJECT.parent / "shared" / "real"
JOURNEYS = PROJECT / "tests" / "journey" / "real"


@dataclass(frozen=True)
class Case:
    """Files of one feed and what they are: dotted key of a contract → right answers."""

    name: str
    files: tuple[Path, ...]
    right: Mapping[str, list[Any]]


def fields_of(contract: Contract) -> dict[str, list[Any]]:
    """What a contract written by hand says, as right answers."""
    right: dict[str, list[Any]] = {"format": [contract.format]}
    if contract.format == "delimited":
        dialect = contract.dialect
        right |= {"dialect.delimiter": [dialect.delimiter], "dialect.header": [dialect.header]}
        right |= {"dialect.encoding": [dialect.encoding], "dialect.keep": [dialect.keep]}
        right |= {"dialect.decimal": [dialect.decimal], "dialect.thousands": [dialect.thousands]}
        right |= {"dialect.verify_rows": [dialect.verify_rows]}
    if contract.time.columns:
        right |= {"time.columns": [contract.time.columns], "time.format": [contract.time.format]}
        right |= {"time.clock": [contract.time.clock], "time.label": [contract.time.label]}
        right |= {"time.interval": [contract.time.interval]}
        right |= {"time.fold": [contract.time.fold]} if contract.time.zone else {}
    else:
        right |= {"time.columns": [None]}
    right |= {f"layout.{name}": [value] for name, value in contract.layout.model_dump().items() if value}
    known = {
        *contract.nulls,
        *contract.states,
        *(w for words in contract.column_nulls.values() for w in words),
    }
    right["nulls"] = [frozenset(known | {""})]
    for tag in contract.tags:
        right[f"unit of {tag.tag or tag.pattern}"] = [tag.unit]
        right[f"counter {tag.tag or tag.pattern}"] = [tag.counter is not None]
    return right


def journey(folder: str, feed: str, pattern: str, **more: list[Any]) -> Case:
    """The files of a journey with the contract of its reference folder."""
    path = JOURNEYS / folder / "reference" / "feeds" / f"{feed}.yaml"
    contract = Contract.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    named = {key.replace("__", "."): value for key, value in more.items()}
    return Case(feed, tuple(sorted(EXPORTS.glob(pattern))), fields_of(contract) | named)


def by_hand(pattern: str, right: Mapping[str, Any]) -> Case:
    """Files that no journey uses: right answers from their README."""
    files = tuple(sorted(EXPORTS.glob(pattern)))
    lists = {key: value if isinstance(value, list) else [value] for key, value in right.items()}
    return Case(files[0].name if files else pattern, files, lists)


COMMA = {"format": "delimited", "dialect.delimiter": ",", "dialect.header": True, "dialect.decimal": "."}
EIA_PERIOD = {
    "time.columns": ("period",),
    "time.format": "%Y-%m-%dT%H",
    "time.clock": "UTC",
    "time.label": "end",
}
EIA_BALANCE = COMMA | {
    "time.columns": ("UTC Time at End of Hour",),
    "time.format": "%m/%d/%Y %I:%M:%S %p",
    "time.clock": "UTC",
    "time.label": "end",
    "time.interval": 3600,
}
EIA_V2 = EIA_PERIOD | {
    "format": "eia_v2", "time.columns": ("time",), "time.interval": 3600, "layout.kind": "long",
    "layout.tag": "tag", "layout.value": "value", "layout.unit": "unit",
}  # fmt: skip
NEM12 = {
    "format": "nem12", "time.columns": ("stamp",), "time.format": "iso8601", "time.clock": "+10:00",
    "time.label": "start", "layout.kind": "long", "layout.tag": "stream", "layout.value": "value",
    "layout.quality": "quality", "layout.unit": "unit",
}  # fmt: skip
UNTIMED = {"time.columns": None}


def real_cases() -> Iterator[Case]:
    """Every real export that has columns."""
    yield journey("tva", "tva_demand", "eia930*/TVA.csv")
    yield by_hand(
        "eia930*/LDWP.csv",
        COMMA | {
            "time.columns": ("date_time",), "time.format": "iso8601", "time.clock": "UTC",
            "time.label": "end", "time.interval": 3600, "layout.kind": "wide",
            "nulls": frozenset({"", "MISSING", "EMPTY"}), "unit of demand (MW)": "MW",
        },
    )  # fmt: skip
    yield journey("aemo", "aemo_scada", "aemo*/*SCADA*.zip", format=["delimited", "aemo"])
    yield journey("gpu", "gpu_power", "cornell*/*.txt")
    yield journey(
        "smard", "smard_demand", "smard*/*.csv",
        time__columns=[("Datum", "Uhrzeit"), ("DateTime",)], time__format=["%Y-%m-%d %H:%M", "iso8601"],
        time__clock=["Europe/Luxembourg", "Europe/Berlin"],
    )  # fmt: skip
    yield journey("uci", "uci_2014", "uci*/gt_2014.csv")
    yield journey("uci", "uci_2015", "uci*/gt_2015.csv")
    yield by_hand("uci*/gt_2012.csv", COMMA | UNTIMED)
    yield by_hand("uci*/gt_2013.csv", COMMA | UNTIMED)
    yield by_hand(
        "gridemissions*/balance_file.csv",
        EIA_BALANCE | {"dialect.thousands": ",", "unit of Demand (MW)": "MW"},
    )
    yield by_hand("gridemissions*/interchange_file.csv", EIA_BALANCE | {"unit of Interchange (MW)": "MW"})
    yield by_hand(
        "gridemissions*/EBA_raw.csv",
        COMMA
        | {
            "time.clock": ["UTC", "in_value"],
            "time.label": "end",
            "time.interval": 3600,
            "layout.kind": "wide",
        },
    )
    for year in ("2021", "2023"):
        yield by_hand(
            f"gridemissions*/E_raw_{year}*.csv",
            COMMA | EIA_PERIOD | {"time.interval": 3600, "layout.kind": "wide"},
        )
    yield by_hand(
        "epa*/*.csv",
        COMMA | {
            "format": ["delimited", "epa_hourly"], "time.columns": ("Date", "Hour"),
            "time.format": "%Y-%m-%d %H", "time.clock": "-05:00", "time.label": "start",
            "time.interval": 3600, "unit of Gross Load (MW)": "MW",
            "unit of NOx Mass (lbs)": "lb", "unit of CO2 Mass (short tons)": "short_ton",
        },
    )  # fmt: skip
    yield by_hand(
        "weather*/723170TYA.CSV",
        COMMA | {
            "dialect.skip_records": 1, "time.columns": ("Date (MM/DD/YYYY)", "Time (HH:MM)"),
            "time.format": "%m/%d/%Y %H:%M", "time.clock": "-05:00", "time.label": "end",
            "time.interval": 3600,
        },
    )  # fmt: skip
    yield by_hand(
        "weather*/midc_2018*.txt",
        COMMA | {
            "time.columns": ("DATE (MM/DD/YYYY)", "MST"), "time.format": "%m/%d/%Y %H:%M",
            "time.clock": "-07:00", "time.interval": 60, "layout.kind": "wide",
            "unit of Temperature @ 2m [deg C]": "°C",
        },
    )  # fmt: skip
    yield by_hand(
        "weather*/midc_raw_2018*.txt", COMMA | UNTIMED | {"null numbers of Temp CHP1 [deg C]": (-7999.0,)}
    )
    yield by_hand(
        "weather*/midc_raw_short*.txt", COMMA | UNTIMED | {"dialect.header": False, "dialect.skip_records": 1}
    )
    for name in ("NLD*.epw", "tmy_45*.epw"):
        yield by_hand(
            f"weather*/{name}", COMMA | UNTIMED | {"dialect.header": False, "dialect.skip_records": 8}
        )
    for name in ("CRNS0101*.txt", "CRN_with*.txt", "surfrad*.dat"):
        yield by_hand(f"weather*/{name}", {"format": None})
    yield journey("bess", "bms_export", "bess*/*.xlsx")
    yield by_hand(
        "tesla*/api.meters.aggregates.json",
        {
            "format": "tesla_json", "time.columns": ("time",), "time.format": "iso8601",
            "time.clock": "in_value", "time.label": "instant", "layout.kind": "long",
            "layout.tag": "tag", "layout.value": "value",
        },
    )  # fmt: skip
    yield by_hand("tesla*/api.system_status.soe.json", {"format": ["tesla_json", "json"]})
    yield by_hand("nem12*/Example_NEM12_month_solar.csv", NEM12 | {"time.interval": 300})
    yield by_hand("nem12*/Example_NEM12_actual_interval.csv", NEM12 | {"time.interval": 1800})
    yield by_hand("nem12*/Example_NEM12_missing_header.csv", NEM12 | {"time.interval": 1800})
    yield by_hand("nem12*/Example_NEM13_consumption_data.csv", {"format": None})
    yield by_hand("electricitymaps*/US_NW_BPAT-wind.json", EIA_V2)
    yield by_hand("electricitymaps*/US-NW-PGE-with-nulls.json", EIA_V2)
    yield by_hand("electricitymaps*/ERCOT_demand.json", {"format": None})
    yield by_hand("opennem*/nem_sa1_week.json", {"format": None})
    yield by_hand("sunspec*/model_701.json", {"format": None})
    yield by_hand("opcua*/StatusCode.csv", UNTIMED | {"dialect.delimiter": ",", "dialect.header": False})
    yield by_hand("dcgm*/default-counters.csv", UNTIMED | {"dialect.delimiter": ",", "dialect.header": False})

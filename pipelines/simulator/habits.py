"""What a contract does not say: file names, how much a file holds, line ends.

A feed that is not named here delivers one plain file a day. Here must not live: anything a reader
needs to know, which belongs to the contract.
"""

from dataclasses import dataclass

from pipelines.campus.contract import Contract

_ENDINGS = {"delimited": "csv", "parquet": "parquet", "jsonl": "jsonl"}


@dataclass(frozen=True, slots=True)
class Habit:
    """How a source delivers.

    Attributes:
        name: File name with `{day}`, the first day in the file; its ending tells the compression.
        days: Days in one file.
        newline: Line end of text.
    """

    name: str
    days: int = 1
    newline: str = "\n"


HABITS = {
    "m1_scada": Habit("historian_{day:%Y%m%d}.csv.gz"),
    "m1_turbines": Habit("Generation {day:%Y-%m-%d}_r1.csv"),
    "m1_cems": Habit("CEMS_{day:%m%d%Y}.csv", newline="\r\n"),
    "m1_batteries": Habit("bess_site1_{day:%Y-%m-%d}.csv.zip"),
    "m1_packs": Habit("packs_week_{day:%G-W%V}.parquet", days=7),
    "m2_site": Habit("plant_{day:%Y_%m_%d}.csv"),
    "m2_cems": Habit("emissions_{day:%Y%m%d}.parquet"),
    "m2_batteries": Habit("blocks-{day:%Y-%m-%d}.jsonl.zst"),
    "m2_packs": Habit("packs_{day:%Y%m%d}.parquet", days=7),
    "tva_demand": Habit("TVA_hourly_{day:%Y%m%d}.csv", days=7),
    "memphis_weather": Habit("kmem_{day:%Y-%m-%d}.tsv", days=7),
}


def habit_of(contract: Contract) -> Habit:
    """How the feed delivers."""
    plain = Habit(f"{contract.feed}_{{day:%Y%m%d}}.{_ENDINGS[contract.format]}")
    return HABITS.get(contract.feed, plain)

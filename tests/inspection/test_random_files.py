"""Tables with dialects drawn at random: what is said of them is right, or not called sure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.campus.refusal import Refusal
from pipelines.campus.yaml_text import read_yaml
from pipelines.inspection.draft import draft
from pipelines.inspection.report import inspect
from pipelines.inspection.words import in_words
from tests.inspection.agreement import BUG, verdicts
from tests.inspection.expected import Case

STARTS = [
    datetime(2025, month, day, tzinfo=UTC) for month, day in ((11, 1), (3, 8), (6, 3), (10, 25), (1, 11))
]
FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M",
           "%Y/%m/%d %H:%M:%S", "%m/%d/%Y %I:%M %p", "%Y%m%d %H%M"]  # fmt: skip
ZONES = ["UTC", "America/Chicago", "Europe/Berlin", "America/New_York", "-06:00", "+10:00"]
HEADERS = {"time": None, "Interval Ending": "end", "interval_start": "start", "Zeit": None, "stamp": None}


@dataclass(frozen=True)
class Dialect:
    """How a table is written, and what is true of it."""

    delimiter: str
    decimal: str
    thousands: str | None
    digits: int
    scale: float
    start: datetime
    hours: int
    minutes: int
    form: str
    zone: str
    suffix: str
    header: str
    newest_first: bool
    devices: int
    mark: bool
    newline: str
    title: bool
    footer: bool
    missing: str
    seed: int

    def offset(self, instant: datetime) -> timedelta:
        """Offset of the clock at an instant."""
        if self.zone[0] in "+-":
            return timedelta(hours=int(self.zone[:3]))
        return ZoneInfo(self.zone).utcoffset(instant.astimezone(ZoneInfo(self.zone)))

    def stamp(self, instant: datetime) -> str:
        """An instant as the source writes it."""
        offset = self.offset(instant)
        text = (instant + offset).strftime(self.form)
        hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
        sign = "-" if offset < timedelta(0) else "+"
        return text + {"": "", "Z": "Z", "offset": f"{sign}{hours:02}:{minutes:02}"}[self.suffix]

    def number(self, value: float) -> str:
        """A number as the source writes it, in quotes where it holds the delimiter."""
        text = (
            f"{value:,.{self.digits}f}".replace(",", "_")
            .replace(".", self.decimal)
            .replace("_", self.thousands or "")
        )
        return f'"{text}"' if self.delimiter in text else text

    def text(self) -> str:
        """The whole file."""
        draw = Random(self.seed)
        instants = [
            self.start + timedelta(minutes=self.minutes * n) for n in range(self.hours * 60 // self.minutes)
        ]
        rows = []
        for instant in instants:
            for device in range(self.devices):
                values = [self.number(self.scale * (draw.random() - 0.2)) for _ in range(2)]
                if draw.random() < 0.02:
                    values[0] = self.missing
                key = [f"unit {device + 1}"] if self.devices > 1 else []
                rows.append(self.delimiter.join([self.stamp(instant), *key, *values]))
        if self.newest_first:
            rows.reverse()
        names = [self.header, *(["device"] if self.devices > 1 else []), "grid kW", "hall kW"]
        lines = [*(["Report of the plant"] if self.title else []), self.delimiter.join(names), *rows]
        lines += [f"{len(rows)} rows"] if self.footer else []
        return "\ufeff" * self.mark + self.newline.join(lines) + self.newline

    def right(self) -> dict[str, list[object]]:
        """What is true of the file."""
        is_iso = self.form == "%Y-%m-%d %H:%M:%S"
        form = "iso8601" if is_iso else self.form + {"": "", "Z": "", "offset": "%z"}[self.suffix]
        clock = {"": [self.zone], "Z": ["UTC"], "offset": ["in_value"]}[self.suffix]
        civil = "/" in self.zone and not self.suffix
        said = HEADERS[self.header]
        return {
            "format": ["delimited"],
            "dialect.delimiter": [self.delimiter],
            "dialect.decimal": [self.decimal] if self.digits else [".", ","],
            "dialect.thousands": [self.thousands],
            "dialect.header": [True],
            "dialect.skip_records": [int(self.title)],
            "dialect.verify_rows": [self.footer],
            "time.columns": [(self.header,)],
            "time.format": [form],
            "time.clock": clock,
            "time.label": ["end" if said == "end" else "start"] if said else ["start", "end", "instant"],
            "time.interval": [self.minutes * 60],
            "time.order": ["descending" if self.newest_first else "ascending"],
            "layout.kind": ["per_device" if self.devices > 1 else "wide"],
            "nulls": [frozenset({"", self.missing})],
            "unit of grid kW": ["kW"],
        } | ({"time.fold": ["file_order"]} if civil and self.start.month in (10, 11) else {})


@st.composite
def dialects(draw):
    decimal = draw(st.sampled_from([".", ","]))
    suffix = draw(st.sampled_from(["", "", "Z", "offset"]))
    return Dialect(
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        decimal=decimal,
        thousands=draw(st.sampled_from([None, None, "," if decimal == "." else ".", " ", "'"])),
        digits=draw(st.integers(0, 3)),
        scale=draw(st.sampled_from([1.0, 90.0, 5000.0, 2.5e6])),
        start=draw(st.sampled_from(STARTS)),
        hours=draw(st.sampled_from([30, 60])),
        minutes=draw(st.sampled_from([15, 30, 60])),
        form="%Y-%m-%d %H:%M:%S" if suffix else draw(st.sampled_from(FORMATS)),
        zone="UTC" if suffix == "Z" else draw(st.sampled_from(ZONES)),
        suffix=suffix,
        header=draw(st.sampled_from(sorted(HEADERS))),
        newest_first=draw(st.booleans()),
        devices=draw(st.sampled_from([1, 3])),
        mark=draw(st.booleans()),
        newline=draw(st.sampled_from(["\n", "\r\n"])),
        title=draw(st.booleans()),
        footer=draw(st.booleans()),
        missing=draw(st.sampled_from(["", "n/a", "MISSING", "-"])),
        seed=draw(st.integers(0, 9)),
    )  # fmt: skip


@settings(max_examples=60)
@given(dialects())
def test_what_is_said_of_a_random_table_is_right_or_not_called_sure(dialect):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.txt"
        path.write_text(dialect.text(), encoding="utf-8", newline="")
        told = verdicts(Case("random", (path,), dialect.right()), inspect([path], ("America/Chicago",)))
    assert [key for key, word in told.items() if word == BUG] == []
    assert sum("right" in word for word in told.values()) >= len(told) - 4


SAMPLES = sorted(path for path in (Path(__file__).parents[1] / "samples").rglob("good.*"))
SCRAPS = [b'"', b"\n", b"\r", b"\0", b",", b";", b"#", b"\xff", b"1e400", b"nan", b"{"]


@settings(max_examples=60)
@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 400), st.sampled_from(SCRAPS)), max_size=8)
)
def test_a_damaged_file_is_told_about_or_refused(sample, damage):
    content = bytearray(sample.read_bytes())
    for at, scrap in damage:
        content[at:at] = scrap
    with TemporaryDirectory() as folder:
        path = Path(folder) / sample.name
        path.write_bytes(content)
        try:
            report = inspect([path])
        except Refusal:
            return
    assert list(in_words(report))
    if report.table is not None:
        assert read_yaml(draft(report, {}))

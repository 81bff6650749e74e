"""How delimited text is written: delimiter, quotes, title lines, header, footer, record types.

The records are split as the standard library's csv does, by each candidate in turn; the one by which most
records and the header have the same number of fields is taken. Here must not live: numbers, stamps.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO

from pipelines.inspection.guess import Guess, sure, unsure

DELIMITERS = ("\t", ";", "|", ",")
LINES = 3000
"""Lines at the beginning by which a delimiter is judged."""
MOSTLY = 0.9
COMMENT = "#"
TITLES = 30
"""Records above a header that are looked through for it."""
LONGEST = 20
"""Lines that one record may have."""
NOT_A_NAME = re.compile(
    r"^[-+]?[\d.,]*\d(e[-+]?\d+)?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]|$)", re.IGNORECASE
)
RECORD_TYPES = re.compile(r"^([CID]),([^,\n]*),?([^,\n]*),?([^,\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a delimited text is written.

    Attributes:
        keys: Key of `dialect` in a feed contract → the statement about it; keys at their default are sure.
        names: Column names, as in the header or made up.
        remarks: What else a person should know.
    """

    keys: dict[str, Guess]
    names: tuple[str, ...]
    remarks: tuple[str, ...] = field(default=())

    @property
    def is_table(self) -> bool:
        """Whether the text splits into columns at all."""
        return len(self.names) > 1

    def contract(self) -> dict[str, object]:
        """The `dialect` of a contract."""
        return {key: guess.value for key, guess in self.keys.items() if guess.value is not None}


def shape_of(text: str, *, is_cut: bool) -> Shape:
    """How a text is written.

    Args:
        text: The text of the sample.
        is_cut: Whether the sample is only the beginning of the file.
    """
    lines, quote = _physical_records(text)
    keep, types = _record_types(text)
    if keep is not None:
        lines = [line for line in lines if re.match(str(keep.value), line)]
    head = [line for line in lines[:LINES] if line.strip() and not line.startswith(COMMENT)]
    delimiter, records, confidence = _delimiter(head, None if quote.value is None else str(quote.value))
    widths = Counter(len(record) for record in records)
    width = widths.most_common(1)[0][0] if widths else 1
    first = next((at for at, record in enumerate(records) if _is_body(records, at, width)), 0)
    keys: dict[str, Guess] = {"delimiter": confidence, "quote": quote}
    skipped = _lines_before(lines, head[first]) if first and head else 0
    titles = [line for line in lines[:skipped] if not line.startswith(COMMENT)]
    if titles:
        keys["skip_records"] = sure(skipped, f"{skipped} title line(s), the first: {titles[0][:40]!r}")
    if any(line.startswith(COMMENT) for line in lines[skipped:LINES]):
        keys["skip"] = sure((f"^{COMMENT}",), "comment lines begin with #")
    if keep is not None:
        keys["keep"] = keep
    body = records[first:]
    names, header = _header(body, width, has_types=keep is not None)
    keys |= header
    footer, remarks = ({}, ()) if is_cut or keep is not None else _footer(lines, delimiter, width, quote)
    if _has_short_header(body, width):
        remarks = (*remarks, f"the header has {len(body[0])} names, the records have {width} fields")
    keys |= footer
    return Shape(keys, names, (*types, *remarks))


def _record_types(text: str) -> tuple[Guess | None, tuple[str, ...]]:
    """For records of several types (C, I, D): what keeps the most frequent, and which others there are."""
    found = RECORD_TYPES.findall(text)
    if sum(kind == "I" for kind, *_ in found) == 0 or len(found) < 3:
        return None, ()
    tables = Counter((a, b, c) for kind, a, b, c in found if kind == "D")
    if not tables:
        return None, ()
    (main, count), *others = tables.most_common()
    pattern = "^[ID]," + ",".join(re.escape(part) for part in main) + ","
    what = f"record types C, I, D: {count} records D,{','.join(main)}"
    remarks = tuple(
        f"{n} record(s) of another type, D,{','.join(other)}, need a feed of their own" for other, n in others
    )
    return sure(pattern, what), remarks


def _physical_records(text: str) -> tuple[list[str], Guess]:
    """The records, those whose quotation marks hold several lines together as one, and the quote."""
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    marked = sum('"' in line for line in lines)
    if not marked:
        return lines, unsure('"', "no quotation mark in the file; the default")
    records: list[str] = []
    opened: list[str] = []
    for line in lines:
        opened.append(line)
        if sum(part.count('"') for part in opened) % 2 == 0:
            records.append("\n".join(opened))
            opened = []
        elif len(opened) > LONGEST:
            return lines, unsure(None, "a quotation mark is not closed within the next lines")
    if opened:
        return lines, unsure(None, "the last quotation mark is not closed")
    return records, sure('"', f"quotation marks pair in {marked} line(s)")


def _delimiter(lines: Sequence[str], quote: str | None) -> tuple[str, list[list[str]], Guess]:
    """The delimiter, the records split by it, and the statement about it."""
    scored = []
    for rank, sign in enumerate(DELIMITERS):
        records = split(lines, sign, quote)
        widths = Counter(len(record) for record in records)
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        agrees = _names_agree(records, width)
        share = count / max(1, len(records)) if width > 1 else 0.0
        scored.append((agrees and share >= MOSTLY, share, -rank, sign, records, width))
    scored.sort(key=lambda each: each[:3], reverse=True)
    best = scored[0]
    sign, records, width = best[3], best[4], best[5]
    why = f"{best[1]:.0%} of the first {len(records)} records split into {width} fields"
    rivals = [each for each in scored[1:] if each[0]]
    if not best[0]:
        return (
            sign,
            records,
            unsure(sign, f"{why}; the {'header does' if best[1] >= MOSTLY else 'others do'} not"),
        )
    if rivals:
        others = ", ".join(repr(each[3]) for each in rivals)
        return sign, records, unsure(sign, f"{why}; {others} would split them evenly, too")
    return sign, records, sure(sign, why)


def _names_agree(records: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the first record is as wide as most, or a header so wide stands below a few titles."""
    first = records[:TITLES]
    fits = [len(record) == width for record in first]
    return bool(fits) and (
        fits[0] or any(fit and _is_header(record) for fit, record in zip(fits, first, strict=True))
    )


def split(lines: Sequence[str], delimiter: str, quote: str | None) -> list[list[str]]:
    """The fields of each record."""
    if quote is None:
        return [line.split(delimiter) for line in lines]
    return [_fields(line, delimiter, quote) for line in lines]


def _fields(record: str, delimiter: str, quote: str) -> list[str]:
    """Fields of a record; one that csv cannot split (a carriage return amid a field) is one field."""
    if quote not in record:
        return record.split(delimiter)
    try:
        return next(csv.reader(StringIO(record, newline=""), delimiter=delimiter, quotechar=quote), [])
    except csv.Error:
        return [record]


def _is_body(records: Sequence[Sequence[str]], at: int, width: int) -> bool:
    """Whether the header or the data begin here: this record and the next are as wide as most."""
    if len(records[at]) != width:
        return _is_header(records[at]) and at == 0 and len(records[at]) > 1 and _names_short(records, width)
    return at + 1 == len(records) or len(records[at + 1]) == width


def _names_short(records: Sequence[Sequence[str]], width: int) -> bool:
    return 1 < width / 2 < len(records[0]) < width


def _has_short_header(body: Sequence[Sequence[str]], width: int) -> bool:
    return bool(body) and len(body[0]) < width and _is_header(body[0])


def _is_header(record: Sequence[str]) -> bool:
    """Whether a record could name columns: texts, no two the same, none a number or a stamp."""
    names = [cell.strip() for cell in record]
    return len(set(names)) == len(names) and not any(NOT_A_NAME.match(name) for name in names)


def _header(
    body: Sequence[Sequence[str]], width: int, *, has_types: bool
) -> tuple[tuple[str, ...], dict[str, Guess]]:
    """Column names and what the contract must say about the header."""
    if not body:
        return (), {}
    first = body[0]
    made_up = tuple(f"column_{number}" for number in range(1, width + 1))
    if _has_short_header(body, width):
        names = (*(name or made_up[at] for at, name in enumerate(first)), *made_up[len(first) :])
        return names, {
            "skip_records": sure(1, "the header does not fit the records"),
            "header": sure(False, "the header does not fit the records"),
            "names": unsure(names, f"the last {width - len(first)} names are made up"),
        }
    if len(body) < 2:
        return tuple(first), {"header": unsure(True, "there is one record only")}
    if has_types and first[0] == "I":
        return tuple(first), {"header": sure(True, "the record I names the columns")}
    if _is_header(first) and all(name.strip() for name in first):
        if any(NOT_A_NAME.match(cell.strip()) for record in body[1:50] for cell in record):
            return tuple(first), {"header": sure(True, "the first record names the columns, numbers follow")}
        return tuple(first), {"header": unsure(True, "the first record could be data: no numbers follow")}
    if any(NOT_A_NAME.match(cell.strip()) for cell in first if cell.strip()):
        return made_up, {
            "header": sure(False, "the first record has numbers or stamps in it"),
            "names": unsure(made_up, "made up: the file names no columns"),
        }
    named = [name.strip() or made_up[at] for at, name in enumerate(first)]
    unique = tuple(name if named.index(name) == at else f"{name} ({at + 1})" for at, name in enumerate(named))
    return unique, {
        "header": sure(True, "the first record names the columns"),
        "names": unsure(unique, "the header leaves a name blank, or names a column twice"),
    }


def _lines_before(lines: Sequence[str], line: str) -> int:
    return list(lines).index(line)


def _footer(
    lines: Sequence[str], delimiter: str, width: int, quote: Guess
) -> tuple[dict[str, Guess], tuple[str, ...]]:
    """Lines at the end that are no records, as patterns; a declared count is compared with the records."""
    mark = None if quote.value is None else str(quote.value)
    last = len(lines)
    found: list[str] = []
    for at in range(len(lines) - 1, max(len(lines) - 20, 0), -1):
        fields = split([lines[at]], delimiter, mark)
        if lines[at].strip() and fields and len(fields[0]) >= width:
            break
        last = at
        found += [lines[at]] if lines[at].strip() else []
    found.reverse()
    if not found or any(delimiter in line for line in found):
        return {}, ()
    data = sum(1 for line in lines[:last] if line.strip() and not line.startswith(COMMENT))
    patterns, remarks, is_counted = [], [], False
    for line in found:
        numbers = [int(number) for number in re.findall(r"(?<![\d.:-])\d{1,12}(?![\d.:-])", line)]
        counts = [number for number in numbers if 0 <= data - number <= 30]
        if counts and re.search(r"row|record|line|end of", line, re.IGNORECASE):
            pattern = re.escape(line).replace(r"\ ", " ").replace(str(counts[0]), r"(?P<rows>\d+)", 1)
            patterns.append(f"^{pattern}$")
            is_counted = True
            continue
        patterns.append("^" + re.escape(re.split(r"\d", line)[0] or line).replace(r"\ ", " "))
        if numbers and re.search(r"row|record|line|end of", line, re.IGNORECASE):
            remarks.append(f"the footer {line!r} declares another count than the {data} records before it")
    keys: dict[str, Guess] = {"footer": sure(tuple(patterns), f"the file ends with {found[0]!r}")}
    if is_counted:
        keys["verify_rows"] = unsure(True, "the footer declares the number of records")
    return keys, tuple(remarks)

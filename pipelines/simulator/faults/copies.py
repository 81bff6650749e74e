"""Broken copies of a text file that land beside the good one: half sent, with another header, endless.

Here must not live: damage to compressed bytes (`files`).
"""

import re
from collections.abc import Callable
from dataclasses import replace

from pipelines.campus.contract import Contract, Long
from pipelines.simulator.faults.feed import Feed
from pipelines.simulator.faults.lines import Line, LineStrike, Text, delimiter_of, note_all
from pipelines.simulator.faults.strike import OnFiles, Strike

_ENDLESS = 2_000_000
_MARK = b"\xef\xbb\xbf"


def _copy(broken: Callable[[Strike, Feed, list[Line]], list[Line]]) -> LineStrike:
    """A strike that gives a copy of the fault's share of the files, its lines as `broken` leaves them."""

    def strike(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
        copies = []
        for at in hit.choose_files([True] * len(texts)):
            lines = [replace(line, label=None) for line in texts[at].lines]
            lines[0].text = lines[0].text.removeprefix(_MARK)
            copy = Text(f"{hit.name}_{texts[at].name}", lines)
            note_all(hit, feed, copy)
            copy.lines = broken(hit, feed, lines)
            copies.append(copy)
        return copies

    return strike


def _cut(hit: Strike, feed: Feed, lines: list[Line]) -> list[Line]:
    at = next(n for n in range(len(lines) // 2, len(lines)) if lines[n].text)
    last = lines[at]
    return [*lines[:at], replace(last, text=last.text[: 2 * len(last.text) // 3], newline=b"")]


def _header(change: Callable[[bytes, Feed], bytes]) -> Callable[[Strike, Feed, list[Line]], list[Line]]:
    return lambda hit, feed, lines: [replace(lines[0], text=change(lines[0].text, feed)), *lines[1:]]


def _renamed(header: bytes, feed: Feed) -> bytes:
    name = feed.contract.key_columns[0].encode()
    return header.replace(name, b"Zeit", 1)


def _doubled(header: bytes, feed: Feed) -> bytes:
    delimiter = delimiter_of(feed)
    names = header.split(delimiter)
    return delimiter.join([names[0], names[0], *names[2:]])


def _short(header: bytes, feed: Feed) -> bytes:
    return header.rpartition(delimiter_of(feed))[0]


def _open_quote(hit: Strike, feed: Feed, lines: list[Line]) -> list[Line]:
    at = len(lines) // 2
    return [*lines[:at], replace(lines[at], text=b'"' + lines[at].text), *lines[at + 1 :]]


def _endless(hit: Strike, feed: Feed, lines: list[Line]) -> list[Line]:
    one = b" ".join(line.text for line in lines)
    return [lines[0], Line((one * (_ENDLESS // len(one) + 1))[:_ENDLESS], lines[0].newline)]


def _one_too_many(hit: Strike, feed: Feed, lines: list[Line]) -> list[Line]:
    counted = re.sub(rb"\d+", lambda found: b"%d" % (int(found[0]) + 1), lines[-1].text)
    return [*lines[:-1], replace(lines[-1], text=counted)]


def _has_header(contract: Contract) -> bool:
    return contract.format == "delimited" and contract.dialect.header


def _needs_all_columns(contract: Contract) -> bool:
    return _has_header(contract) and not isinstance(contract.layout, Long)


def _counts(contract: Contract) -> bool:
    return contract.dialect.verify_rows


COPIES: dict[str, OnFiles[Text]] = {
    "cut_file": OnFiles(_has_header, _copy(_cut)),
    "renamed_column": OnFiles(_has_header, _copy(_header(_renamed))),
    "doubled_column": OnFiles(_has_header, _copy(_header(_doubled))),
    "short_header": OnFiles(_needs_all_columns, _copy(_header(_short))),
    "open_quote": OnFiles(_has_header, _copy(_open_quote)),
    "endless_line": OnFiles(_has_header, _copy(_endless)),
    "header_only": OnFiles(_has_header, _copy(lambda hit, feed, lines: lines[:1])),
    "wrong_count": OnFiles(_counts, _copy(_one_too_many)),
}
"""Fault → which feeds it fits and its strike."""

"""A JSON document from outside: bounded, without a key twice, every number the text it was written as.

The json module alone would keep the last of two equal keys, round numbers to floats, and follow any depth.
`load` takes a whole file or refuses it; `parse`, `text_of` and `written` serve readers that reject one
record. Here must not live: what a document says.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pipelines.campus.refusal import Refusal

MAX_BYTES = 256 * 1024**2
"""Longest document [bytes]."""
MAX_PARTS = 10_000_000
"""Most values, lists and objects of a document: two bytes can be one, which takes 100 to 500 of memory."""
MAX_DEPTH = 64
"""Deepest nesting of lists and objects."""
RESEND = "Send the file again"
SHOWN = 120
"""Longest quotation in a message [characters]."""
Kind = TypeVar("Kind", dict[str, object], list[object])
_SURROGATE = re.compile("[\ud800-\udfff]")


class Number(str):
    """A number of a document, as exactly the text it was written as; `NaN` and `Infinity` are numbers too."""

    __slots__ = ()


class Unfit(ValueError):
    """JSON that cannot be taken: the rule it breaks, and what is wrong in words."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule, self.reason = rule, reason
        super().__init__(reason)


def load(path: Path) -> object:
    """Parse a decompressed file that is one JSON document.

    Returns:
        A dict or a list. Inside: dict, list, str, `Number`, bool, None.

    Raises:
        Refusal: `empty_file`, `document_too_large`, `invalid_encoding`, `invalid_json`, `duplicate_key`,
            `nested_value`, or `no_records` where the document is a mere null, text, number or truth value.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise _too_large(f"{size} bytes, more than {MAX_BYTES}")
    content = path.read_bytes()
    parts = content.count(b",") + content.count(b"[") + content.count(b"{")
    if parts > MAX_PARTS:
        raise _too_large(f"about {parts} values, more than {MAX_PARTS}")
    text = _decoded(content)
    if not text.strip():
        raise Refusal("empty_file", "the file has no text", f"{RESEND}, with its records")
    try:
        document = parse(text, "file")
        _check_depth(document)
    except Unfit as unfit:
        raise Refusal(
            unfit.rule,
            f"{unfit.reason}; the file begins with {_shown(text)}",
            f"{RESEND}; if it is an error message of the source, ask the source again",
        ) from unfit
    if not isinstance(document, dict | list):
        raise Refusal(
            "no_records",
            f"the whole document is {_shown(text)}: the source had nothing to say",
            "Ask the source again and send what it then answers",
        )
    return document


def parse(text: str, what: str) -> object:
    """Parse a text that is one JSON value; `what` names it in messages: line or file.

    Raises:
        Unfit: `invalid_json`, `duplicate_key` or `nested_value`.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise Unfit(
            "invalid_json", f"the {what} is not JSON: {error.msg} at {line}character {error.colno}"
        ) from error
    except RecursionError as error:
        raise Unfit("nested_value", f"the {what} is nested too deeply") from error


def member(document: object, path: str, kind: type[Kind]) -> Kind:
    """What stands at a path of keys, joined by dots, of a document.

    Raises:
        Refusal: `wrong_shape`: nothing of this kind stands there.
    """
    found = document
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, kind):
        return found
    what = "an object" if kind is dict else "a list"
    raise wrong_shape(f"{path!r} is not {what}", document)


def wrong_shape(what: str, document: object) -> Refusal:
    """A document that is sound, and not what its format says: its outline tells what it is instead."""
    return Refusal(
        "wrong_shape",
        f"{what}; the document is {_shown(written(document))}",
        "Check `format` of the feed contract; if it is an error message of the source, ask the source again",
    )


def text_of(name: str, value: object) -> str | None:
    """A value as the text of a cell: null stays null, a number keeps its digits.

    Raises:
        Unfit: The value is an object or a list, or holds characters that no text column can.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise Unfit("nested_value", f"the value of {name!r} is an object or a list")
    text = str(value)
    if is_clean(name) and is_clean(text):
        return text
    if "\0" in name + text:
        raise Unfit("control_character", f"the value of {name!r} holds a NUL")
    raise Unfit("invalid_encoding", f"the value of {name!r} holds half a character (a lone surrogate)")


def is_clean(text: str) -> bool:
    """Whether a text column can hold the text: neither NULs nor halves of characters."""
    return "\0" not in text and (text.isascii() or _SURROGATE.search(text) is None)


def written(value: object) -> str:
    """A value as JSON again, its numbers as they were written: the raw text of a rejected record."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() or not _SURROGATE.search(text) else json.dumps(value)


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise Unfit("duplicate_key", f"an object has the key {twice!r} twice")
    return row


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=Number, parse_int=Number, parse_constant=Number
)


def _decoded(content: bytes) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal(
            "invalid_encoding",
            f"the file is not {encoding}: {error.reason} at byte {error.start + 1}",
            f"{RESEND} as UTF-8, the encoding of JSON",
        ) from error


def _check_depth(document: object) -> None:
    depth, level = 0, [document]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise Unfit("nested_value", f"the file is nested more than {MAX_DEPTH} deep")
        level = [part for item in level for part in _parts(item)]


def _parts(item: object) -> Iterable[object]:
    return item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()


def _too_large(what: str) -> Refusal:
    return Refusal("document_too_large", f"the document has {what}", "If it is genuine, send it in parts")


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")

"""An ESPI document, taken element by element: reading types, meter readings, and what they hold.

No tree is built, so that memory is that of the readings. Here must not live: what a reading becomes
(`espi`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from pipelines.campus.refusal import Refusal

MAX_BYTES = 256 * 1024**2
"""A year of quarter hours of one meter has about 9 MB."""
MAX_DEPTH = 32
PIECE = 64 * 1024
METER_READING = re.compile(r"UsagePoint/([^/?#\s]+)/MeterReading/([^/?#\s]+)")
READING_TYPE = re.compile(r"ReadingType/[^/?#\s]+")
KEPT = ("IntervalReading", "ReadingType")
"""Elements whose texts are kept."""
ESPI = ("UsagePoint", "MeterReading", *KEPT)
"""Elements of which a document of ESPI has some."""

Texts = dict[str, list[str]]
"""Name of an element → its texts in their order, where it has some."""


@dataclass(frozen=True, slots=True)
class Block:
    """The readings of an entry.

    Attributes:
        tag: Usage point and meter reading, joined by a slash; empty where the entry does not say.
        readings: The texts of each reading.
    """

    tag: str
    readings: list[Texts]


@dataclass(frozen=True, slots=True)
class Document:
    """What a document holds.

    Attributes:
        types: Address of a reading type → its texts.
        types_of: Tag of a meter reading → addresses of its reading types.
        blocks: Readings in the order of the document.
    """

    types: dict[str, Texts] = field(default_factory=dict)
    types_of: dict[str, set[str]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


def read_document(path: Path) -> Document:
    """Read a document.

    Raises:
        Refusal: `empty_file`, `too_large`, `unsafe_xml` (DTD, entities, references), `too_deep`,
            `invalid_xml`, `conflicting_types`, or `other_format` where nothing of ESPI is in it.
    """
    size = path.stat().st_size
    if not size:
        raise Refusal("empty_file", "the file has no bytes", "Send the file again, with its readings")
    if size > MAX_BYTES:
        raise Refusal("too_large", f"{size} bytes of XML; at most {MAX_BYTES} are read", "Send it in parts")
    taker = _Taker()
    parser = XMLParser(target=taker, forbid_dtd=True)
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                parser.feed(piece)
        parser.close()
    except DefusedXmlException as error:
        raise Refusal(
            "unsafe_xml",
            f"the document has a DTD, entities or references to other documents ({type(error).__name__})",
            "Have the source send the data alone",
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise Refusal("invalid_xml", f"the file is not sound XML ({error})", "Send the file again") from error
    return taker.document


class _Taker:
    """Takes the elements of a document as the parser meets them."""

    def __init__(self) -> None:
        self.document = Document()
        self._names: list[str] = []
        self._is_espi = False
        self._links: list[tuple[str, str]] = []
        self._readings: list[Texts] = []
        self._types: list[Texts] = []
        self._texts: Texts | None = None
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition("}")[2]
        self._names.append(name)
        self._pieces = []
        if len(self._names) > MAX_DEPTH:
            raise Refusal(
                "too_deep", f"elements lie more than {MAX_DEPTH} deep in each other", "Check the source"
            )
        if name in KEPT:
            self._texts = {}
        elif name == "link":
            self._links.append((attributes.get("rel", ""), attributes.get("href", "")))
        self._is_espi |= name in ESPI

    def data(self, text: str) -> None:
        """Text of the element that began or ended last."""
        if self._texts is not None:
            self._pieces.append(text)

    def end(self, _tag: str) -> None:
        """An element ends."""
        name = self._names.pop()
        if name in KEPT:
            (self._readings if name == "IntervalReading" else self._types).append(self._texts or {})
            self._texts = None
        elif name == "entry":
            self._take_entry()
        elif self._texts is not None and (text := "".join(self._pieces).strip()):
            self._texts.setdefault(name, []).append(text)
        self._pieces = []

    def close(self) -> None:
        """The document ends: readings outside of entries belong to no meter reading."""
        if not self._is_espi:
            raise Refusal(
                "other_format",
                "the document has no usage point, meter reading, reading type or reading of ESPI",
                "Land the file in a feed of its format",
            )
        if self._readings:
            self.document.blocks.append(Block("", self._readings))

    def _take_entry(self) -> None:
        own = [href for wanted in ("self", "up") for rel, href in self._links if rel == wanted]
        tag = next((f"{m[1]}/{m[2]}" for href in own if (m := METER_READING.search(href))), "")
        if self._readings:
            self.document.blocks.append(Block(tag, self._readings))
        kinds = {match[0] for _, href in self._links if (match := READING_TYPE.search(href))}
        for texts in self._types:
            for address in kinds:
                if self.document.types.setdefault(address, texts) != texts:
                    raise Refusal(
                        "conflicting_types",
                        f"{address[:80]} is there twice, with other contents",
                        "Ask the source which of the two is right",
                    )
        if tag and not self._types:
            self.document.types_of.setdefault(tag, set()).update(kinds)
        self._links, self._readings, self._types = [], [], []
